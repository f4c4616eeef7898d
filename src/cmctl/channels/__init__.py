"""How a post reaches a network: one contract, one HTTP send, one small adapter a network."""
