"""Answers as OpenAI's clients read them: whole, or in chunks."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from uuid import uuid4

from corpus.errors import DalilError
from rag.answer import Answer, Citation, Json
from rag.events import Event, tell
from ui.server.articles.links import article_link
from ui.server.http.errors import sentence_of, status_of
from ui.server.http.log import log_fault
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
        path = article_link(article.id, article.version, citation.start, citation.end)
        return self._base + path

    def annotation(self, piece: Piece, citation: Citation) -> Json:
        """Return the shape of a citation whose marker a piece places."""
        link = {
            "start_index": piece.start,
            "end_index": piece.end,
            "title": citation.article.title or citation.article.id,
            "url": self.url(citation),
        }
        return {"type": "url_citation", "url_citation": link}


def as_completion(answer: Answer, composer: Composer, linker: Linker) -> Json:
    """Return the shape of an answer that is given at once."""
    pieces = [piece for event in tell(answer) for piece in composer.pieces(event)]
    message = {
        "role": "assistant",
        "content": "".join(piece.text for piece in pieces),
        "refusal": None,
        "annotations": [linker.annotation(p, p.citation) for p in pieces if p.citation],
    }
    return {
        "id": f"chatcmpl-{answer.answer_id or uuid4().hex}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": MODEL,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": Usage().model_dump(),
        "dalil": answer.as_json(),
    }


class Chunks:
    """Writes the events of an answer as chunks."""

    def __init__(self, composer: Composer, linker: Linker, *, counts: bool) -> None:
        self._composer, self._linker, self._counts = composer, linker, counts
        self._id, self._created = f"chatcmpl-{uuid4().hex}", int(time.time())

    def begin(self) -> bytes:
        """Return the first chunk, by which clients know that they are being answered."""
        return self._chunk({"role": "assistant", "content": ""})

    def of(self, event: Event) -> Iterator[bytes]:
        """Yield what an event tells; with the last, the whole answer in `dalil`."""
        for piece in self._composer.pieces(event):
            if piece.citation is not None:
                yield self._chunk({"annotations": [self._linker.annotation(piece, piece.citation)]})
            elif piece.text:
                yield self._chunk({"content": piece.text})
        if event.answer is not None:
            yield self._chunk({}, finish_reason="stop", dalil=event.answer.as_json())

    def end(self) -> Iterator[bytes]:
        """Yield what ends a stream that was told to its end."""
        if self._counts:
            yield _sse({**self._head(), "choices": [], "usage": Usage().model_dump()})
        yield b"data: [DONE]\n\n"

    def _chunk(self, delta: Json, finish_reason: str | None = None, **more: object) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return _sse({**self._head(), "choices": [choice], **more})

    def _head(self) -> Json:
        kind = "chat.completion.chunk"
        return {"id": self._id, "object": kind, "created": self._created, "model": MODEL}


async def as_chunks(
    first: Event, events: AsyncGenerator[Event], chunks: Chunks
) -> AsyncIterator[bytes]:
    """Yield the chunks of an answer; what goes wrong midway becomes an error and ends it."""
    try:
        yield chunks.begin()
        for chunk in chunks.of(first):
            yield chunk
        async for event in events:
            for chunk in chunks.of(event):
                yield chunk
        for chunk in chunks.end():
            yield chunk
    except DalilError as error:
        yield _sse(chat_error(status_of(error), sentence_of(error)))
    except Exception as error:
        log_fault(error)
        yield _sse(chat_error(500, sentence_of(error)))
    finally:
        await events.aclose()


def _sse(data: Json) -> bytes:
    """Return one event; JSON holds no line break, which would end its data."""
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
