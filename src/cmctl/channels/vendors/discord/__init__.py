"""Discord: messages, and what bots and webhooks have in common."""
