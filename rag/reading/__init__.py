"""A question becomes one `Reading`, once; everything later takes it from there."""
