"""`dalil add`: read and check every input, then commit what may be added."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.article import Article
from corpus.load import Loaded, load_articles
from corpus.unread import Unread, unread_files
from ui.progress import progress
from ui.shapes import article_json

if TYPE_CHECKING:
    from rag.answer import Json
    from ui.settings.settings import Settings


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did with each input."""

    added: Sequence[Article] = ()
    updated: Sequence[Article] = ()
    unchanged: Sequence[Article] = ()
    failed: Sequence[Loaded] = ()
    skipped: Sequence[Unread] = ()

    def as_json(self) -> Json:
        """Return the contract's shape of an import."""
        return {
            "added": [article_json(article) for article in self.added],
            "updated": [article_json(article) for article in self.updated],
            "unchanged": [article_json(article) for article in self.unchanged],
            "failed": [
                {"path": failure.label, "line": failure.line, "error": failure.error}
                for failure in self.failed
            ],
            "skipped": [{"path": one.path, "reason": one.reason} for one in self.skipped],
        }

    def exit_code(self, *, keep_going: bool) -> int:
        """Return 0 when all is in, 3 when a part is, 1 when nothing was added for a failure."""
        if not self.failed:
            return 0
        done = self.added or self.updated or self.unchanged
        return 3 if keep_going and done else 1


def run_import(
    settings: Settings,
    paths: Sequence[Path],
    *,
    clean: bool,
    fields: Mapping[str, str],
    keep_going: bool,
    say: Callable[[str], None],
) -> ImportReport:
    """Add the articles of `paths`; nothing at all if any fails, unless `keep_going`."""
    articles: list[Article] = []
    failures: list[Loaded] = []
    skipped = unread_files(*paths)
    with progress("Reading", None) as show:
        for loaded in load_articles(*paths, clean=clean, fields=fields):
            if loaded.article:
                articles.append(loaded.article)
            else:
                failures.append(loaded)
            show(len(articles), None)
    if failures and not (keep_going and articles):
        return ImportReport(failed=failures, skipped=skipped)

    from index import Library, load_encoder

    encoder = load_encoder(settings.encoder)
    library = Library.open(settings.home, encoder, create=True, say=say)
    with progress("Adding", "Committed {done} of {total} articles.") as show:
        report = library.add(articles, on_batch=lambda done: show(done, len(articles)))
    return ImportReport(report.added, report.updated, report.unchanged, failures, skipped)
