"""`dalil add`: read and check every input, then commit what may be added."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.article import Article
from corpus.load import Loaded, load_articles
from corpus.profiles.profile import FOLDER, Profiles, read_profiles
from corpus.split import split
from corpus.unread import Notice, Unread, unread_files
from ui.portable import recognised
from ui.progress import progress
from ui.shapes import article_json
from ui.spool import Spool

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
    notices: Sequence[Notice] = ()

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
            "notices": [{"path": one.path, "notice": one.notice} for one in self.notices],
        }

    def exit_code(self, *, keep_going: bool) -> int:
        """Return 0 when all is in, 3 when a part is, 1 when nothing was added for a failure."""
        if not self.failed:
            return 3 if self.skipped else 0
        done = self.added or self.updated or self.unchanged
        return 3 if keep_going and done else 1


def run_import(
    settings: Settings,
    paths: Sequence[Path],
    *,
    links: Sequence[str] = (),
    clean: bool,
    fields: Mapping[str, str],
    keep_going: bool,
    say: Callable[[str], None],
) -> ImportReport:
    """Add the articles of `paths` and `links`; none if any fails, unless `keep_going`."""
    articles = Spool()
    failures: list[Loaded] = []
    notices: list[Notice] = []
    skipped = unread_files(*paths)
    profiles = read_profiles(settings.home / FOLDER)
    with progress("Reading", None) as show:
        files = load_articles(
            *paths, clean=clean, fields=fields, profiles=profiles, tell=notices.append
        )
        # Files that hold no profile have been told of.
        sound = Profiles(profiles.every)
        pages = _pages(settings, links, sound, clean=clean, tell=notices.append)
        for loaded in chain(files, pages):
            if loaded.article:
                articles.put(loaded.article)
            else:
                failures.append(loaded)
            show(len(articles), None)
    if failures and not (keep_going and articles):
        return ImportReport(failed=failures, skipped=skipped, notices=notices)

    from index import Library, load_encoder
    from index.bulk.prepared import PreparedEncoder

    encoder = load_encoder(settings.encoder)
    library = Library.open(settings.home, encoder, create=True, say=say, index=settings.index)
    library.encoder = prepared = PreparedEncoder(encoder, settings.home, say)
    with progress("Adding", "Committed {done} of {total} articles.") as show:
        known = recognised(articles, library)
        report = library.add(known, on_batch=lambda done: show(done, len(articles)))
    prepared.discard_used()
    done = report.added, report.updated, report.unchanged
    return ImportReport(*done, failures, skipped, notices)


def passages_of(
    settings: Settings,
    paths: Sequence[Path],
    *,
    clean: bool,
    fields: Mapping[str, str],
    failed: Callable[[Loaded], object],
) -> Iterator[str]:
    """Yield the texts of the passages that adding `paths` would make; tell what cannot be read."""
    profiles = read_profiles(settings.home / FOLDER)
    for loaded in load_articles(*paths, clean=clean, fields=fields, profiles=profiles):
        if loaded.article:
            yield from (passage.text for passage in split(loaded.article))
        else:
            failed(loaded)


def _pages(
    settings: Settings,
    links: Sequence[str],
    profiles: Profiles,
    *,
    clean: bool,
    tell: Callable[[Notice], object],
) -> Iterator[Loaded]:
    if links:
        from ui.web.client import fetcher_of
        from ui.web.links import read_links

        yield from read_links(
            links, fetcher_of(settings), clean=clean, profiles=profiles, tell=tell
        )
