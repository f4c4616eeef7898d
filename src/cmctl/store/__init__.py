"""The facts: what was planned, claimed, sent and seen. One contract, one folder an engine."""
