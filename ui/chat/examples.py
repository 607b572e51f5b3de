"""Questions to start with, taken from the collection itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice

from corpus.article import Article
from corpus.errors import DalilError
from ui.service import Service
from ui.words.wording import words

MOST = 4
# Headlines are longer than titles, yet a question must be read at a glance.
_LONGEST_TITLE = 110
# Enough to find a few good ones in, few enough to look through at once.
_LOOKED_AT = 500


def example_questions(service: Service, language: str, given: Sequence[str]) -> list[str]:
    """Return up to `MOST` questions: those `given`, then about articles of the collection.

    Articles in the interface's language come first, from as many outlets as there are, the newest
    of each before older ones.
    """
    chosen = list(given)[:MOST]
    # A library that cannot be read tells so when it is asked.
    with suppress(DalilError):
        chosen.extend(islice(_questions(service, language), MOST - len(chosen)))
    return chosen


def _questions(service: Service, language: str) -> Iterator[str]:
    assistant = service.assistant()
    if assistant is None:
        return
    articles = [
        article
        for article in islice(assistant.library.articles(), _LOOKED_AT)
        if article.title and len(article.title) <= _LONGEST_TITLE
    ]
    articles.sort(key=lambda a: (a.language != language, -_day(a)))
    for article in _by_turns(articles):
        yield words(language)["example"].format(title=article.title)


def _by_turns(articles: Sequence[Article]) -> Iterator[Article]:
    """Yield the first article of each outlet, then the rest in their order."""
    seen: set[str | None] = set()
    rest = []
    for article in articles:
        if article.outlet in seen:
            rest.append(article)
        else:
            seen.add(article.outlet)
            yield article
    yield from rest


def _day(article: Article) -> int:
    return article.published.toordinal() if article.published else 0
