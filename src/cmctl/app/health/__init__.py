"""What could keep posts from going out, found before it does."""
