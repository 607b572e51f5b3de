"""The truth: one SQLite file with articles, versions, passages, vectors and answers."""
