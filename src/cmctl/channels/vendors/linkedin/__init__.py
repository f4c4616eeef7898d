"""LinkedIn: the Posts API, its text format and its uploads."""
