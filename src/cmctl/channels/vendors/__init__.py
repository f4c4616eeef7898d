"""What one vendor's adapters are made of: a folder a vendor, and none of them knows another."""
