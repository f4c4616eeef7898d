"""The command line: one file a noun, rendering apart from deciding."""
