"""Passages for a question that was read, as an assistant finds them."""

from index import Filters
from rag.search.rank import DEPTH, Ranker


def best_hits(library, reading, k):
    return Ranker(library).best(library.search(reading.query, DEPTH, Filters()), reading, k)
