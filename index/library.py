"""The only door to a collection: add and remove articles, read them, find candidates.

A library is a folder with `library.sqlite` (the truth) and `derived/` (indexes that are rebuilt
when they are missing, stale or damaged).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from corpus.article import Article, Passage
from corpus.errors import DalilError, MissingError
from corpus.split import split
from index.copies import Copies, copies_of
from index.embedded.engine import EmbeddedEngine
from index.embedded.texts import compare
from index.encoder import Encoder, check_encoder, name_encoder, table_of
from index.engine import EMBEDDED, Candidate, Candidates, Engine, IndexCache, Query
from index.filters import Filters
from index.reencoding import paced
from index.store import answers
from index.store.answers import Feedback, FeedbackTable, Shown, StoredAnswer
from index.store.catalogue import AddReport, Catalogue, Overview
from index.store.database import DATABASE, Store
from index.store.lock import make_folder, silent, writing
from index.store.origins import Origins
from index.store.texts import PAGED, keep_pages, known_article

if TYPE_CHECKING:
    from index.edits import Edits
    from index.withdrawals import Withdrawals

__all__ = ["AddReport", "Feedback", "Library", "Overview"]

# A batch is a commit: large enough that a commit's wait for the disk does not show.
BATCH = 50


class Library:
    """An open library, by `Library.open`; `words` compares single words, `engine` finds."""

    def __init__(
        self,
        home: Path,
        store: Store,
        encoder: Encoder,
        engine: Engine,
        say: Callable[[str], None] = silent,
    ) -> None:
        self.home, self.encoder, self.engine = home, encoder, engine
        # Words are compared in the bundled table whatever makes the vectors of passages.
        self.words = table_of(encoder)
        self._store, self._say = store, say
        self._shown = Shown(store)

    @classmethod
    def open(
        cls,
        home: Path | str,
        encoder: Encoder,
        *,
        create: bool = False,
        say: Callable[[str], None] = silent,
        cache: IndexCache | None = None,
        index: str = EMBEDDED,
    ) -> Self:
        """Open the library in `home`; with `create`, make it if it is not there.

        `say` gets messages for people.  An open library belongs to its thread; a `cache` lets
        those of several threads share one `index`, embedded or Qdrant's.  Raises `DalilError` for
        a missing, unreadable, newer or differently encoded library.
        """
        home = Path(home)
        if create:
            make_folder(home)
        store = Store(home / DATABASE, create=create)
        try:
            check_encoder(store, encoder, home)
            make = EmbeddedEngine if index == EMBEDDED else _qdrant(index)
            engine = make(store, home, encoder, table_of(encoder), say, cache)
        except BaseException:
            store.close()
            raise
        return cls(home, store, encoder, engine, say)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The lists of articles and of their versions."""
        return Catalogue(self._store)

    @cached_property
    def feedback(self) -> FeedbackTable:
        """What readers said of saved answers."""
        return FeedbackTable(self._store)

    @cached_property
    def withdrawals(self) -> Withdrawals:
        """Articles that were taken out of the collection and can be put back."""
        from index.withdrawals import Withdrawals

        return Withdrawals(self._store, self.home, self.encoder, self.engine, self._say)

    @cached_property
    def edits(self) -> Edits:
        """What somebody has said of articles by hand."""
        from index.edits import Edits

        return Edits(self._store, self.home, self.encoder, self.engine, self._say)

    @cached_property
    def origins(self) -> Origins:
        """Which files of followed folders the articles came from."""
        return Origins(self._store)

    def close(self) -> None:
        """Release the files."""
        self.engine.close()
        self._store.close()

    def add(
        self,
        articles: Iterable[Article],
        *,
        batch: int = BATCH,
        on_batch: Callable[[int], None] = lambda _: None,
    ) -> AddReport:
        """Add `articles` in batches, each one commit; `on_batch` gets the count committed so far.

        Batches hold at most `batch` articles, fewer while the encoder is slow, and survive once
        reported.  An article whose id is known and whose content differs becomes a new version;
        what was retracted and is added as it was stays out, and what was edited keeps that.
        """
        from index.incoming import Pace, sorted_in

        outcome: dict[str, list[Article]] = {"added": [], "updated": [], "unchanged": []}
        known, done = (self._store, self.withdrawals, self.edits), 0
        with writing(self.home, self._say), self.engine.importing() as committed:
            copies, pace = Copies(self._store, self._say), Pace(self.home, self.engine)
            for group in paced(articles, batch, most=batch):
                passages = self._commit(sorted_in(group, outcome, *known), copies)
                committed(passages)
                pace.committed(passages)
                done += len(group)
                on_batch(done)
            if outcome["added"] or outcome["updated"]:
                self.engine.follow(writing=True)
        return AddReport(**outcome)

    def _commit(self, articles: Sequence[Article], copies: Copies) -> int:
        if not articles:
            return 0
        passages = [split(article) for article in articles]
        vectors = self.encoder.encode_passages([p.text for group in passages for p in group])
        with self._store.transaction():
            check_encoder(self._store, self.encoder, self.home)
            name_encoder(self._store, self.encoder)
            first = 0
            for article, group in zip(articles, passages, strict=True):
                self.withdrawals.let_in(article.id)
                self._store.insert(article, group, vectors[first : first + len(group)])
                keep_pages(self._store, article)
                first += len(group)
            copies.enter(articles)
            self._store.raise_revision()
        return len(vectors)

    def remove(
        self, article_ids: Sequence[str], *, purge: bool = False, by_hand: bool = True
    ) -> list[str]:
        """Take articles out of the collection and return their ids, all of them or none.

        Versions that answers cite stay readable unless `purge`.  What goes `by_hand` is not
        brought back by following its folder while its file says the same.
        """
        named = list(dict.fromkeys(article_ids))
        with writing(self.home, self._say):
            with self._store.transaction():
                for article_id in named:
                    _, present = self._store.latest(article_id)
                    forgotten = self.withdrawals.forget(article_id, by_hand=by_hand)
                    if not (present or forgotten or (purge and self._store.holds(article_id))):
                        raise MissingError(
                            f"There is no article {article_id!r} in the library; nothing was "
                            "removed. List the articles with: dalil list"
                        )
                    self._store.remove(article_id, purge=purge)
                self._store.raise_revision()
            self.engine.follow(writing=True)
        return named

    def articles(self) -> Iterator[Article]:
        """Yield the present articles by id, without their texts."""
        return self._store.articles()

    def __len__(self) -> int:
        return self._store.count_articles()

    @property
    def revision(self) -> int:
        """A number that grows with every change of the articles."""
        return self._store.revision

    def count_passages(self) -> int:
        """Return the number of passages of the present articles."""
        return len(self.engine)

    def article(self, article_id: str, version: int | None = None) -> Article:
        """Return a stored version of an article, the newest by default, or raise `MissingError`."""
        found = None if self._store.get(PAGED) else self._store.article(article_id, version)
        return found or known_article(self._store, article_id, version)

    def search(self, query: Query, depth: int, filters: Filters) -> Candidates:
        """Return the `depth` best passages of each leg for `query`, filtered before ranking."""
        return self.engine.search(query, depth, filters)

    def spelled(self, filters: Filters) -> Filters:
        """Return the filters with their outlet as the library has it, or raise `InputError`."""
        from index.outlets import spelled

        return spelled(filters, [each.outlet for each in self.catalogue.outlets()])

    def compare(
        self, query: Query, texts: Sequence[str], languages: Sequence[str | None]
    ) -> NDArray[np.float32]:
        """Return how well each word is met in texts of `languages`, float32 (n, w), 0 to 1."""
        return compare(query, texts, languages, self.words)

    def passage(self, candidate: Candidate) -> tuple[Article, Passage]:
        """Return a passage found with its article; raise `MissingError` or `DamagedError`."""
        return self._shown.passage(candidate)

    def passages(self, candidates: Iterable[Candidate]) -> Iterator[tuple[Article, Passage] | None]:
        """Yield what `passage` returns of each, `None` where it raises; call within `reading()`."""
        return self._shown.passages(candidates)

    def newest(self, article_ids: Iterable[str]) -> Iterator[Article]:
        """Yield the newest version of each article that is not damaged; within `reading()`."""
        return self._shown.newest(article_ids)

    @property
    def trouble(self) -> str | None:
        """What readers are to know: that an article was left out, or that writing has stopped."""
        try:
            self._store.check_beside()
        except DalilError as error:
            return str(error)
        return self._shown.damage or None

    def copies_of(self, article: Article) -> list[str]:
        """Return the ids of the other present articles with the same report as `article`."""
        return copies_of(self._store, article)

    def save_answer(
        self, answer_id: str, body: str, spans: Sequence[Passage], owner: str = ""
    ) -> None:
        """Keep an answer (JSON) of `owner` with the spans it cites."""
        answers.save_answer(self._store, answer_id, body, spans, owner)

    def answer(self, answer_id: str, owner: str = "") -> StoredAnswer | None:
        """Return a saved answer of `owner`, or `None`."""
        return answers.stored_answer(self._store, answer_id, owner)

    def recent_answers(self, most: int) -> list[StoredAnswer]:
        """Return the `most` answers saved last, whoever asked, the newest first."""
        return answers.recent_answers(self._store, most)

    def reading(self) -> AbstractContextManager[None]:
        """Give all reads of the block one state of the library, whatever others write."""
        return self._store.reading()

    def faults(self, on_row: Callable[[int, int], None] = lambda *_: None) -> list[str]:
        """Return what is wrong with the library's files; `on_row` gets rows done, and all."""
        from index.store.safety.checking import faults

        with self._store.reading():
            return faults(self._store, self.engine, on_row)

    def rebuild(self) -> None:
        """Build the derived files anew from SQLite, whatever state they are in."""
        with writing(self.home, self._say):
            self.engine.rebuild()


def _qdrant(index: str) -> Callable[..., Engine]:
    from index.qdrant.engine import QdrantEngine

    return partial(QdrantEngine, index=index)
