"""Nostr: signed events, and the relays that keep them."""
