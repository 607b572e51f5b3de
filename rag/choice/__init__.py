"""Passages in, the sentences to cite out, with a confidence; or none, which is an abstention."""
