"""A second look at the best passages, by a model that reads question and passage together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from rag.answer import Hit
from rag.rerankers.cross_encoder import Reranker


def rerank(question: str, hits: Sequence[Hit], reranker: Reranker, depth: int) -> list[Hit]:
    """Return `hits` with the first `depth` of them in the order of the reranker's scores.

    These carry the reranker's score; of equal ones the better hit stays first. The rest follow
    with their own scores, from 0 to 1, scaled below the lowest of those, so that scores fall
    from first to last.
    """
    head, rest = hits[:depth], hits[depth:]
    texts = [f"{hit.article.title or ''}\n{hit.passage.text}" for hit in head]
    scores = reranker.scores(question, texts)
    order = np.argsort(-scores, kind="stable")
    lowest = float(scores.min()) if len(scores) else 1.0
    return [
        *(replace(head[place], score=float(scores[place])) for place in order),
        *(replace(hit, score=hit.score * lowest) for hit in rest),
    ]
