"""The real servers that adapters are tested against, started on loopback for a test run."""
