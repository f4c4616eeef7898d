"""Slack: messages, their text format, and uploads."""
