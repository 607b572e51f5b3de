"""What is timed of Dalil: each way to look for passages, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from index import Filters, Library, Query
from index.candidates import best_rows, lexical_scores, name_scores, soft_lexical
from index.snapshot import Snapshot
from rag import Assistant
from rag.late import question_words
from rag.question import understand
from rag.retrieve import DEPTH

FUSED = "fused and reranked"

_Leg = Callable[[Snapshot, Query], NDArray[np.floating]]


def legs(library: Library, assistant: Assistant) -> Mapping[str, Callable[[str], object]]:
    """Return functions from a question to what a leg finds for it, the cheapest first."""

    def query(question: str) -> Query:
        return question_words(library.words, understand(question)).query

    def dense(question: str) -> object:
        current = library.refresh()
        vector = library.encoder.encode_queries([question])[0]
        return [current.vectors.search(vector, DEPTH, of) for of in current.passages.by_script]

    def postings(leg: _Leg) -> Callable[[str], object]:
        def search(question: str) -> object:
            current = library.refresh()
            everything = np.ones(len(current.passages), np.bool_)
            return best_rows(leg(current, query(question)), DEPTH, everything)

        return search

    return {
        "dense": dense,
        "lexical": postings(lexical_scores),
        "names": postings(name_scores),
        "soft lexical": postings(lambda current, asked: soft_lexical(current, asked).scores),
        "all legs": lambda question: library.search(query(question), DEPTH, Filters()),
        FUSED: lambda question: assistant.search(question),
    }
