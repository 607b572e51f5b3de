"""The end of reading: a model's reply is taken up to a moment and a length, and no further."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator

from rag.llm.protocol import Limits, ModelError

# A token is rarely longer, so only a model that heeds no limit writes more.
_CHARACTERS_A_TOKEN = 10


def timely(
    pieces: Iterator[str], limits: Limits, clock: Callable[[], float]
) -> Generator[str, None, None]:
    """Yield `pieces`, and close them whichever way the reading ends.

    `clock` counts seconds and is looked at when a piece comes; to break off a silence is the
    model's own part, since it alone sees signs of life.  Raises `ModelError` for a reply that
    takes longer than `total_s` ("timeout") or is much longer than it was told to be ("broken").

    >>> [*timely(iter(["a", "b"]), Limits(), clock=lambda: 0.0)]
    ['a', 'b']
    """
    end = clock() + limits.total_s
    left = limits.answer_tokens * _CHARACTERS_A_TOKEN
    try:
        for piece in pieces:
            if clock() > end:
                raise ModelError("timeout", "The language model did not finish in time.")
            left -= len(piece)
            if left < 0:
                raise ModelError("broken", "The language model came to no end.")
            yield piece
    finally:
        close = getattr(pieces, "close", None)
        if close is not None:
            close()
