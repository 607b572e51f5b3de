"""Names of files in an export: a library elsewhere must not keep the paths of this machine."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from hashlib import blake2b
from pathlib import PurePath

from corpus.article import Article

_LINE = re.compile(r":\d+\Z")


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


def _is_file(article_id: str, source: str | None) -> bool:
    """Tell whether an id is the path of the file that an article came from, with a line perhaps."""
    if source is None or not PurePath(article_id).is_absolute():
        return False
    file = PurePath(_LINE.sub("", article_id))
    given = PurePath(os.path.normpath(source))
    parts = [part for part in given.parts if part != ".."]
    return PurePath(article_id).parts[-len(parts) :] == tuple(parts) or (
        file.parts[-len(parts) :] == tuple(parts)
    )
