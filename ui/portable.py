"""Names of files in an export: a library elsewhere must not keep the paths of this machine."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from hashlib import blake2b
from itertools import chain
from pathlib import PurePath
from typing import TYPE_CHECKING

from corpus.article import Article

if TYPE_CHECKING:
    from index import Library

_PORTABLE = re.compile(r"~[0-9a-f]{10}\Z")
# The number of a line behind the path of a file.
LINE = re.compile(r":\d+\Z")


def portable(article: Article) -> Article:
    """Return an article without absolute paths: an id that is one becomes a name with a digest.

    The name is that of the file; the digest is always the same for the same path, so that a later
    export brings new versions of the same articles. An id that somebody gave stays, a path too.

    >>> found = portable(Article("/home/a/news/b.jsonl:3", "Text.", source="news/b.jsonl"))
    >>> found.id, found.source
    ('b.jsonl:3~8856c3faad', 'news/b.jsonl')
    >>> portable(Article("/2020/04/opening", "Text.", source="news/b.jsonl")).id
    '/2020/04/opening'
    >>> portable(Article("a", "Text.", source="/home/a/news/b.jsonl")).source
    'b.jsonl'
    """
    source = article.source
    if source is not None and PurePath(source).is_absolute():
        source = PurePath(source).name
    if not _is_file(article.id, article.source):
        return replace(article, source=source)
    digest = blake2b(article.id.encode("utf-8", "replace"), digest_size=5).hexdigest()
    return replace(article, id=f"{PurePath(article.id).name}~{digest}", source=source)


def recognised(articles: Collection[Article], library: Library) -> Iterable[Article]:
    """Return articles by the ids that a library has for them, where an export of it left out paths.

    Those that an earlier import entered under the name in the export stay apart, and so do
    articles that are in no such library. What was withdrawn is recognised, too.
    """
    named = {article.id for article in articles if _PORTABLE.search(article.id)}
    if not named:
        return articles
    own: dict[str, Article] = {}
    held: set[str] = set()
    for article in chain((one for _, one in library.withdrawals.listed()), library.articles()):
        if article.id in named:
            held.add(article.id)
        elif (name := portable(article).id) in named:
            own[name] = article
    return (
        replace(article, id=own[article.id].id, source=own[article.id].source)
        if article.id in own and article.id not in held
        else article
        for article in articles
    )


def _is_file(article_id: str, source: str | None) -> bool:
    """Tell whether an id is the path of the file that an article came from, with a line perhaps."""
    if source is None or not PurePath(article_id).is_absolute():
        return False
    file = PurePath(LINE.sub("", article_id))
    given = PurePath(os.path.normpath(source))
    parts = [part for part in given.parts if part != ".."]
    return PurePath(article_id).parts[-len(parts) :] == tuple(parts) or (
        file.parts[-len(parts) :] == tuple(parts)
    )
