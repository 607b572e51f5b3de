"""Passages made searchable: SQLite (the truth), and an engine with vectors and postings.

Start with `Library.open`, the only door to a collection.  `engine` says what is asked of an engine
and what it answers, `embedded` is the one that ships; `store` keeps the truth, `encoder` turns text
into vectors, `reencoding` moves a library to another encoder, `training` makes the bundled one.
"""

from index.encoder import WordTable, load_encoder
from index.engine import Candidates, Query
from index.filters import Filters
from index.library import Library

__all__ = ["Candidates", "Filters", "Library", "Query", "WordTable", "load_encoder"]
