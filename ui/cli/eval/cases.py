"""`dalil eval cases`: cases from feedback or a table, and the check of those that are written."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from ui.cli.console import open_library, print_json, say
from ui.cli.options import AsJson, EncoderName, Home
from ui.settings.settings import Settings


def cases(
    context: typer.Context,
    path: Annotated[
        Path | None, typer.Argument(help="File or folder of cases to check and count.")
    ] = None,
    articles: Annotated[
        Path | None, typer.Option(help="Articles that the evidence must stand in.")
    ] = None,
    from_feedback: Annotated[
        bool, typer.Option("--from-feedback", help="Print what readers judged as cases.")
    ] = False,
    from_csv: Annotated[
        Path | None, typer.Option(help="Print the rows of a table as cases.")
    ] = None,
    home: Home = None,
    encoder: EncoderName = None,
    as_json: AsJson = False,
) -> None:
    """Check cases, or make them from the chat's feedback or a CSV table (JSONL on stdout)."""
    if sum([path is not None, from_feedback, from_csv is not None]) != 1:
        raise typer.BadParameter("Give a file of cases, --from-feedback, or --from-csv FILE.")
    if path is not None:
        _check(path, articles, as_json=as_json)
        return
    from eval.files import line
    from eval.sources.feedback import feedback_cases
    from eval.sources.flat import read_flat

    if from_csv:
        made = read_flat(from_csv)
    else:
        settings = Settings.read(home or context.obj[0], encoder or context.obj[1], None)
        made = feedback_cases(open_library(settings))
    for case in made:
        sys.stdout.write(line(case) + "\n")
    unjudged = sum(case.answerable is None for case in made)
    say(
        f"{len(made)} cases"
        + (f", {unjudged} of which need a person to say what is right." if unjudged else ".")
    )


def _check(path: Path, articles: Path | None, *, as_json: bool) -> None:
    from eval.cases.case import place
    from eval.running.evaluate import CASES, DEMO, read_articles
    from eval.sources import read_any

    found = read_any(path)
    if articles or path == CASES:
        place(found, read_articles(articles or DEMO))
    counts = {
        "cases": len(found),
        "answerable": sum(case.answerable is True for case in found),
        "unanswerable": sum(case.answerable is False for case in found),
        "not judged": sum(case.answerable is None for case in found),
        "languages": dict(Counter(case.language for case in found).most_common()),
        "tags": dict(Counter(tag for case in found for tag in case.tags).most_common()),
    }
    if as_json:
        print_json(counts)
        return
    for name, value in counts.items():
        shown = (
            ", ".join(f"{k} {n}" for k, n in value.items()) if isinstance(value, dict) else value
        )
        typer.echo(f"{name}: {shown}")
