"""Somebody else's results: which files of a folder they are, and how they are to be read."""
