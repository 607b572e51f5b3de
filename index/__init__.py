"""Passages made searchable: SQLite (the truth), FAISS vectors and BM25 postings.

Start with `Library.open`; `analysis` makes terms, `lexical` and `vectors` score, `snapshot`
keeps the derived files, `encoder` turns text into vectors.
"""

from index.candidates import Candidates
from index.encoder import Encoder, StaticEncoder, load_encoder
from index.filters import Filters
from index.library import Library

__all__ = ["Candidates", "Encoder", "Filters", "Library", "StaticEncoder", "load_encoder"]
