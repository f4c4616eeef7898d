"""E-mail: the message, and the options of its server."""
