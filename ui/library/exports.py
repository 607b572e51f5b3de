"""What is taken away: the library as JSONL, and a conversation as Markdown."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import PurePath

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response, StreamingResponse

from corpus.article import Article
from corpus.errors import DamagedError
from index import Library
from rag.answer import tell
from rag.citing.saved import SavedAnswer
from ui.library import schemas
from ui.portable import LINE, portable
from ui.server.access.identity import reader_of
from ui.server.api.admin import only_admins
from ui.server.api.routes import PoolOf
from ui.server.articles.pages import here
from ui.server.http.errors import errors
from ui.server.http.listening import while_connected
from ui.server.http.log import log_notice
from ui.server.openai.markdown import Composer, escaped, seen
from ui.server.openai.shapes import Linker
from ui.service import Service
from ui.shapes import described_json
from ui.words.wording import load_wordings, words

routes = APIRouter(prefix="/api")
_LINES, _MARKDOWN = "application/x-ndjson", "text/markdown"
# Read at once, between which others are answered; a thousand long articles are some megabytes.
_AT_ONCE = 200


def _file_of(kind: str) -> dict[int | str, dict[str, object]]:
    content = {kind: {"schema": {"type": "string"}}}
    return {200: {"description": "A file.", "content": content}}


@routes.get(
    "/library/articles.jsonl",
    response_class=StreamingResponse,
    responses={**_file_of(_LINES), **errors(503, 504)},
    dependencies=[Depends(only_admins)],
)
async def library(request: Request, pool: PoolOf) -> Response:
    """Return every present article, one on a line, which `dalil add` reads as it was.

    Articles that are known by the path of a file get a name without it.  One that was damaged on
    the disk has a line that says so in place of its text, which `dalil add` names and passes over.
    Articles that come or go meanwhile may be in it or not; each is whole.
    """
    # What is wrong with the library still has a status of its own.
    first = await while_connected(request, pool.run(partial(_part, "")))

    async def lines() -> AsyncIterator[str]:
        part = first
        while part.last is not None:
            yield part.lines
            part = await pool.run(partial(_part, part.last))

    headers = _as_file(f"dalil-{datetime.now(UTC).date()}.jsonl")
    return StreamingResponse(lines(), media_type=_LINES, headers=headers)


@dataclass(frozen=True, slots=True)
class _Part:
    """Some lines, and the id of the last of their articles, `None` behind the last of all."""

    lines: str
    last: str | None


def _part(after: str, service: Service) -> _Part:
    assistant = service.assistant()
    if assistant is None:
        return _Part("", None)
    library = assistant.library
    with library.reading():
        ids = library.catalogue.ids(after, _AT_ONCE)
        lines = "".join(_line(library, article_id) for article_id in ids)
    return _Part(lines, ids[-1] if ids else None)


def _line(library: Library, article_id: str) -> str:
    try:
        return line_of(portable(library.article(article_id)))
    except DamagedError as error:
        # Where its file lay is unknown now: an id that could be a path is taken for one.
        name = LINE.sub("", PurePath(article_id).name)
        shown = portable(Article(article_id, "", source=name)).id
        told = str(error).replace(repr(article_id), repr(shown))
        log_notice(told)
        return json.dumps({"id": shown, "exported": True, "error": told}, ensure_ascii=False) + "\n"


def line_of(article: Article) -> str:
    r"""Return an article as a line of JSONL; `exported` says that nothing is to be done to it.

    >>> line_of(Article("a", "نص", language="ar"))[-50:]
    '"language": "ar", "text": "نص", "exported": true}\n'
    """
    paged = {"pages": article.pages} if article.pages else {}
    fields = {**described_json(article), "text": article.text, **paged, "exported": True}
    del fields["version"]
    return json.dumps(fields, ensure_ascii=False) + "\n"


@routes.post(
    "/conversation.md",
    response_class=Response,
    responses={**_file_of(_MARKDOWN), **errors(400, 404, 410, 422, 503, 504)},
)
async def conversation(body: schemas.ConversationBody, request: Request, pool: PoolOf) -> Response:
    """Return saved answers of the reader as one Markdown document, each with its sources."""
    owner = reader_of(request).owner

    def work(service: Service) -> list[SavedAnswer]:
        return [service.saved(answer_id, owner) for answer_id in body.answers]

    saved = await while_connected(request, pool.run(work))
    text = document(saved, here(request), body.language, datetime.now(UTC).date())
    headers = _as_file(f"dalil-{datetime.now(UTC).date()}.md")
    return Response(text, media_type=_MARKDOWN, headers=headers)


def document(answers: Sequence[SavedAnswer], base: str, language: str, today: date) -> str:
    """Return a conversation as Markdown: a heading for each question, its answer, its sources.

    `base` is the address of this server, `language` that of the first heading.
    """
    day = load_wordings()[language].day(today)
    parts = [f"# {words(language)['title']} · {words(language)['conversation']} · {day}"]
    for saved in answers:
        composer = Composer(Linker(base).url)
        pieces = (p.text for event in tell(saved.answer) for p in composer.pieces(event))
        question = " ".join(seen(saved.answer.question).split())
        parts += [f"## {escaped(question)}", "".join(pieces).strip()]
    return "\n\n".join(parts) + "\n"


def _as_file(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
