"""What somebody says of articles by hand: outlet, date, title, language, address.

An edit makes a new version of the article, so that what saved answers cite stays as it was, and
wins over what its source says, however often that is added again, until it is undone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import regex

from corpus.article import Article, Passage
from corpus.dates.future import is_ahead
from corpus.dates.published import parse_date
from corpus.errors import InputError
from corpus.fields import label_line
from corpus.split import split
from index.encoder import Encoder, check_encoder
from index.encoder.protocol import Vectors
from index.engine import Engine
from index.store.database import Store
from index.store.lock import writing
from index.store.texts import keep_pages, whole_article

EDITABLE = ("outlet", "published", "title", "language", "url")
# As many articles as one transaction changes, so that others who write wait no longer.
_AT_ONCE = 200
_LONGEST = 1_000
_LANGUAGE = regex.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")

# A field of ours with its value, `None` for one that is to be unknown.
Values = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Edited:
    """What came of one article: as it was and as it is now, both `None` if there is none such."""

    article_id: str
    before: Article | None = None
    after: Article | None = None

    @property
    def changes(self) -> dict[str, tuple[str | None, str | None]]:
        """The fields that changed, each as it was and as it is now, dates in ISO 8601."""
        if self.before is None or self.after is None:
            return {}
        pairs = {name: (_read(self.before, name), _read(self.after, name)) for name in EDITABLE}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def read_values(given: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return values that can be set: a blank one is unknown, a date in ISO 8601.

    Raises `InputError` for another field, or a date, language or address that is none.

    >>> read_values({"outlet": " SANA ", "published": "18 نيسان 2020", "url": ""})
    {'outlet': 'SANA', 'published': '2020-04-18', 'url': None}
    """
    return {name: _value(name, value) for name, value in given.items()}


class Edits:
    """What was set by hand in a library; use it as `Library.edits`."""

    def __init__(
        self, store: Store, home: Path, encoder: Encoder, engine: Engine, say: Callable[[str], None]
    ) -> None:
        self._store, self._home = store, home
        self._encoder, self._engine, self._say = encoder, engine, say

    def edited(self) -> list[str]:
        """Return the ids of the present articles that were edited, in order."""
        if not self._exists():
            return []
        rows = self._store.execute(
            "SELECT DISTINCT e.article_id FROM edits e JOIN articles a ON a.id = e.article_id "
            "WHERE a.present ORDER BY 1"
        )
        return [str(row[0]) for row in rows]

    def applied(self, article: Article) -> Article:
        """Return an article as its source says, with what was set by hand in its place."""
        return _with(article, {field: value for field, value, _ in self._of(article.id)})

    def as_read(self, article: Article) -> Article:
        """Return a stored article as its source said when it was read last."""
        return _with(article, {field: was for field, _, was in self._of(article.id)})

    def hear(self, article: Article) -> Article:
        """Return an article as `applied` does, and note what its source says now, for `undo`."""
        for field, value, was in self._of(article.id):
            said = _read(article, field)
            # What was exported here and comes back says what was set by hand.
            if said not in (value, was):
                with self._store.transaction():
                    self._store.execute(
                        "UPDATE edits SET was = ? WHERE article_id = ? AND field = ?",
                        said,
                        article.id,
                        field,
                    )
        return self.applied(article)

    def forget(self, article_id: str) -> None:
        """Drop what was set by hand, within the transaction that removes an article."""
        self._store.execute("DELETE FROM edits WHERE article_id = ?", article_id)

    def edit(self, ids: Iterable[str], values: Values, *, dry_run: bool = False) -> list[Edited]:
        """Set fields of present articles, as `read_values` gives them; return what came of each.

        With `dry_run`, only tell what would come of it.
        """
        return self._change(ids, lambda article: _with(article, values), dry_run, values)

    def undo(self, ids: Iterable[str], *, dry_run: bool = False) -> list[Edited]:
        """Say of present articles again what their sources say; return what came of each."""
        return self._change(ids, self.as_read, dry_run, None)

    def _change(
        self,
        ids: Iterable[str],
        changed: Callable[[Article], Article],
        dry_run: bool,
        values: Values | None,
    ) -> list[Edited]:
        named = list(dict.fromkeys(ids))
        if dry_run:
            return [self._planned(article_id, changed) for article_id in named]
        done: list[Edited] = []
        with writing(self._home, self._say):
            for first in range(0, len(named), _AT_ONCE):
                with self._store.transaction():
                    check_encoder(self._store, self._encoder, self._home)
                    some = [
                        self._planned(each, changed) for each in named[first : first + _AT_ONCE]
                    ]
                    for one in some:
                        self._note(one, values)
                    if any(one.changes for one in some):
                        self._store.raise_revision()
                done += some
            if any(one.changes for one in done):
                self._engine.follow(writing=True)
        return done

    def _planned(self, article_id: str, changed: Callable[[Article], Article]) -> Edited:
        latest, present = self._store.latest(article_id)
        before = whole_article(self._store, article_id, latest) if present else None
        if before is None:
            return Edited(article_id)
        after = changed(before)
        return Edited(
            article_id, before, before if after == before else replace(after, version=latest + 1)
        )

    def _note(self, one: Edited, values: Values | None) -> None:
        """Keep what was set of an article, or forget it, and write its new version if any."""
        if one.before is None or one.after is None:
            return
        if values is None:
            self.forget(one.article_id)
        else:
            self._keep(one.before, values)
        if one.changes:
            self._write(one.before, one.after)

    def _keep(self, before: Article, values: Values) -> None:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        known = {field: was for field, _, was in self._of(before.id)}
        for field, value in values.items():
            was = known.get(field, _read(before, field))
            if value == was:
                self._store.execute(
                    "DELETE FROM edits WHERE article_id = ? AND field = ?", before.id, field
                )
            else:
                self._store.execute(
                    "INSERT OR REPLACE INTO edits VALUES (?, ?, ?, ?, ?)",
                    before.id, field, value, was, now,
                )  # fmt: skip

    def _write(self, before: Article, after: Article) -> None:
        passages = split(after)
        self._store.insert(after, passages, self._vectors(before, passages))
        keep_pages(self._store, after)
        # The text is the same: so is the report that it copies, and the file that it came from.
        for table in ("sketches", "origins"):
            self._store.execute(
                f"UPDATE {table} SET version = ? WHERE article_id = ? AND version = ?",
                after.version, after.id, before.version,
            )  # fmt: skip

    def _vectors(self, before: Article, passages: Sequence[Passage]) -> Vectors:
        """Return the vectors of an article's passages: as they are, where they are the same.

        What a disk changed is made again, else it would count as sound from now on.
        """
        sound = self._store.sound("passages", "p")
        rows = self._store.execute(
            f"SELECT first, last, vector FROM passages p WHERE article_id = ? AND version = ? "
            f"AND {sound} ORDER BY id",
            before.id,
            before.version,
        )
        if [tuple(row[:2]) for row in rows] != [(each.start, each.end) for each in passages]:
            return self._encoder.encode_passages([each.text for each in passages])
        joined = np.frombuffer(b"".join(row[2] for row in rows), "<f4")
        return joined.reshape(len(rows), self._encoder.dimension)

    def _of(self, article_id: str) -> list[tuple[str, str | None, str | None]]:
        if not self._exists():
            return []
        # What a disk made of an edit is not said of an article; its source is heard instead.
        sound = self._store.sound("edits", "e")
        rows = self._store.execute(
            f"SELECT field, value, was FROM edits e WHERE article_id = ? AND {sound}", article_id
        )
        return [(str(field), value, was) for field, value, was in rows]

    def _exists(self) -> bool:
        """Whether there is a table: not in an older library that this user may not write."""
        return bool(self._store.execute("SELECT 1 FROM sqlite_master WHERE name = 'edits'"))


def _value(name: str, value: str | None) -> str | None:
    if name not in EDITABLE:
        raise InputError(
            f'There is no field "{name[:40]}" to set; there are {", ".join(EDITABLE)}.'
        )
    line = label_line(value)
    if line is None:
        return None
    if len(line) > _LONGEST:
        raise InputError(f'The field "{name}" is longer than {_LONGEST:,} characters; shorten it.')
    if name == "published":
        day = parse_date(line)
        if day is None:
            raise InputError(f'"{line[:60]}" is no date; write it as in 2020-04-18.')
        if is_ahead(day):
            raise InputError(
                f"The date {day.isoformat()} lies in the future; give a day until now."
            )
        return day.isoformat()
    if name == "language" and not _LANGUAGE.fullmatch(line):
        raise InputError(f'"{line[:60]}" is no language; write its ISO 639 code, such as ar.')
    if name == "url" and not line.lower().startswith(("http://", "https://")):
        raise InputError(f'"{line[:60]}" is no address; begin it with https://')
    return line


def _read(article: Article, field: str) -> str | None:
    value = getattr(article, field)
    return value.isoformat() if isinstance(value, date) else value


def _with(article: Article, values: Values) -> Article:
    """Return an article with some fields set, as texts."""
    plain = {field: value for field, value in values.items() if field != "published"}
    changed = replace(article, **plain)  # type: ignore[arg-type]
    if "published" not in values:
        return changed
    day = values["published"]
    return replace(changed, published=date.fromisoformat(day) if day else None)
