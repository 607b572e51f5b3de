"""Articles that came over HTTP, read from memory as files are read from a disk.

The name of a file that was sent is a label.  It says which kind the file is of and stands in ids,
sources and errors; nothing is written or opened under it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from corpus.article import Article
from corpus.errors import InputError
from corpus.load import NO_PROFILES, load_sources, nobody
from corpus.profiles.profile import Profiles
from corpus.readers.formats import UPLOADED_KINDS
from corpus.source import Source, bytes_source
from corpus.unread import Notice
from rag.answer import Json
from ui.server.http.errors import KindError
from ui.server.http.workers import go_on

_LONGEST_LABEL = 200
# As many as a person reads at once; the rest is counted.
_TOLD_FAULTS = 10


def upload_of(name: str, content: bytes) -> Source:
    """Return a file under the name that its sender gave it.

    Raises `KindError` for another kind than uploads take, or without a name.
    """
    label = label_of(name)
    upload = bytes_source(label, content)
    if upload.kind not in UPLOADED_KINDS:
        kinds = ", ".join(UPLOADED_KINDS)
        raise KindError(f"{label or 'A file'} is none of {kinds}; send only these.")
    return upload


def label_of(name: str) -> str:
    r"""Return the last part of a path, whatever system it is of, as one line of plain text.

    >>> label_of("../../etc/passwd.txt"), label_of("C:\\news\\خبر.md"), label_of("a\0b\n.txt")
    ('passwd.txt', 'خبر.md', 'a_b_.txt')
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c if c.isprintable() else "_" for c in last)[-_LONGEST_LABEL:]


def upload_of_objects(articles: Sequence[Json]) -> Source:
    """Return the articles of a JSON body as the file that they could have come in."""
    lines = [json.dumps(article) for article in articles]
    return bytes_source("articles", "\n".join(lines).encode(), kind=".jsonl")


def read_uploads(
    uploads: Sequence[Source],
    profiles: Profiles = NO_PROFILES,
    tell: Callable[[Notice], object] = nobody,
) -> list[Article]:
    """Return the articles of all files; raise `InputError` with what is wrong with them.

    `profiles` and `tell` are those of `load_sources`.
    """
    labels = [upload.label for upload in uploads]
    if len(set(labels)) < len(labels):
        raise InputError("Two files have the same name; nothing was added. Rename one of them.")
    articles: list[Article] = []
    faults: list[str] = []
    for loaded in load_sources(uploads, profiles=profiles, tell=tell):
        go_on()
        if loaded.article is None:
            faults.append(f"{loaded.place}: {loaded.error}")
        else:
            articles.append(loaded.article)
    if faults:
        more = f"\n{len(faults) - _TOLD_FAULTS} more follow." if len(faults) > _TOLD_FAULTS else ""
        raise InputError("Nothing was added. " + "\n".join(faults[:_TOLD_FAULTS]) + more)
    return articles
