"""The daemon: lanes that publish what is due, and ticks for everything that recurs."""
