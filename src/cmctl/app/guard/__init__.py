"""The guard at work: what it is asked, what it reads, and what becomes of its word."""
