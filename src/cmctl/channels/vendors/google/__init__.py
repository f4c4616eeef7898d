"""Google Business Profile: the local post."""
