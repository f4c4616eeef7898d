"""One file a network; they do not know each other."""
