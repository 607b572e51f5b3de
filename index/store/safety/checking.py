"""Every row of a library held against its digest, and what differs told in sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from corpus.errors import DalilError
from index.engine import Engine
from index.store.connection import key_in
from index.store.database import Store
from index.store.faults import damaged
from index.store.tables.schema import digest_of_schema

# Rows between two looks at how far the check is.
_STEP = 500
# So many of one kind are named; the rest is counted.
_NAMED = 20
_REMEDY = (
    "Put a backup in place with: dalil restore FILE; or save what can be saved with: "
    "dalil doctor --repair"
)
# Tables whose keys begin with the id of an article; passages have numbers.
OF_ARTICLES = (
    "articles", "versions", "pages", "passages", "sketches", "withdrawals", "removals", "edits"
)  # fmt: skip
# What was said of an article and is not kept to find it.
_SAID = {
    "withdrawals": "That the article {} was taken out, and why,",
    "removals": "That the article {} was removed by hand",
    "edits": "What was set by hand of the article {}",
}


@dataclass(frozen=True, slots=True)
class Damage:
    """A row that is not what was stored, or is gone; `key` names it within its table.

    `article` is the id of the article it belongs to, `None` where it belongs to none or the row
    with the id is gone.
    """

    table: str
    key: str
    article: str | None
    gone: bool = False


def faults(store: Store, engine: Engine, on_row: Callable[[int, int], None]) -> list[str]:
    """Return what is wrong with the library's files, nothing for sound ones.

    `on_row` gets the rows looked at, and about how many there are.  Call within `store.reading()`.
    """
    told = of_rows(store, on_row)
    try:
        return told + engine.faults()
    except DalilError as error:
        return told or [str(error)]


def of_rows(store: Store, on_row: Callable[[int, int], None]) -> list[str]:
    """Return what is wrong with the library's SQLite file alone, as `faults` does."""
    told = _of_file(store)
    if store.sealed:
        told += _of_schema(store)
        found = list[Damage]()
        told += _collect(damages(store, on_row), found)
        told += sentences(found)
    return told


def damages(
    store: Store, on_row: Callable[[int, int], None] = lambda _done, _all: None
) -> Iterator[Damage]:
    """Yield the rows that differ from their digests, and the digests whose rows are gone.

    Raises `DalilError` where a table cannot be read to its end, after all other tables.
    """
    count = int(store.execute("SELECT count(*) FROM digests")[0][0])
    done, unread = 0, list[str]()
    for table, (columns, keys) in store.digests.tables().items():
        article = "r.article_id" if "article_id" in columns else "NULL"
        article = "r.id" if table == "articles" else article
        key = key_in("r", keys)
        try:
            for name, of, sound in _rows(
                store,
                f"SELECT CAST({key} AS BLOB), CAST({article} AS BLOB), "
                f'{store.sound(table, "r")} FROM "{table}" r',
            ):
                done += 1
                if done % _STEP == 0:
                    on_row(done, count)
                if not sound:
                    yield Damage(table, _text(name), _text(of) if of is not None else None)
            for (name,) in _rows(
                store,
                "SELECT CAST(key AS BLOB) FROM (SELECT key FROM digests WHERE of = ? "
                f'EXCEPT SELECT CAST({key} AS TEXT) FROM "{table}" r)',
                table,
            ):
                known = table in OF_ARTICLES and table != "passages"
                of_article = _text(name).partition("\x1f")[0] if known else None
                yield Damage(table, _text(name), of_article, gone=True)
        except DalilError as error:
            unread.append(f"The table {table} cannot be read to its end. {error}")
    on_row(done, count)
    if unread:
        raise DalilError(" ".join(unread))


def sentences(found: Iterable[Damage]) -> list[str]:
    """Return a sentence for each article and each other row that is damaged, the first of many."""
    told = list[str]()
    ordered = sorted(found, key=lambda one: (one.article is None, one.article or one.table))
    of_articles = [one for one in ordered if one.article is not None]
    named = dict.fromkeys(one.article for one in of_articles)
    for article in list(named)[:_NAMED]:
        of = {one.table for one in of_articles if one.article == article}
        if of & {"versions", "pages"}:
            told.append(str(damaged(str(article))))
        told += [
            f"{said.format(repr(article))} was damaged on the disk. {_REMEDY}"
            for table, said in _SAID.items()
            if table in of
        ]
        if not of & {"versions", "pages", *_SAID}:
            told.append(
                f"What is kept to find the article {article!r} was damaged on the disk; its text "
                f"is sound. {_REMEDY}"
            )
    if len(named) > _NAMED:
        told.append(f"{len(named) - _NAMED} more articles were damaged.")
    others = (one for one in ordered if one.article is None)
    for table, rows in groupby(others, key=lambda one: one.table):
        keys = [repr(one.key) for one in rows]
        more = f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else ""
        told.append(
            f"Rows of the table {table} were damaged on the disk or are gone: "
            f"{', '.join(keys[:_NAMED])}{more}. {_REMEDY}"
        )
    return told


def _of_file(store: Store) -> list[str]:
    """Return what SQLite itself finds wrong."""
    try:
        rows = store.execute("PRAGMA integrity_check")
    except DalilError as error:
        return [str(error)]
    wrong = [str(row[0]).strip() for row in rows if row[0] != "ok"]
    if not wrong:
        return []
    first = "; ".join(" ".join(each.split()) for each in wrong[:3])
    return [f"The file {store.path} is damaged: {first}. {_REMEDY}"]


def _of_schema(store: Store) -> list[str]:
    """Return if the tables are not defined as they were."""
    try:
        kept = store.execute("SELECT digest FROM digests WHERE of = 'schema'")
        if kept and bytes(kept[0][0]) == digest_of_schema(store):
            return []
    except DalilError as error:
        return [str(error)]
    return [f"The tables of {store.path} are not defined as they were. {_REMEDY}"]


def _collect(rows: Iterator[Damage], found: list[Damage]) -> list[str]:
    try:
        found.extend(rows)
    except DalilError as error:
        return [str(error)]
    return []


def _rows(store: Store, query: str, *values: object) -> Iterator[Sequence[Any]]:
    yield from store.digests.connection.execute(query, values)


def _text(name: bytes | None) -> str:
    return (name or b"").decode("utf-8", "replace")
