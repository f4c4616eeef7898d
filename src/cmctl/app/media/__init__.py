"""Images and films of posts: read, fitted to a network, and put where it fetches them."""
