"""Embeds: who may ask from another site's pages, about which articles, and how often.

The id of an embed stands in the page and is no secret.  What it opens is asking from the listed
origins, and articles by links that were signed for it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal, Self, cast

from corpus.errors import DamagedError, InputError, MissingError
from index.filters import Filters, outlet_key
from index.store.catalogue import Catalogue
from index.store.connection import cells
from index.store.database import DATABASE, Store
from ui.server.embeds.origins import web_origin

Language = Literal["en", "ar"]
LONGEST_LABEL, LONGEST_GREETING = 200, 500
MOST_A_MINUTE = 10_000
_KEY = "embed_key"
# As the label of an embed that answers nobody any more.
_DAMAGED = "damaged on the disk: revoke it and make another"
_FIELDS = (
    "id, label, origins, filters, per_client, per_minute, greeting, language, created_at, "
    "revoked_at"
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What an embed is to allow.

    Pages of `origins`, and of no other site, may ask about the articles that `filters` let
    through, `per_client` questions a minute from one address and `per_minute` in all.
    """

    origins: tuple[str, ...]
    filters: Filters = field(default_factory=Filters)
    label: str = ""
    per_client: int = 20
    per_minute: int = 200
    greeting: str | None = None
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Embed:
    """An embed as it is stored; the times are ISO times in UTC."""

    id: str
    plan: Plan
    created_at: str
    revoked_at: str | None = None


class Embeds:
    """The embeds of one library, on a connection of their own that belongs to its thread."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @classmethod
    def open(cls, home: Path) -> Self:
        """Open the embeds of the library in `home`; raise `DalilError` if there is none."""
        return cls(Store(home / DATABASE))

    def close(self) -> None:
        """Close the connection."""
        self._store.close()

    def create(self, plan: Plan) -> Embed:
        """Store an embed under a new id of 128 random bits.

        Raises `InputError` for an origin that is none, an outlet without a letter, a period that
        ends before it begins, or a text that is too long.
        """
        # Hexadecimal digits: no option of a command begins so, and no two differ in case alone.
        made = Embed(secrets.token_hex(16), checked(plan), _now())
        plan = made.plan
        filters = {
            "outlets": plan.filters.outlets,
            "since": plan.filters.since and plan.filters.since.isoformat(),
            "until": plan.filters.until and plan.filters.until.isoformat(),
        }
        with self._store.transaction():
            # The key is made once, and before any link can be asked for.
            self._store.execute(
                "INSERT OR IGNORE INTO meta VALUES (?, ?)", _KEY, secrets.token_hex(32)
            )
            self._store.execute(
                f"INSERT INTO embeds ({_FIELDS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
                made.id, plan.label, _json(plan.origins), _json(filters), plan.per_client,
                plan.per_minute, plan.greeting, plan.language, made.created_at,
            )  # fmt: skip
        return made

    def all(self) -> list[Embed]:
        """Return every embed, revoked ones too, in the order in which they were made."""
        if not self._exists():
            return []
        rows = self._store.execute(f"{self._select()} ORDER BY created_at, rowid")
        return [_embed(row) for row in rows]

    def find(self, embed_id: str) -> Embed | None:
        """Return the embed of this id, `None` if there is none or it is revoked.

        Raises `DamagedError` for one that is not what was stored.
        """
        if not self._exists():
            return None
        rows = self._store.execute(
            f"{self._select()} WHERE id = ? AND revoked_at IS NULL", embed_id
        )
        if rows and not rows[0][-1]:
            raise DamagedError(
                f"The embed {embed_id} was damaged on the disk and answers nobody. Make another, "
                f"and end this one with: dalil embed revoke {embed_id}"
            )
        return _embed(rows[0]) if rows else None

    def revoke(self, embed_id: str) -> Embed:
        """End an embed and return it; raise `MissingError` for an id that is none.

        One that has been revoked already keeps the time of that.
        """
        with self._store.transaction():
            self._store.execute(
                "UPDATE embeds SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?",
                _now(), embed_id,
            )  # fmt: skip
            rows = self._store.execute(f"{self._select()} WHERE id = ?", embed_id)
        if not rows:
            raise MissingError(
                f"There is no embed {embed_id!r} in the library. List them with: dalil embed list"
            )
        return _embed(rows[0])

    def unknown_outlets(self, filters: Filters) -> list[str]:
        """Return those of a filter's outlets that no present article is from."""
        known = {outlet_key(one.outlet) for one in Catalogue(self._store).outlets()}
        return [outlet for outlet in filters.outlets if outlet_key(outlet) not in known]

    def key(self) -> bytes:
        """Return the library's own key, with which links to articles are signed."""
        key = self._store.get(_KEY)
        if key is None:
            raise MissingError(
                "The library has no embed yet. Make one with: dalil embed create --origin ORIGIN"
            )
        return bytes.fromhex(key)

    def _select(self) -> str:
        return f"SELECT {_FIELDS}, {self._store.sound('embeds', 'e')} FROM embeds e"

    def _exists(self) -> bool:
        # A library of schema 3 that this user may not write has no such table yet.
        return bool(self._store.execute("SELECT 1 FROM sqlite_master WHERE name = 'embeds'"))


def checked(plan: Plan) -> Plan:
    """Return a plan with its origins as browsers write them; raise `InputError` if it is wrong."""
    filters = plan.filters
    for outlet in filters.outlets:
        # Names without a letter or digit are all alike to the filter.
        if not outlet_key(outlet):
            raise InputError(f"The outlet {outlet!r} has no letter. Give its name.")
    if filters.since and filters.until and filters.since > filters.until:
        raise InputError("The period ends before it begins. Exchange --since and --until.")
    if not plan.label.isprintable() or len(plan.label) > LONGEST_LABEL:
        raise InputError(f"A label is one line of at most {LONGEST_LABEL} characters.")
    if len(plan.greeting or "") > LONGEST_GREETING:
        raise InputError(f"A greeting has at most {LONGEST_GREETING} characters.")
    if not (1 <= plan.per_client <= MOST_A_MINUTE and 1 <= plan.per_minute <= MOST_A_MINUTE):
        raise InputError(f"A limit is a number of questions from 1 to {MOST_A_MINUTE}.")
    origins = dict.fromkeys(web_origin(origin) for origin in plan.origins)
    return replace(plan, origins=tuple(origins))


def _embed(given: Sequence[Any]) -> Embed:
    *row, sound = cells(given)
    if not sound:
        # What the disk made of it may list other pages, or show other articles.
        return Embed(str(row[0]), Plan((), label=_DAMAGED), str(row[8]), row[9])
    # A missing field is an error: without its filter an embed would show everything.
    fields = json.loads(row[3])
    filters = Filters(
        since=_date(fields["since"]),
        until=_date(fields["until"]),
        outlets=tuple(map(str, fields["outlets"])),
    )
    plan = Plan(
        origins=tuple(json.loads(row[2])),
        filters=filters,
        label=str(row[1]),
        per_client=int(row[4]),
        per_minute=int(row[5]),
        greeting=row[6],
        language=cast("Language | None", row[7]),
    )
    return Embed(str(row[0]), plan, str(row[8]), row[9])


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _date(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
