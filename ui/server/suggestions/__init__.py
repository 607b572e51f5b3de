"""Questions to offer: made of articles, and each asked before it is shown."""
