"""Telegram: messages of the Bot API."""
