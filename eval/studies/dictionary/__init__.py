"""What makes the dictionary of the gloss, the files of `rag/gloss/bundled`."""
