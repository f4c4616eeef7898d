"""The use cases, one file each: what cmctl does with posts, a store and channels."""
