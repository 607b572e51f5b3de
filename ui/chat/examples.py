"""Questions to start with, made of the collection itself; each was asked before it is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from time import monotonic

from corpus.article import Article
from corpus.errors import DalilError
from corpus.text.language import script
from ui.server.http.workers import WorkerPool
from ui.server.suggestions.facts import counted, people
from ui.server.suggestions.tried import Example, answers, revision_of
from ui.service import Service
from ui.words.wording import words

MOST = 4
# Headlines are longer than titles, yet a question must be read at a glance.
_LONGEST_TITLE = 110
# Enough to find a few good ones in, few enough to look through at once.
_LOOKED_AT = 500
# So many articles are read for facts to ask for, and so long questions are tried: readers ask
# theirs meanwhile, and each takes a tenth of a second, more where the machine is slow.
_MOST_ARTICLES = 24
_SECONDS = 5.0


class Examples:
    """The questions that a page of one interface language offers.

    Those `given` come first and are shown as they are; the others are shown once Dalil has answered
    them from the article they were made of.  They are kept until the library changes.
    """

    def __init__(self, pool: WorkerPool, language: str, given: Sequence[str]) -> None:
        self.given = list(given)[:MOST]
        self._pool = pool
        self._language = language
        self._lock = asyncio.Lock()
        self._kept: tuple[int, list[str]] | None = None

    async def all(self) -> list[str]:
        """Return up to `MOST` questions, fewer rather than one that is refused.

        Each is asked as work of its own, so that readers' questions come in between.
        """
        if len(self.given) == MOST:
            return self.given
        async with self._lock:
            try:
                revision = await self._pool.run(revision_of)
                if self._kept is None or self._kept[0] != revision:
                    self._kept = revision, await self._made()
            except DalilError:
                # A library that cannot be read tells so when it is asked.
                return self.given
            return [*self.given, *self._kept[1]][:MOST]

    async def _made(self) -> list[str]:
        end = monotonic() + _SECONDS
        offers = await self._pool.run(lambda service: made_of(service, self._language))
        good: dict[str | None, str] = {}
        for example in offers:
            if monotonic() > end or len(good) == MOST - len(self.given):
                break
            if example.article_id not in good and await self._pool.run_long(
                partial(answers, example=example)
            ):
                good[example.article_id] = example.question
        return list(good.values())


def made_of(service: Service, language: str) -> list[Example]:
    """Return questions about articles of the collection, those of facts before those of titles.

    Articles in the interface's language come first, from as many outlets as there are, the newest
    of each before older ones.
    """
    assistant = service.assistant()
    if assistant is None:
        return []
    library = assistant.library
    articles = [
        article
        for article in islice(library.articles(), _LOOKED_AT)
        if article.title and len(article.title) <= _LONGEST_TITLE
    ]
    articles.sort(key=lambda a: (a.language != language, -_day(a)))
    chosen = list(islice(_by_turns(articles), _MOST_ARTICLES))
    facts = [list(_of_facts(library.article(article.id), language)) for article in chosen]
    titles = [_of_title(article, language) for article in chosen]
    # A title of another script hides in which language it is asked about.
    titles.sort(key=lambda one: script(one.question) != script(words(language)["example"]))
    # Numbers and people by turns.
    turned = [one[place % 2 :] + one[: place % 2] for place, one in enumerate(facts)]
    return [example for one in turned for example in one] + titles


def _of_facts(article: Article, language: str) -> Iterator[Example]:
    """Yield questions for a number and for a person of an article in the interface's language."""
    if article.language != language:
        return
    said = words(language)
    for noun in islice(counted(article.text, language), 1):
        question = said["example_count"].format(noun=noun, title=article.title)
        yield Example(question, article.id, noun)
    for found in islice(people(article.text, language), 1):
        form = said["example_woman"] if found.woman else said["example_person"]
        yield Example(form.format(name=found.name), article.id, found.name)


def _of_title(article: Article, language: str) -> Example:
    return Example(words(language)["example"].format(title=article.title), article.id)


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
