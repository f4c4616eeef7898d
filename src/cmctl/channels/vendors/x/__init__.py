"""X: posts, their weighted length, and uploads."""
