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
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Unread:
    """A file below a folder that is not read, and the sentence that says why not.

    Where it is `read` in spite of that, the sentence says what of it was passed over, or how.
    """

    path: str
    reason: str
    read: bool = False


def unread_files(*paths: str | os.PathLike[str]) -> list[Unread]:
    """Return the files of folders whose kind is not read, by kind; hidden ones are not counted.

    Files that are named themselves are read, whatever their kind; folders that cannot be listed
    are faults, which loading tells.
    """
    found = [file for path in paths if Path(path).is_dir() for file in members(os.fspath(path))]
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
    """Return a sentence for each reason, with the first files.

    >>> sentences([Unread("a/1.xlsx", ".xlsx is not read; save each sheet as .csv")])
    ['1 file skipped: .xlsx is not read; save each sheet as .csv (a/1.xlsx).']
    >>> sentences([Unread(name, "1 page read.", read=True) for name in ("a.warc", "b.warc")])
    ['a.warc: 1 page read (also b.warc).']
    """
    lines = []
    told: dict[str, list[str]] = {}
    for one in unread:
        if one.read:
            told.setdefault(one.reason, []).append(one.path)
    for reason, paths in told.items():
        one_of = reason.rstrip(".") if len(paths) > 1 else reason
        lines.append(f"{paths[0]}: {one_of}{_others(paths[1:])}")
    whole = [one for one in unread if not one.read]
    for reason, some in groupby(whole, key=lambda one: one.reason):
        paths = [one.path for one in some]
        names = ", ".join(paths[:_NAMED])
        more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
        files = "1 file" if len(paths) == 1 else f"{len(paths)} files"
        lines.append(f"{files} skipped: {reason} ({names}{more}).")
    return lines
