"""Telling people: the outbox, the words, and the ways out."""
