"""What can be saved of a damaged library, saved into a new file; what cannot, listed.

Every row that still fits its digest is kept.  Rows in pages that cannot be read are passed over:
tables are read from both ends, and what lies between is looked up row by row.  Where digests were
lost themselves, rows are kept as they can be read: a text is held against the vectors made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from corpus.article import Article
from corpus.errors import DalilError
from corpus.split import split
from index.encoder import Encoder, check_encoder, name_encoder
from index.store.connection import Connection, Digests, connect, digest_in, key_in
from index.store.database import DATABASE, Store
from index.store.lock import REINDEX_LOCK, writing
from index.store.origins import COLLECTION_FILE
from index.store.safety.backup import draft_in, put_in_place
from index.store.safety.checking import OF_ARTICLES, Damage, sentences

OnRow = Callable[[int, int], None]
_Row = tuple[Any, ...]
# The digest of how tables are defined, which every library has that has digests.
_SCHEMA = f"schema{chr(30)}"
# Another machine's arithmetic moves a number of a vector by a millionth; another word by a tenth.
_SAME = 1e-3
_NAMED = 20


@dataclass(frozen=True, slots=True)
class Repaired:
    """How many articles were saved, the file as it was, and a sentence for each thing lost.

    `unchecked` says what was kept although its digests were lost.
    """

    articles: int
    aside: Path | None
    lost: list[str]
    unchecked: list[str]


@dataclass(slots=True)
class _Unchecked:
    """How many rows had no digest any more, and the articles whose present texts had none.

    `fit` are those whose texts fit their vectors.
    """

    rows: int = 0
    versions: set[tuple[str, int]] = field(default_factory=set)
    fit: set[str] = field(default_factory=set)


def repair(
    home: Path,
    encoder: Encoder,
    say: Callable[[str], None],
    on_row: OnRow = lambda _done, _all: None,
) -> Repaired:
    """Make a new file of what is sound in the library's, and put the old one aside.

    Passages and vectors that were lost are made again by `encoder`.  Raises `DalilError`, and
    changes nothing, where the file is so damaged that nothing of it can be read.
    """
    path = home / DATABASE
    with writing(home, say, REINDEX_LOCK), writing(home, say), draft_in(home) as draft:
        with closing(Store(draft, create=True)) as new, closing(connect(path)) as old:
            unchecked = _Unchecked()
            with new.transaction():
                lost = list(_copy(old, new, on_row, unchecked))
            check_encoder(new, encoder, home)
            lost += _compare(new, encoder, unchecked)
            remade = _mend(new, encoder)
            articles = new.count_articles()
            if new.get(COLLECTION_FILE) == str(path.stat().st_ino):
                # The new file is the same library, whose collection stays its own.
                with new.transaction():
                    new.set(COLLECTION_FILE, str(draft.stat().st_ino))
        # What was made again from sound texts is not lost.
        found = [
            one
            for one in lost
            if not (one.table in ("passages", "sketches") or one.article in remade)
        ]
        aside = put_in_place(draft, path)
    return Repaired(articles, aside, sentences(found), _told(unchecked))


def _copy(old: Connection, new: Store, on_row: OnRow, unchecked: _Unchecked) -> Iterator[Damage]:
    """Copy the sound rows of every table, and yield those that are none or cannot be read.

    Rows whose digests were lost are copied, too, and noted in `unchecked`.
    """
    held = Digests(old).tables()
    kept, whole = _digests(old)
    done = 0
    for table, (columns, keys) in new.digests.tables().items():
        if table not in held:
            continue
        present = [column for column in columns if column in held[table][0]]
        of = table + chr(30)
        mine: set[str] = {key.removeprefix(of) for key in kept if key.startswith(of)}
        if not whole:
            # An index may still name rows in pages that cannot be read.
            named_in = _read(
                old, f'"{table}" r', [key_in("r", keys)], [f'r."{key}"' for key in keys]
            )
            mine |= {str(name) for (name,) in named_in}
        cells = [key_in("r", keys), digest_in("r", held[table][0])]
        cells += [f'r."{column}"' for column in present]
        for row in _rows(old, table, cells, keys, mine):
            done += 1
            on_row(min(done, len(kept)), len(kept))
            key, digest, *values = row
            mine.add(str(key))
            stored = kept.get(f"{of}{key}")
            lacks = stored is None and not whole
            if stored != digest and not lacks:
                continue
            with suppress(DalilError):
                names = ", ".join(f'"{column}"' for column in present)
                new.execute(
                    f'INSERT OR REPLACE INTO "{table}" ({names}) '
                    f"VALUES ({', '.join('?' * len(values))})",
                    *values,
                )
                mine.discard(str(key))
                unchecked.rows += lacks
                if lacks and table == "versions":
                    article_id, _, version = str(key).rpartition("\x1f")
                    unchecked.versions.add((article_id, int(version)))
        named = table in OF_ARTICLES and table != "passages"
        for key in sorted(mine):
            yield Damage(table, key, key.partition("\x1f")[0] if named else None, gone=True)


def _digests(old: Connection) -> tuple[dict[str, bytes], bool]:
    """Return the digests that can be read, by table and key, and whether those are all."""
    cells, order = ["of || char(30) || key", "digest"], ["of", "key"]
    with suppress(DalilError):
        old.execute("SELECT count(*) FROM (SELECT digest FROM digests ORDER BY of, key)").fetchone()
        found = dict(old.execute(f"SELECT {', '.join(cells)} FROM digests").fetchall())
        return found, _SCHEMA in found
    return dict(_read(old, "digests", cells, order)), False


def _compare(new: Store, encoder: Encoder, unchecked: _Unchecked) -> list[Damage]:
    """Drop the texts without digests that do not fit the vectors made of them, and return them."""
    lost = list[Damage]()
    with new.transaction():
        for article_id, version in sorted(unchecked.versions):
            article = new.intact(article_id, version)
            rows = new.execute(
                "SELECT first, last, vector FROM passages WHERE article_id = ? AND version = ?",
                article_id,
                version,
            )
            if article is None or not rows:
                continue
            vectors = encoder.encode_passages([article.text[first:last] for first, last, _ in rows])
            stored = [np.frombuffer(row[2][: len(row[2]) // 4 * 4], "<f4") for row in rows]
            if all(
                one.shape == other.shape and np.allclose(one, other, atol=_SAME)
                for one, other in zip(stored, vectors, strict=True)
            ):
                unchecked.fit.add(article_id)
                continue
            unchecked.versions.discard((article_id, version))
            for table in ("versions", "passages"):
                new.execute(
                    f"DELETE FROM {table} WHERE article_id = ? AND version = ?", article_id, version
                )
            lost.append(Damage("versions", f"{article_id}\x1f{version}", article_id))
    return lost


def _told(unchecked: _Unchecked) -> list[str]:
    """Return what was kept without a digest, in sentences."""
    if not unchecked.rows:
        return []
    told = [
        f"{unchecked.rows:,} rows had lost their digests, and were kept as they can be read. The "
        f"texts of {len(unchecked.fit):,} articles fit the vectors made of them; their titles, "
        "dates and pages could not be checked."
    ]
    others = sorted({article_id for article_id, _ in unchecked.versions} - unchecked.fit)
    if others:
        more = f" and {len(others) - _NAMED:,} more" if len(others) > _NAMED else ""
        named = ", ".join(map(repr, others[:_NAMED]))
        told.append(f"Texts that could not be checked at all: {named}{more}. Add them again.")
    return told


def _rows(
    old: Connection, table: str, cells: list[str], keys: list[str], known: set[str]
) -> Iterator[_Row]:
    """Yield the rows of a table that can be read, each once: a key, a digest, and the values."""
    seen = set[str]()
    for row in _read(old, f'"{table}" r', cells, [f'r."{key}"' for key in keys]):
        if str(row[0]) not in seen:
            seen.add(str(row[0]))
            yield row
    where = " AND ".join(f'r."{key}" = ?' for key in keys)
    for name in sorted(known - seen):
        with suppress(DalilError):
            query = f'SELECT {", ".join(cells)} FROM "{table}" r WHERE {where}'
            yield from old.execute(query, name.split("\x1f")).fetchall()


def _read(old: Connection, table: str, cells: list[str], order: list[str]) -> Iterator[_Row]:
    """Yield rows from the first on, and from the last back, as far as they can be read."""
    for way in ("ASC", "DESC"):
        ordered = ", ".join(f"{each} {way}" for each in order)
        try:
            yield from old.execute(f"SELECT {', '.join(cells)} FROM {table} ORDER BY {ordered}")
            return
        except DalilError:
            continue


def _mend(new: Store, encoder: Encoder) -> set[str]:
    """Make what is missing beside sound versions, and return the ids whose rows were made."""
    made = set[str]()
    with new.transaction():
        new.execute(
            "DELETE FROM passages WHERE NOT EXISTS (SELECT 1 FROM versions v "
            "WHERE v.article_id = passages.article_id AND v.version = passages.version)"
        )
        new.execute(
            "UPDATE articles SET present = 0 WHERE NOT EXISTS (SELECT 1 FROM versions v "
            "WHERE v.article_id = articles.id AND v.version = articles.latest)"
        )
    newest = new.execute("SELECT article_id, max(version) FROM versions GROUP BY article_id")
    for article_id, version in newest:
        latest, present = new.latest(article_id)
        has = new.execute("SELECT first, last FROM passages WHERE article_id = ?", article_id)
        article = new.article(article_id, version)
        # Without a trace that it was present, it may have been removed.
        if article is None or (not present if latest else not has) or latest > version:
            continue
        passages = split(article)
        if latest and {(p.start, p.end) for p in passages} == set(has):
            continue
        _make(new, article, encoder)
        made.add(article_id)
    with new.transaction():
        name_encoder(new, encoder)
        new.raise_revision()
    return made


def _make(new: Store, article: Article, encoder: Encoder) -> None:
    """Make an article present, with passages and vectors."""
    passages = split(article)
    vectors = encoder.encode_passages([passage.text for passage in passages])
    with new.transaction():
        new.execute("DELETE FROM passages WHERE article_id = ?", article.id)
        new.execute("INSERT OR REPLACE INTO articles VALUES (?, ?, 1)", article.id, article.version)
        for passage, vector in zip(passages, vectors, strict=True):
            new.execute(
                "INSERT INTO passages (article_id, version, first, last, vector) "
                "VALUES (?, ?, ?, ?, ?)",
                article.id, article.version, passage.start, passage.end,
                vector.astype("<f4").tobytes(),
            )  # fmt: skip
