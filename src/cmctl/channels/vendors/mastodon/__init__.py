"""Mastodon: statuses, accounts, media, and how it counts a text."""
