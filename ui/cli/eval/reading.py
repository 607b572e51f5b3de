"""`dalil eval reading`: how well passages are read, on questions in SQuAD's format."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.console import print_json, say
from ui.cli.eval.tables import row, with_interval
from ui.cli.options import AsJson, ReaderName
from ui.progress import progress
from ui.settings.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from eval.comparing.intervals import Interval
    from eval.reading.report import ReadingReport

_MEASURES = ("sentence", "EM", "F1", "AUROC", "false answers", "AURC")


def reading(
    questions: Annotated[Path, typer.Option(help="SQuAD file whose questions are asked.")],
    passages: Annotated[
        Path | None, typer.Option(help="SQuAD file with their passages. Default: the same file.")
    ] = None,
    reader: ReaderName = None,
    as_json: AsJson = False,
) -> None:
    """Measure how well each question's own passage is read, with 95 % intervals.

    Questions that SQuAD 2 marks as impossible measure whether it is seen that nothing answers.
    """
    from eval.reading.readers import ChosenSentence, PassageReader, ReaderAlone, WordsMet
    from eval.reading.report import evaluate
    from index import Library, load_encoder
    from rag.reader import load_reader

    model = load_reader(Settings.read(reader=reader).reader)
    with tempfile.TemporaryDirectory() as home, progress("Reading", None) as show:
        # Empty: words are compared as a library does it, and nothing is searched.
        library = Library.open(home, load_encoder("bundled"), create=True, say=say)
        words = library.compare, library.words
        readers: list[PassageReader] = [ChosenSentence(*words), WordsMet(*words)]
        if model is not None:
            readers += [ReaderAlone(model), ChosenSentence(*words, model)]
        report = evaluate(questions, passages or questions, readers, show)
        library.close()
    if as_json:
        print_json(report.as_json())
    else:
        typer.echo("\n".join(table(report)))


def table(report: ReadingReport) -> Iterator[str]:
    """Yield the report as lines of Markdown: a row for each reader, then the differences."""
    yield (
        f"{report.n} questions of {report.questions}, {report.answerable} of them answered in "
        f"{report.passages}"
    )
    yield ""
    held = [name for name in _MEASURES if any(name in of for of in report.readers.values())]
    yield row(["reader", *held])
    yield row(["---"] * (len(held) + 1))
    for name, measures in report.readers.items():
        yield row([name, *_cells(measures, held)])
    yield ""
    for difference in report.differences:
        shown = with_interval(difference.interval, "+")
        yield f"- {difference.measure}: {difference.reader} - {difference.against} {shown}"


def _cells(measures: Mapping[str, Interval], held: list[str]) -> Iterator[str]:
    for name in held:
        yield with_interval(measures[name]) if name in measures else ""
