"""Questions of a library whose answers are known to be there, a third of them filtered."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice, zip_longest

from corpus.article import Article
from corpus.errors import DalilError
from corpus.text.sentences import sentence_spans
from eval.bench.beside.known import reworded
from index import Filters, Library

_LEAST_IN_TITLE = 4
# Every so many is filtered, in these ways by turns.
_FILTERED = 3
_AROUND = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and within which articles."""

    text: str
    filters: Filters

    @property
    def filtered(self) -> bool:
        """Tell if some articles may not be found."""
        return self.filters != Filters()


def questions(library: Library, count: int, seed: int = 0) -> list[Question]:
    """Return up to `count` questions: titles, then reworded sentences, of articles at random.

    Filters are the outlet and the time of the article that a question was made of.  Raises
    `DalilError` for a library without any title or sentence to ask for.
    """
    source = random.Random(seed)
    articles = list(library.articles())
    source.shuffle(articles)
    # As many sentences as titles, more of them where there are too few articles.
    some = articles[: -(-count // 2)]
    asked = (_asked(library.article(article.id)) for article in some)
    rounds = (text for texts in zip_longest(*asked) for text in texts if text)
    found = [
        Question(text, _filters(article, number))
        for number, (text, article) in enumerate(islice(rounds, count))
    ]
    if not found:
        raise DalilError("The library has nothing to ask for. Take one with more passages.")
    return found


def _asked(article: Article) -> list[tuple[str, Article]]:
    """Return what can be asked for of an article, its title first."""
    return [(text, article) for text in dict.fromkeys(_texts(article)) if text]


def _texts(article: Article) -> Iterator[str]:
    if article.title and len(article.title.split()) >= _LEAST_IN_TITLE:
        yield article.title
    for start, end in sentence_spans(article.text):
        yield reworded(article.text[start:end])


def _filters(article: Article, number: int) -> Filters:
    """Return no filter for two questions of three, else one that the article passes."""
    if number % _FILTERED != _FILTERED - 1:
        return Filters()
    by_outlet = Filters(outlet=article.outlet)
    if article.published is None:
        return by_outlet
    since, until = article.published - _AROUND, article.published + _AROUND
    ways: Sequence[Filters] = (
        by_outlet,
        Filters(since=since, until=until),
        Filters(outlet=article.outlet, until=until),
        Filters(since=since),
    )
    return ways[number // _FILTERED % len(ways)]
