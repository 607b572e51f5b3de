"""Both engines over a library that is made for it, or a copy of one: compared, then weighed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from time import perf_counter

from eval.bench.beside import articles
from eval.bench.files import ARTICLES, LIBRARY
from eval.bench.processes import step
from eval.studies.cluster.asking import questions
from eval.studies.cluster.engines import Compared, both, compare
from eval.studies.cluster.weighing import Weight, weigh
from index import Library, load_encoder
from index.moving import move

# Questions by which memory is weighed, and how often it is told how far asking is.
_WEIGHED, _TOLD = 100, 200


def measure(
    folder: Path, news: Path | None, passages: int | None, asked: int, say: Callable[[str], None]
) -> tuple[Compared, Weight]:
    """Compare the engines over the library in `folder`, and weigh its collection in Qdrant's core.

    With `passages` the library is made first, of about so many: newspaper articles, or generated
    ones without `news`.  The folder's library gets a collection of its own.
    """
    home, encoder = folder / LIBRARY, load_encoder("bundled")
    if passages is not None:
        of = articles.write(folder / ARTICLES, news, passages)
        say(f"{passages:,} passages: importing {of}.")
        step("dalil", "gather", folder)
    index = f"qdrant-edge:{folder / 'points'}"
    say("Moving.")
    began = perf_counter()
    moved = move(home, encoder, index)
    say(f"{moved.passages:,} passages were moved within {perf_counter() - began:.0f} s.")
    with closing(Library.open(home, encoder)) as library:
        wanted = questions(library, asked)
    say(f"Asking {len(wanted):,} questions of both.")

    def told(done: int) -> None:
        if done % _TOLD == 0:
            say(f"{done:,} were asked.")

    with both(home, encoder, index) as assistants:
        compared = compare(assistants, wanted, told)
    return compared, weigh(home, encoder, index, wanted[:_WEIGHED])
