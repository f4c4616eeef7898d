"""Mattermost: posts, and what bots and webhooks have in common."""
