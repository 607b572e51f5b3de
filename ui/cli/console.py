"""Where the command line meets its user: streams, exit codes and the reading of options."""

from __future__ import annotations

import json
import os
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from index import Filters, Library
    from rag.answer import Json
    from ui.service import Question
    from ui.settings.settings import Settings

DONE, FAULT, PARTLY = 0, 1, 3


def fail(message: str) -> int:
    """Tell a mistake as a sentence, and as JSON where JSON was asked for; return the exit code."""
    say(message)
    if "--json" in sys.argv:
        print_json({"error": message})
    return FAULT


def say(message: str) -> None:
    """Print a message for a person to standard error."""
    print(f"dalil: {message}", file=sys.stderr)  # noqa: T201 - the terminal is this module's rim


def print_json(value: Json) -> None:
    """Print one JSON object on a line of its own."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def console() -> Console:
    """Return a console on standard output that adds no colour of its own to text."""
    from rich.console import Console

    return Console(highlight=False)


def open_library(settings: Settings, *, create: bool = False) -> Library:
    """Open the library that the settings name; with `create`, make it if it is not there."""
    from index import Library, load_encoder

    encoder, index = load_encoder(settings.encoder), settings.index
    return Library.open(settings.home, encoder, create=create, say=say, index=index)


def run_batch(
    question: str | None,
    path: Path,
    answer: Callable[[Question], Json],
    preferences: bool = True,
) -> NoReturn:
    """Answer every line of a file, then end with 0, or 3 if some line was no question."""
    from ui.cli.batch import open_lines, run

    if question is not None:
        raise typer.BadParameter("Give a question or --batch FILE, not both.")
    with open_lines(path) as lines:
        sound = run(lines, answer, print_json, preferences)
    raise typer.Exit(DONE if sound else PARTLY)


def read_question(question: str | None) -> str:
    """Return the question of the command line; a missing one is a usage error."""
    if question is None or not question.strip():
        raise typer.BadParameter("Give a question, or a file of them with --batch FILE.")
    return read_text(question)


def read_text(argument: str) -> str:
    """Read an argument as UTF-8, whatever the locale made of it."""
    return os.fsencode(argument).decode("utf-8", "replace")


def read_filters(since: str | None, until: str | None, outlet: str | None) -> Filters:
    """Return the filters of the command line."""
    from index import Filters

    return Filters(_date(since, "--since"), _date(until, "--until"), outlet and read_text(outlet))


def _date(value: str | None, option: str) -> date | None:
    try:
        return datetime.fromisoformat(value).date() if value else None
    except ValueError as error:
        raise typer.BadParameter(
            f"{option} wants a date such as 2020-04-18, not {value!r}."
        ) from error


def read_fields(options: list[str] | None) -> dict[str, str]:
    """Return the field names of `--field NAME=GIVEN` options."""
    pairs = [option.partition("=") for option in options or []]
    for name, equals, given in pairs:
        if not (name and equals and given):
            raise typer.BadParameter("--field wants NAME=GIVEN, such as --field text=body.")
    return {name: given for name, _, given in pairs}
