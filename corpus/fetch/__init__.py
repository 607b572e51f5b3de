"""Pages of other machines: whether one may be fetched, and its bytes within limits."""
