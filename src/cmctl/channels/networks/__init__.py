"""The adapters: one file a network; they do not know each other."""
