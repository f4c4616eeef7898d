"""Pinterest: the pin."""
