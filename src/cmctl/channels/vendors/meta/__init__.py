"""Meta: the Graph API, and the posts of Facebook, Instagram and Threads."""
