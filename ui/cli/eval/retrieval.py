"""`dalil eval retrieval`: each leg of the search on questions in SQuAD's format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ui.cli.console import print_json, say
from ui.cli.eval.tables import row, with_interval
from ui.cli.options import AsJson, EncoderName
from ui.settings.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from eval.comparing.intervals import Interval
    from eval.retrieval.legs import PairReport, RetrievalReport

# Columns with an interval, and those whose interval only the JSON has, by the measure's name.
_WITH_INTERVAL = {"nDCG@10": "nDCG@10", "RR": "MRR"}
_PLAIN = {"R@1": "R@1", "R@5": "R@5", "R@10": "R@10", "R@100": "R@100"}
_SENTENCES = {"within": "within paragraph"}


def retrieval(
    context: typer.Context,
    questions: Annotated[
        list[Path] | None, typer.Option(help="SQuAD file whose questions are asked.")
    ] = None,
    passages: Annotated[
        list[Path] | None, typer.Option(help="SQuAD file of the same questions to search in.")
    ] = None,
    unit: Annotated[
        Literal["paragraph", "sentence"], typer.Option(help="What a question is to find.")
    ] = "paragraph",
    encoder: EncoderName = None,
    reader: Annotated[
        str | None, typer.Option(help="Also read the best passages: bundled, or a model's name.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure each leg of the search on questions in SQuAD's format, with 95 % intervals.

    The n-th --questions is asked of the n-th --passages.
    """
    asked, searched = questions or [], passages or []
    if not asked or len(asked) != len(searched):
        raise typer.BadParameter(
            "Give as many --questions as --passages, at least one of each, not "
            f"{len(asked)} and {len(searched)}."
        )
    from eval.retrieval.legs import evaluate
    from index import load_encoder
    from rag.reader import load_reader

    chosen = Settings.read(None, encoder or context.obj[1]).encoder
    pairs = list(zip(asked, searched, strict=True))
    report = evaluate(pairs, unit, load_encoder(chosen), say, load_reader(reader or "none"))
    if as_json:
        print_json(report.as_json())
    else:
        typer.echo("\n".join(table(report)))


def table(report: RetrievalReport) -> Iterator[str]:
    """Yield the report as lines of Markdown: a row for each leg of each pair."""
    more = _SENTENCES if report.unit == "sentence" else {}
    columns = [*_WITH_INTERVAL.values(), *_PLAIN.values(), *more.values()]
    head = ["questions", "passages", "n", "pool", "leg", *columns]
    yield f"Unit {report.unit}, encoder {report.encoder} ({report.fingerprint[:12]})"
    yield ""
    yield row(head)
    yield row(["---"] * len(head))
    for pair in report.pairs:
        where = [_short(pair.questions), _short(pair.passages), str(pair.n), str(pair.pool)]
        for leg, measures in pair.legs.items():
            yield row([*where, leg, *_cells(measures, list(more))])
    yield ""
    for pair in report.pairs:
        yield from _differences(pair)


def _cells(measures: Mapping[str, Interval], more: list[str]) -> Iterator[str]:
    for name in _WITH_INTERVAL:
        yield with_interval(measures[name])
    for name in _PLAIN:
        yield f"{measures[name].value:.3f}"
    for name in more:
        yield with_interval(measures[name])


def _differences(pair: PairReport) -> Iterator[str]:
    where = f"{_short(pair.questions)} in {_short(pair.passages)}"
    for difference in pair.differences:
        warning = " WORSE" if difference.worse else ""
        measure = _WITH_INTERVAL[difference.measure]
        size = with_interval(difference.interval, sign="+")
        yield f"- {where}: {measure} {difference.leg} - {difference.against} {size}{warning}"


def _short(path: str) -> str:
    """Return the last folder and name of a path, which tell languages of one data set apart."""
    return "/".join(Path(path).parts[-2:])
