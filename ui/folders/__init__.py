"""Folders that a library follows: new, changed and removed files, once or as they come."""
