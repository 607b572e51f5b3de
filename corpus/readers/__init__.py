"""One format a file: a source's bytes in, the fields of its articles out; `formats` lists them."""
