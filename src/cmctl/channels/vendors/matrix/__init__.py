"""Matrix: events, and the room they stand in."""
