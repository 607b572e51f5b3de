"""Answers as OpenAI's clients read them: whole, or in chunks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from uuid import uuid4

from fastapi.sse import format_sse_event

from corpus.furniture.describe import opening
from rag.answer import Answer, Citation, Event, Json, tell
from ui.server.articles.links import article_link
from ui.server.http.streaming import server_sent
from ui.server.openai.errors import chat_error
from ui.server.openai.markdown import Composer, Piece
from ui.server.openai.schemas import MODEL, Usage


class Linker:
    """Writes citations as annotations, with links that work from other sites' pages."""

    def __init__(self, base_url: str) -> None:
        self._base = base_url.rstrip("/")

    def url(self, citation: Citation) -> str:
        """Return the address that shows a citation in its article."""
        article = citation.article
        span = citation.start, citation.end
        return self._base + article_link(article.id, article.version, *span, focus=citation.focus)

    def annotation(self, piece: Piece, citation: Citation) -> Json:
        """Return the shape of a citation whose marker a piece places."""
        link = {
            "start_index": piece.start,
            "end_index": piece.end,
            "title": citation.article.title or opening(citation.article.text),
            "url": self.url(citation),
        }
        return {"type": "url_citation", "url_citation": link}


class ChatFormat:
    """Writes an answer at once, or its steps as chunks."""

    def __init__(self, composer: Composer, linker: Linker, *, counts: bool) -> None:
        self._composer, self._linker, self._counts = composer, linker, counts
        self._id, self._created = f"chatcmpl-{uuid4().hex}", int(time.time())
        self._begun = False

    def whole(self, answer: Answer) -> Json:
        """Return the shape of an answer that is given at once."""
        pieces = [piece for event in tell(answer) for piece in self._composer.pieces(event)]
        link = self._linker.annotation
        message = {
            "role": "assistant",
            "content": "".join(piece.text for piece in pieces),
            "refusal": None,
            "annotations": [link(p, p.citation) for p in pieces if p.citation],
        }
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return {
            "id": f"chatcmpl-{answer.answer_id}" if answer.answer_id else self._id,
            "object": "chat.completion",
            "created": self._created,
            "model": MODEL,
            "choices": [choice],
            "usage": Usage().model_dump(),
            "dalil": answer.as_json(),
        }

    def step(self, event: Event) -> Iterator[bytes]:
        """Yield what an event tells; with the last, the whole answer in `dalil`, and the end."""
        if not self._begun:
            # The first chunk, by which clients know that they are being answered.
            self._begun = True
            yield self._chunk({"role": "assistant", "content": ""})
        for piece in self._composer.pieces(event):
            if piece.citation is not None:
                yield self._chunk({"annotations": [self._linker.annotation(piece, piece.citation)]})
            elif piece.text:
                yield self._chunk({"content": piece.text})
        if event.answer is not None:
            yield self._chunk({}, finish_reason="stop", dalil=event.answer.as_json())
            if self._counts:
                yield server_sent({**self._head(), "choices": [], "usage": Usage().model_dump()})
            yield format_sse_event(data_str="[DONE]")

    def fault(self, status: int, sentence: str) -> bytes:
        """Return an error, after which there is no `[DONE]`."""
        return server_sent(chat_error(status, sentence))

    def _chunk(self, delta: Json, finish_reason: str | None = None, **more: object) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return server_sent({**self._head(), "choices": [choice], **more})

    def _head(self) -> Json:
        kind = "chat.completion.chunk"
        return {"id": self._id, "object": kind, "created": self._created, "model": MODEL}
