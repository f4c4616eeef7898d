"""Bluesky: records of the AT protocol, and the repository that keeps them."""
