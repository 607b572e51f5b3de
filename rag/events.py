"""An answer as it comes: what is being done, pieces of text, citations, and the whole at last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import regex

from rag.answer import Answer, Citation, Json

_MARKER = regex.compile(r"(\[\d+\])")


@dataclass(frozen=True, slots=True)
class Event:
    """One step of an answer: `text` of a status or token, else the citation or the answer.

    "restart" takes back all text and citations so far: the answer begins anew.
    """

    kind: Literal["status", "token", "citation", "restart", "done"]
    text: str = ""
    citation: Citation | None = None
    answer: Answer | None = None

    def as_json(self) -> Json:
        """Return what a client gets with the event of this kind.

        >>> Event("status", "searching").as_json()
        {'text': 'searching'}
        """
        if self.citation is not None:
            return self.citation.as_json()
        if self.answer is not None:
            return self.answer.as_json()
        return {"text": self.text}


def tell(answer: Answer) -> Iterator[Event]:
    """Yield the events of a finished answer: its text in pieces, each citation at its marker.

    >>> answer = Answer("?", "abstained", "The articles do not say.", 0.1)
    >>> [event.kind for event in tell(answer)]
    ['token', 'done']
    """
    citations = {f"[{citation.n}]": citation for citation in answer.citations}
    for piece in filter(None, _MARKER.split(answer.text)):
        yield Event("token", piece)
        # A marker that is repeated has been shown already.
        if citation := citations.pop(piece, None):
            yield Event("citation", citation=citation)
    yield Event("done", answer=answer)
