"""Public: the contract suites for channels and stores, and the sandbox network."""
