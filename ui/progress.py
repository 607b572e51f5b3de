"""How far a long task is, on standard error: a bar on a terminal, else lines with counts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(task: str, line: str | None) -> Iterator[Callable[[int, int | None], None]]:
    """Give the block a function that shows the count done, of so many where that is known.

    `line`, such as "Encoded {done:,} of {total:,} passages.", is what it prints where there is no
    terminal; without one it then prints nothing.
    """
    if not sys.stderr.isatty():
        yield lambda done, total: _print(line, done, total)
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    # Messages in between appear above the bar; standard output stays the command's own.
    with Progress(
        *columns,
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,
    ) as shown:
        bar = shown.add_task(task, total=None)
        yield lambda done, total: shown.update(bar, completed=done, total=total)


def _print(line: str | None, done: int, total: int | None) -> None:
    if line:
        sys.stderr.write(line.format(done=done, total=total) + "\n")
        sys.stderr.flush()
