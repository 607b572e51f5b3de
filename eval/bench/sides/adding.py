"""What adding a few articles to a library that is there takes, and a reader to see them."""

from __future__ import annotations

import shutil
from contextlib import closing
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time

from corpus.load import load_articles
from eval.bench.files import LIBRARY, MORE, Figures
from index import Library, load_encoder

_COPY = "copy"


def one(folder: Path) -> Figures:
    """Add one article."""
    return _add(folder, 1)


def ten(folder: Path) -> Figures:
    """Add ten articles together."""
    return _add(folder, 10)


def hundred(folder: Path) -> Figures:
    """Add a hundred articles together."""
    return _add(folder, 100)


def _add(folder: Path, count: int) -> Figures:
    """Add articles that the library lacks to a copy of it, which has just taken one more.

    `seen_s` is what a reader takes then, who had the library open, to find among the new ones.
    """
    home = folder / _COPY
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(folder / LIBRARY, home)
    more = (read.article for read in load_articles(folder / MORE) if read.article)
    first, *rest = islice(more, count + 1)
    encoder = load_encoder("bundled")
    with (
        closing(Library.open(home, encoder)) as library,
        closing(Library.open(home, encoder)) as reader,
    ):
        library.add([first])
        reader.engine.follow(writing=False)
        wall, processor, written = perf_counter(), process_time(), _written()
        library.add(rest)
        figures = {
            "add_s": perf_counter() - wall,
            "add_cpu_s": process_time() - processor,
            "written_mb": (_written() - written) / 1e6,
        }
        wall = perf_counter()
        reader.engine.follow(writing=False)
        return {**figures, "seen_s": perf_counter() - wall, "passages": reader.count_passages()}


def _written() -> int:
    """Return the bytes that this process has written to files so far; 0 where Linux is not."""
    file = Path("/proc/self/io")
    lines = file.read_text(encoding="ascii").splitlines() if file.exists() else []
    return sum(int(line.split()[1]) for line in lines if line.startswith("wchar"))
