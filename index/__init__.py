"""Passages made searchable: SQLite (the truth), FAISS vectors and postings.

Start with `Library.open`; `words` and `analysis` make terms, `texts` their postings, `candidates`
runs the legs of a search, `snapshot` keeps the derived files, `encoder` turns text into vectors.
"""

from index.embedded.search import Candidates, Query
from index.encoder import StaticEncoder, load_encoder
from index.filters import Filters
from index.library import Library

__all__ = ["Candidates", "Filters", "Library", "Query", "StaticEncoder", "load_encoder"]
