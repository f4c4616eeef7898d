"""Publishing once: from what is due to what is known to stand, whatever happens between."""
