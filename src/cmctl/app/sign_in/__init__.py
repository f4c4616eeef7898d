"""Being let in: signing in, and tokens that end or are refused."""
