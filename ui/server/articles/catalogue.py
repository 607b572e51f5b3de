"""What the server reads from the library besides answers, in the contract's shapes."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.errors import DalilError, MissingError
from corpus.text.sentences import sentence_spans
from index import Filters
from rag.answer import Json
from ui.service import Question, Service
from ui.shapes import described_json, whole_json


@dataclass(frozen=True, slots=True)
class Labels:
    """What is looked for on articles, each `None` if nothing is; see `index.store.lookup`."""

    words: str | None = None
    language: str | None = None
    source: str | None = None


def article_page(
    service: Service, filters: Filters, labels: Labels, limit: int, cursor: str | None
) -> Json:
    """Return a page of the catalogue, an empty one while there is no library."""
    assistant = service.assistant()
    if assistant is None:
        return {"articles": [], "next": None, "total": 0, "outlets": []}
    library = assistant.library
    with library.reading():
        found = library.catalogue.find(labels.words, labels.language, labels.source)
        page = library.catalogue.page(filters, limit=limit, cursor=cursor, article_ids=found)
        outlets = library.catalogue.outlets()
    return {
        "articles": [described_json(article) for article in page.articles],
        "next": page.next,
        "total": page.total,
        "outlets": [{"outlet": o.outlet, "articles": o.articles} for o in outlets],
    }


def whole_article(service: Service, article_id: str, version: int | None) -> Json:
    """Return an article with its sentences and versions; raise `MissingError` without one."""
    assistant = service.assistant()
    if assistant is None:
        raise MissingError(f"There is no article {article_id!r}. {service.missing}")
    library = assistant.library
    with library.reading():
        article = library.article(article_id, version)
        versions = library.catalogue.versions(article_id)
        taken = library.withdrawals.of(article_id)
    return {
        **whole_json(article),
        "sentences": [{"start": s[0], "end": s[1]} for s in sentence_spans(article.text)],
        "versions": [
            {
                "version": v.version,
                "added_at": v.added_at,
                "published": v.published.isoformat() if v.published else None,
                "title": v.title,
            }
            for v in versions
        ],
        "withdrawn": taken and {"version": taken.version, "at": taken.at, "reason": taken.reason},
    }


def article_gloss(
    service: Service, article_id: str, version: int | None, span: tuple[int, int], into: str
) -> Json:
    """Return a span of an article word for word; raise `MissingError` or `InputError`."""
    from ui.glosses import quote_gloss  # The dictionary waits until somebody wants it.

    assistant = service.assistant()
    if assistant is None:
        raise MissingError(f"There is no article {article_id!r}. {service.missing}")
    article = assistant.library.article(article_id, version)
    return quote_gloss(article, *span, into, assistant.library.words).as_json()


def article_translation(
    service: Service, article_id: str, version: int | None, span: tuple[int, int], into: str
) -> Json:
    """Return a span of an article as the language model translates it.

    Raises `MissingError` or `InputError`, and `DalilError` where the model fails.
    """
    from ui.translations import quote_translation  # Most servers have no language model.

    assistant = service.assistant()
    if assistant is None:
        raise MissingError(f"There is no article {article_id!r}. {service.missing}")
    library = assistant.library
    article = library.article(article_id, version)
    return quote_translation(article, *span, into, service.shared, library.words).as_json()


def check_ready(service: Service) -> None:
    """Raise `DalilError` unless the library can be opened and searched."""
    if service.assistant() is None:
        raise DalilError(service.missing)
    service.search(Question("ready"), 1, Filters())
