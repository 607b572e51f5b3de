"""A reading in, passages out, best first: the legs are fused, then compared word by word."""
