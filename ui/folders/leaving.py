"""Articles whose file is gone: which file an article came from, and how it is taken out."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import MissingError

if TYPE_CHECKING:
    from corpus.folder import Listing
    from index import Library
    from index.store.origins import Origin


def of_file(origin: Origin, listing: Listing) -> Origin:
    """Return the origin of an article that is named by its file and line with the file alone."""
    file, _, line = origin.file.rpartition(":")
    if origin.file != origin.article_id or not line.isdigit() or os.path.lexists(origin.file):
        return origin
    return origin._replace(file=file)


def added_before(library: Library, origin: Origin) -> bool:
    """Return if `dalil add` took the article from another file, which is still there."""
    with suppress(MissingError):
        source = library.article(origin.article_id).source
        return source is not None and source != origin.file and Path(source).is_file()
    return False


def remove(library: Library, ids: list[str]) -> list[str]:
    """Take articles out that are still there, whoever else may take them out meanwhile."""
    present = [each for each in ids if library.catalogue.holds(each)]
    try:
        return library.remove(present, by_hand=False) if present else []
    except MissingError:
        return remove(library, ids)
