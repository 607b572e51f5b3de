"""Articles that are added: which are new, which are another version, and which are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from corpus.article import Article
from corpus.errors import DamagedError

if TYPE_CHECKING:
    from index.store.database import Store
    from index.withdrawals import Withdrawals


def arriving(
    group: Sequence[Article],
    outcome: dict[str, list[Article]],
    store: Store,
    stored: Callable[[str, int], Article | None],
    withdrawals: Withdrawals,
) -> list[Article]:
    """Give each article its version, enter it under its outcome, and return what is new.

    `stored` reads a version.  A damaged one is no hindrance: what is added takes its place.
    """
    changed: dict[str, Article] = {}
    for article in group:
        latest, present = store.latest(article.id)
        retracted = withdrawals.retraction(article.id) if latest else None
        try:
            known_here = stored(article.id, latest) if present else retracted
        except DamagedError:
            known_here = None
        before = changed.get(article.id, known_here)
        for known in filter(None, (before, retracted)):
            if replace(article, version=known.version, source=known.source) == known:
                outcome["unchanged"].append(known)
                break
        else:
            # An id that comes twice within a batch is committed once, as its last content.
            changed[article.id] = replace(article, version=latest + 1)
            outcome["updated" if before or present else "added"].append(changed[article.id])
    return list(changed.values())
