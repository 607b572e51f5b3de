"""Articles that came over HTTP: read as files are, in a folder that does not outlive the reading.

The name of a file that was sent is a label.  It says which kind the file is of and stands in ids,
sources and errors; what is written to the disk has names of our own.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from corpus.article import Article
from corpus.errors import InputError
from corpus.load import Loaded, load_articles
from rag.answer import Json
from ui.server.http.errors import KindError

KINDS = (".txt", ".md", ".html", ".jsonl")
_LONGEST_LABEL = 200
# As many as a person reads at once; the rest is counted.
_TOLD_FAULTS = 10


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent: its label, its kind (one of `KINDS`) and what it holds."""

    label: str
    kind: str
    content: bytes


def upload_of(name: str, content: bytes) -> Upload:
    """Return a file under the name that its sender gave it.

    Raises `InputError` without a name, `KindError` for another kind.
    """
    label = label_of(name)
    kind = PurePosixPath(label.lower()).suffix
    if kind not in KINDS:
        raise KindError(f"{label or 'A file'} is none of {', '.join(KINDS)}; send only these.")
    return Upload(label, kind, content)


def label_of(name: str) -> str:
    r"""Return the last part of a path, whatever system it is of, as one line of plain text.

    >>> label_of("../../etc/passwd.txt"), label_of("C:\\news\\خبر.md"), label_of("a\0b\n.txt")
    ('passwd.txt', 'خبر.md', 'a_b_.txt')
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c if c.isprintable() else "_" for c in last)[-_LONGEST_LABEL:]


def upload_of_objects(articles: Sequence[Json]) -> Upload:
    """Return the articles of a JSON body as the file that they could have come in."""
    lines = [json.dumps(article) for article in articles]
    return Upload("articles", ".jsonl", "\n".join(lines).encode())


def read_uploads(uploads: Sequence[Upload]) -> list[Article]:
    """Return the articles of all files; raise `InputError` with what is wrong with them."""
    labels = [upload.label for upload in uploads]
    if len(set(labels)) < len(labels):
        raise InputError("Two files have the same name; nothing was added. Rename one of them.")
    articles, faults = [], []
    with tempfile.TemporaryDirectory(prefix="dalil-") as folder:
        paths = {str(Path(folder) / f"{n}{u.kind}"): u for n, u in enumerate(uploads)}
        for path, upload in paths.items():
            Path(path).write_bytes(upload.content)
        for loaded in load_articles(*paths):
            if loaded.article is None:
                faults.append(_fault(loaded, paths))
            else:
                articles.append(_labelled(loaded.article, loaded.path, paths[loaded.path].label))
    if faults:
        more = f" {len(faults) - _TOLD_FAULTS} more follow." if len(faults) > _TOLD_FAULTS else ""
        raise InputError("Nothing was added. " + " ".join(faults[:_TOLD_FAULTS]) + more)
    return articles


def _labelled(article: Article, path: str, label: str) -> Article:
    """Return an article whose id and source name the file as its sender did."""
    own = article.id == path or article.id.startswith(f"{path}:")
    article_id = label + article.id.removeprefix(path) if own else article.id
    return replace(
        article, id=article_id, source=label if article.source == path else article.source
    )


def _fault(loaded: Loaded, paths: dict[str, Upload]) -> str:
    line = "" if loaded.line is None else f":{loaded.line}"
    why = loaded.error or ""
    for path, upload in paths.items():
        why = why.replace(path, upload.label)
    return f"{paths[loaded.path].label}{line}: {why}"
