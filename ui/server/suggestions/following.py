"""Questions to go on with after an answer, made of what it cites; each was asked before."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice

from corpus.article import Article
from corpus.text.language import script
from corpus.text.words import words as words_of
from rag.answer import Citation
from rag.reading.languages import known_names
from ui.server.http.workers import WorkerPool
from ui.server.suggestions.facts import people, things, titled
from ui.server.suggestions.tried import Example, asked, revision_of
from ui.service import Service
from ui.words.wording import words

# A row of buttons that is read at a glance.
MOST = 3
# Each try takes as long as an answer.
_MOST_TRIED, _SECONDS = 10, 8.0
# Fewer than this are filled up with titles that a reader of the page may not be able to read.
_FEW = 2
_MOST_ARTICLES, _MOST_COUNTS = 2, 4
# Passages near a title, of a handful of articles; in the demo collection those that score less are
# on another matter. A longer title is not read at a glance.
_NEAR, _RELATED, _LONGEST_TITLE = 12, 0.9, 90
_MOST_KEPT = 256
# "IS" and "Abd" are spelled as names of the glossary; only capitals tell them apart.
_SHORT = 3


@dataclass(frozen=True, slots=True)
class Offer:
    """A question to try; `kind` is what it asks for.

    One that `leans` takes along what was asked before; a `general` one fits any article, and has
    to be answered more surely; a `foreign` one has words of another script than the page.
    """

    example: Example
    kind: str
    leans: bool = False
    general: bool = False
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Before:
    """What was asked up to an answer, oldest first, what it shows, and the articles near that."""

    questions: tuple[str, ...]
    shown: tuple[Citation, ...]
    kind: str = "fact"
    related: tuple[Article, ...] = ()

    @property
    def key(self) -> tuple[object, ...]:
        """What the questions that follow depend on, besides the library."""
        spans = ((one.article.id, one.article.version, one.start, one.end) for one in self.shown)
        return self.questions, tuple(spans)


class Suggestions:
    """Finds questions that follow an answer, and keeps them until the library changes."""

    def __init__(self, pool: WorkerPool) -> None:
        self._pool = pool
        self._lock = asyncio.Lock()
        self._kept: OrderedDict[tuple[object, ...], list[str]] = OrderedDict()

    async def after(self, answer_id: str, language: str, owner: str = "") -> list[str]:
        """Return up to `MOST` questions in `language` to go on with after a saved answer.

        Each was answered, in that conversation, from an article that the answer cites, by a
        sentence that the answer does not show.  One is tried after another, for all readers, and
        only while nobody asks anything.  Raises `MissingError` for an
        unknown id or another's answer, `PurgedError` if a cited article was purged.
        """
        before = await self._pool.run(lambda service: _before(service, answer_id, owner))
        if not before.shown:
            return []
        async with self._lock:
            key = (await self._pool.run(revision_of), language, *before.key)
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            found: list[str] = []
            # Those found by the end of the time are given, and looked for again the next time.
            with suppress(TimeoutError):
                async with asyncio.timeout(_SECONDS):
                    await self._make(found, before, language)
                    self._kept[key] = found
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
            return found

    async def _make(self, good: list[str], before: Before, language: str) -> None:
        """Put questions into `good` while nobody else asks anything."""
        past = {_plain(question) for question in before.questions}
        seen = {(one.article.id, one.start) for one in before.shown}
        for offer in islice(offers(before, language), _MOST_TRIED):
            if len(good) == MOST:
                break
            if _plain(offer.example.question) in past or (offer.foreign and len(good) >= _FEW):
                continue
            await self._pool.idle()
            work = partial(_tried, offer=offer, history=before.questions)
            found = await self._pool.run_long(work)
            if found and (found[0].article.id, found[0].start) not in seen:
                good.append(offer.example.question)
                seen.add((found[0].article.id, found[0].start))


def offers(before: Before, language: str) -> Iterator[Offer]:
    """Yield questions to follow an answer: of each kind one, then a second, related reading last.

    After an overview none lean on it, since it is about many things at once.
    """
    articles = list({one.article.id: one.article for one in before.shown}.values())
    quotes = " ".join(one.quote for one in before.shown)
    turns: dict[str, list[Offer]] = {}
    for article in articles[:_MOST_ARTICLES]:
        for offer in _of_article(article, language):
            if not (offer.leans and before.kind == "overview") and not (
                offer.example.told and offer.example.told in quotes
            ):
                turns.setdefault(offer.kind, []).append(offer)
    for turn in range(max(map(len, turns.values()), default=0)):
        yield from (offered[turn] for offered in turns.values() if turn < len(offered))
    said = words(language)
    more = [*(articles if before.kind == "overview" else ()), *before.related]
    for article in sorted(more, key=lambda one: one.language != language):
        if article.title and len(article.title) <= _LONGEST_TITLE:
            example = Example(said["example"].format(title=article.title), article.id)
            foreign = script(article.title) != script(said["follow"])
            yield Offer(example, "title", foreign=foreign)


def _of_article(article: Article, language: str) -> Iterator[Offer]:
    said, spoken = words(language), article.language or ""
    for thing in islice(things(article.text, language), _MOST_COUNTS):
        question = said["follow_count"].format(noun=thing.asked)
        yield Offer(Example(question, article.id, thing.told), "count", leans=True)
    if spoken == language:
        for person in people(article.text, language):
            form = said["example_woman"] if person.woman else said["example_person"]
            example = Example(form.format(name=person.name), article.id, person.name)
            yield Offer(example, "person")
    else:
        for title in titled(article.text, spoken, language):
            question = said["follow_title"].format(title=title.asked)
            yield Offer(Example(question, article.id, title.told), "person", leans=True)
    for name in _names(article, language):
        yield Offer(Example(said["follow_about"].format(name=name), None), "about")
    for kind in ("why", "when"):
        question = {"why": said["follow_why"], "when": said["follow_when"]}[kind]
        yield Offer(Example(question, article.id), kind, leans=True, general=True)


def _names(article: Article, language: str) -> Iterator[str]:
    """Yield the names of a title that the glossary has in the script of `language`."""
    title = article.title or ""
    found = list(words_of(title))
    wanted = script(words(language)["follow"])
    for known in known_names(found):
        written = title[found[known.first].start : found[known.last - 1].end]
        if len(written) <= _SHORT and not written.isupper():
            continue
        fitting = (name for name in (written, *known.others) if script(name) == wanted)
        yield from islice(fitting, 1)


def _plain(question: str) -> tuple[str, ...]:
    return tuple(word.folded for word in words_of(question))


def _before(service: Service, answer_id: str, owner: str) -> Before:
    saved = service.saved(answer_id, owner)
    answer = saved.answer
    shown = tuple(answer.citations or answer.possible)
    related = tuple(_related(service, shown)) if shown else ()
    return Before((*saved.history, answer.question), shown, answer.kind, related)


def _related(service: Service, shown: Sequence[Citation]) -> Iterator[Article]:
    """Yield articles near the first cited one, without those that are cited."""
    title = shown[0].article.title
    assistant = service.trial()
    if not title or assistant is None:
        return
    hits, _ = assistant.search(title, k=_NEAR)
    cited = {one.article.id for one in shown}
    near = [hit.article for hit in hits if hit.score >= _RELATED and hit.article.id not in cited]
    yield from {article.id: article for article in near}.values()


def _tried(service: Service, offer: Offer, history: Sequence[str]) -> Sequence[Citation]:
    answer = asked(service, offer.example, history, "strict" if offer.general else None)
    return answer.citations if answer else ()
