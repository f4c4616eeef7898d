"""The files: what a person writes, and how it gets into the store."""
