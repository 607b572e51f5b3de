"""One format a file: the bytes of a source in, the fields of its articles out."""
