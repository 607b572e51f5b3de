"""Files of a folder that Dalil passes over, so that nobody believes them to be in the library."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from corpus.readers.formats import KINDS
from corpus.source import kind_of, members
from corpus.text.characters import replace_surrogates

# What to do about the kinds that lie in folders of articles most often.
_REMEDIES = {
    (".xlsx", ".xls", ".ods"): "save each sheet as .csv",
    (".doc", ".rtf", ".dotx", ".pages", ".wpd"): "save it as .docx",
    (".pptx", ".ppt", ".odp", ".ps", ".djvu"): "save its text as .txt",
    (".zip", ".gz", ".tar", ".rar", ".7z", ".tgz"): "unpack it and add what is in it",
    (".jpg", ".jpeg", ".png", ".gif", ".tif", ".tiff", ".webp", ".heic"): "add its text as .txt",
    (".xml", ".rss", ".atom", ".mht", ".mhtml", ".webarchive"): "save the pages as .html",
    (".mobi", ".azw", ".azw3", ".fb2"): "convert it to .epub",
}
_REMEDY_OF = {kind: remedy for kinds, remedy in _REMEDIES.items() for kind in kinds}
# Files of one notice that are named each; the rest is counted.
_NAMED = 5
# What systems leave in folders, and nobody takes for an article.
_NOBODYS = frozenset(("thumbs.db", "desktop.ini", "ehthumbs.db"))


@dataclass(frozen=True, slots=True)
class Unread:
    """A file below a folder that is not read, and the sentence that says why not."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What of a file that was read is not in its articles, or how it was read, as a sentence.

    Pages without text, what of an archive was passed over; also outlet profiles that cannot be
    used.
    """

    path: str
    notice: str


def unread_files(*paths: str | os.PathLike[str]) -> list[Unread]:
    """Return the files of folders whose kind is not read, by kind; hidden ones are not counted.

    Files that are named themselves are read, whatever their kind; folders that cannot be listed
    are faults, which loading tells.
    """
    found = [
        file
        for path in paths
        if Path(path).is_dir()
        for file in members(os.fspath(path))
        if Path(file).name.lower() not in _NOBODYS
    ]
    other = sorted((kind, file) for file in found if (kind := kind_of(file)) not in KINDS)
    return [Unread(replace_surrogates(file), _reason(kind)) for kind, file in other]


def _reason(kind: str) -> str:
    if not kind:
        return "a name without a kind is not read; add .txt if it is text"
    # The end of a name is whatever its owner wrote after a dot.
    remedy = _REMEDY_OF.get(kind, "save its text as .txt if it is an article")
    return f"{kind[:20]} is not read; {remedy}"


def _others(paths: Sequence[str]) -> str:
    if not paths:
        return ""
    names = ", ".join(paths[: _NAMED - 1])
    more = f" and {len(paths) - _NAMED + 1} more" if len(paths) >= _NAMED else ""
    return f" (also {names}{more})."


def sentences(unread: Sequence[Unread]) -> list[str]:
    """Return a sentence for each reason, with all of its files.

    >>> sentences([Unread("a/1.xlsx", ".xlsx is not read; save each sheet as .csv")])
    ['1 file skipped: .xlsx is not read; save each sheet as .csv (a/1.xlsx).']
    """
    lines = []
    for reason, some in groupby(unread, key=lambda one: one.reason):
        paths = [one.path for one in some]
        files = "1 file" if len(paths) == 1 else f"{len(paths)} files"
        lines.append(f"{files} skipped: {reason} ({', '.join(paths)}).")
    return lines


def notice_lines(notices: Sequence[Notice]) -> list[str]:
    """Return a line for each notice, with all of its files.

    >>> notice_lines([Notice(name, "1 page read.") for name in ("a.warc", "b.warc")])
    ['a.warc: 1 page read (also b.warc).']
    """
    told: dict[str, list[str]] = {}
    for one in notices:
        told.setdefault(one.notice, []).append(one.path)
    lines = []
    for notice, paths in told.items():
        said = notice.rstrip(".") if len(paths) > 1 else notice
        lines.append(f"{paths[0]}: {said}{_others(paths[1:])}")
    return lines
