"""What followers say: read, answered, or taken out of sight."""
