"""An answer at the terminal while it is being written, then its quotes and what they don't hold."""

from __future__ import annotations

from collections.abc import Iterable

import regex
from rich.cells import cell_len
from rich.console import Console
from rich.status import Status
from rich.text import Text

from corpus.text.language import direction
from rag.answer import Answer, Event, Statement
from ui.cli.terminal import (
    NARROWEST,
    harmless,
    show_related,
    show_rest,
    show_sources,
    visible,
)

# A line is isolated as a whole: an isolate for each word would let words of a line from right to
# left trade places.  The direction is that of the text's first letter, unless none has come yet.
_UNDECIDED, _END = "\u2068", "\u2069"
_MARKS = {"rtl": "\u2067", "ltr": "\u2066", "auto": _UNDECIDED}
# Words with the spaces behind them, and ends of lines.
_PIECE = regex.compile(r"\n|[^\s]+[^\S\n]*|[^\S\n]+")
_WORD_END = regex.compile(r"\s")
_DOING = {"searching": "Searching the articles…", "writing": "Reading them…"}


class Flow:
    r"""Prints text as it comes: whole words, in lines of the text's own direction.

    The last word is held back until its end is known, so that a line can be broken before it.

    >>> import io
    >>> shown = io.StringIO()
    >>> flow = Flow(Console(file=shown, width=40))
    >>> for piece in ("It re", "opened \x1b[2J", "today."):
    ...     flow.feed(piece)
    >>> flow.finish()
    >>> shown.getvalue() == "\u2066It reopened \ufffd[2Jtoday.\u2069\n"
    True
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._width = max(console.width - 1, NARROWEST)
        self._word = self._line = ""
        self._mark = _UNDECIDED

    def feed(self, piece: str) -> None:
        """Print what `piece` completes."""
        text = self._word + harmless(piece)
        end = max((match.end() for match in _WORD_END.finditer(text)), default=0)
        self._word = text[end:]
        self._print(text[:end])

    def finish(self) -> None:
        """Print what is held back, and end the line."""
        self._print(self._word)
        self._word = ""
        if self._line:
            self._break()

    def _print(self, text: str) -> None:
        for piece in _PIECE.findall(text):
            if piece == "\n":
                self._break()
                self._mark = _UNDECIDED
                continue
            if self._line and cell_len(self._line + piece.rstrip()) > self._width:
                self._break()
            if self._mark == _UNDECIDED:
                self._mark = _MARKS[direction(piece)]
            self._put(piece if self._line else self._mark + piece)
            self._line += piece

    def _break(self) -> None:
        self._put(f"{_END}\n" if self._line else "\n")
        self._line = ""

    def _put(self, text: str) -> None:
        self._console.print(Text(text), end="", soft_wrap=True)


def show_events(console: Console, events: Iterable[Event]) -> Answer:
    """Print an answer as it comes, then what speaks for it and what does not; return it."""
    flow, answer = Flow(console), None
    with console.status(_DOING["searching"]) as waiting:
        for event in events:
            if event.kind == "status":
                waiting.update(_DOING.get(event.text, event.text))
            elif event.kind == "token":
                waiting.stop()
                flow.feed(event.text)
            elif event.kind == "restart":
                flow.finish()
                _begin_anew(console, waiting)
            elif event.answer is not None:
                waiting.stop()
                flow.finish()
                answer = event.answer
                _show_grounds(console, answer)
    if answer is None:
        raise TypeError("An answer ended before it was done.")
    return answer


def _begin_anew(console: Console, waiting: Status) -> None:
    console.print(Text("\nWhat stands above does not count: the answer begins anew.\n", "yellow"))
    waiting.start()


def _show_grounds(console: Console, answer: Answer) -> None:
    for statement in answer.statements:
        if not statement.supported:
            _show_unsupported(console, answer, statement)
    # An extractive answer has its quotes in the text.
    show_sources(console, answer.citations, quoted=answer.mode == "llm")
    show_related(console, answer)
    show_rest(console, answer)


def _show_unsupported(console: Console, answer: Answer, statement: Statement) -> None:
    why = "Not found in the sources" if statement.citations else "Without a source"
    if statement.missing:
        why += f" ({', '.join(map(visible, statement.missing))})"
    text = Text(f"\n{why}: ", style="bold red")
    console.print(text.append(visible(answer.text[statement.start : statement.end]), "red"))
