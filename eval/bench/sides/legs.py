"""What is timed of Dalil: each way to look for passages, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from index import Filters, Library, Query
from index.embedded.bm25 import LexicalMatch
from index.embedded.engine import EmbeddedEngine, match_names, match_terms, match_tokens
from index.embedded.segments.snapshot import Snapshot
from rag import Assistant
from rag.reading import read
from rag.search.rank import DEPTH

FUSED = "fused and reranked"

_Leg = Callable[[Snapshot, Query], LexicalMatch]


def legs(library: Library, assistant: Assistant) -> Mapping[str, Callable[[str], object]]:
    """Return functions from a question to what a leg finds for it, the cheapest first."""
    engine = library.engine
    if not isinstance(engine, EmbeddedEngine):
        raise TypeError("Only the legs of the embedded engine can be timed one by one.")

    def query(question: str) -> Query:
        return read(question, library.words).query

    def dense(question: str) -> object:
        current = engine.snapshot()
        vector = library.encoder.encode_queries([question])[0]
        return [current.vectors.search(vector, DEPTH, of) for of in current.passages.by_script]

    def postings(leg: _Leg) -> Callable[[str], object]:
        def search(question: str) -> object:
            current = engine.snapshot()
            return leg(current, query(question)).best(DEPTH, current.passages.there)

        return search

    def soft(question: str) -> object:
        current = engine.snapshot()
        return match_tokens(current, query(question)).best(DEPTH, current.passages.by_script)

    return {
        "dense": dense,
        "lexical": postings(match_terms),
        "names": postings(match_names),
        "soft lexical": soft,
        "all legs": lambda question: library.search(query(question), DEPTH, Filters()),
        FUSED: lambda question: assistant.search(question),
    }
