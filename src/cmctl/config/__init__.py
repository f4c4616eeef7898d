"""YAML to values: `Settings` and `Post`s, and every problem with its place, all at once."""
