"""WordPress: posts, comments and media of a site."""
