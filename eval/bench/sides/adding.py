"""What adding a few articles to a library that is there takes, and a reader to see them."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from corpus.load import load_articles
from eval.bench.files import LIBRARY, MORE, Figures
from index import Library, load_encoder
from rag import Assistant

_COPY = "copy"
# Questions are titles; one without a title is asked for by its beginning.
_ASKED, _BEGINNING, _ROUNDS = 30, 80, 4


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

    `seen_s` is what a reader takes then, who had the library open, to find among the new ones;
    `before_ms`, `first_ms` and `after_ms` are the processor's milliseconds for a search.
    """
    home = folder / _COPY
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(folder / LIBRARY, home)
    more = [read.article for read in load_articles(folder / MORE) if read.article]
    asked = [article.title or article.text[:_BEGINNING] for article in more[:_ASKED]]
    first, *rest = more[: count + 1]
    encoder = load_encoder("bundled")
    with (
        closing(Library.open(home, encoder)) as library,
        closing(Library.open(home, encoder)) as reader,
    ):
        assistant = Assistant(reader, reader=None)
        before = _search(assistant, asked)
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
        return {
            **figures,
            "seen_s": perf_counter() - wall,
            "before_ms": before,
            "first_ms": _once(assistant, asked[0]),
            "after_ms": _search(assistant, asked),
            "passages": reader.count_passages(),
        }


def _search(assistant: Assistant, questions: Sequence[str]) -> float:
    """Return the median over questions of the least that each took, the first time left out.

    What else a machine does makes a search slower, never quicker.
    """
    _, *rounds = ([_once(assistant, question) for question in questions] for _ in range(_ROUNDS))
    return float(median(min(times) for times in zip(*rounds, strict=True)))


def _once(assistant: Assistant, question: str) -> float:
    """Return the processor's milliseconds for a search."""
    began = process_time()
    assistant.search(question)
    return 1000 * (process_time() - began)


def _written() -> int:
    """Return the bytes that this process has written to files so far; 0 where Linux is not."""
    file = Path("/proc/self/io")
    lines = file.read_text(encoding="ascii").splitlines() if file.exists() else []
    return sum(int(line.split()[1]) for line in lines if line.startswith("wchar"))
