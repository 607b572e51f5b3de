"""What becomes of articles that are added: which are new, which are known, in which version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from corpus.article import Article
from index.edits import Edits
from index.store.database import Store
from index.store.texts import sound_article
from index.withdrawals import Withdrawals, same_content

Outcome = dict[str, list[Article]]


def sorted_in(
    group: Sequence[Article],
    outcome: Outcome,
    store: Store,
    withdrawals: Withdrawals,
    edits: Edits,
) -> list[Article]:
    """Give each article its version, enter it under its outcome, and return what is new.

    What was set by hand stands in place of what the sources say; what was retracted stays out; a
    damaged version is no hindrance, for what is added takes its place.
    """
    changed: dict[str, Article] = {}
    for read in group:
        latest, present = store.latest(read.id)
        article = edits.hear(read) if latest else read
        retracted = withdrawals.retractions(article.id) if latest else []
        kept = sound_article(store, article.id, latest) if present else next(iter(retracted), None)
        before = changed.get(article.id, kept)
        for known in filter(None, (before, *retracted)):
            if same_content(article, known):
                outcome["unchanged"].append(known)
                break
        else:
            # An id that comes twice within a batch is committed once, as its last content.
            changed[article.id] = replace(article, version=latest + 1)
            outcome["updated" if before or present else "added"].append(changed[article.id])
    return list(changed.values())
