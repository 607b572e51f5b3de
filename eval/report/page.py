"""A run as one HTML file: styles, script and plots are inside, and nothing is fetched.

All that came with a case or an article is text to the templates, which escape it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import jinja2
import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from corpus.text.characters import without_bidi_controls
from eval.comparing.intervals import Floats
from eval.comparing.summary import Curve, Row
from eval.comparing.threshold import fit_threshold
from eval.judging.measures import MEASURES, Measure
from eval.judging.outcome import EVERYTHING, Outcome
from eval.report import plots
from eval.report.tables import (
    BREAKDOWN,
    HEADLINE,
    KINDS,
    Table,
    between,
    measures,
    number,
    written,
)
from eval.report.texts import Text, pieces, text
from eval.report.verdicts import Shown, worst_first
from eval.running.runs import Run

# What each outcome claims, by the measure that tells if it is so; of an answer, if it is not.
_CLAIMS = {
    "answered": "risk", "possibly here": "possible precision", "not found": "refusal precision",
}  # fmt: skip
_TEMPLATES = Path(__file__).with_name("templates")


@dataclass(frozen=True, slots=True)
class Line:
    """A measure with its row, `None` where it scores no case, and its row's place on a scale.

    `reach` is low, value and high in hundredths of the scale.
    """

    measure: Measure
    row: Row | None
    reach: tuple[float, float, float] | None


@dataclass(frozen=True, slots=True)
class Choices:
    """What cases can be filtered by."""

    pairs: Sequence[str]
    tags: Sequence[str]


@dataclass(frozen=True, slots=True)
class Spoken:
    """An answer cut where it quotes, and what it says around its quotes.

    The words around go the way of the question, the quotes each their own.
    """

    pieces: Sequence[str | Text]
    around: Text


def page(run: Run, rows: Sequence[Row], curve: Curve | None) -> str:
    """Return the page of a run with these rows and this curve."""
    table = Table(rows)
    cases = worst_first(run.outcomes)
    return _environment().get_template("report.html").render(
        # A window's title has no element to end what changes its order.
        title=without_bidi_controls(run.manifest.name),
        manifest=run.manifest,
        started=_moment(run.manifest.started),
        commit=_short(run.manifest.commit or ""),
        count=len(run.outcomes),
        headline=[_line(table, measure) for measure in measures(HEADLINE)],
        subjects=_subjects(table),
        table=table,
        everything=EVERYTHING,
        columns=measures(BREAKDOWN),
        kinds=[(kind, KINDS[kind], names) for kind in KINDS if (names := table.groups(kind))],
        plots=list(_plots(run, table, curve)),
        fitted=fit_threshold(run.outcomes),
        cases=cases,
        verdicts=Shown,
        choices=_choices(run.outcomes),
        measures=MEASURES,
    )  # fmt: skip


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "number": number, "between": between, "written": written, "text": text,
        "spoken": _spoken, "is_text": lambda piece: isinstance(piece, Text),
    }  # fmt: skip
    return environment


def _moment(started: str) -> str:
    """Return an ISO time as people read it, and anything else as it is.

    >>> _moment("2026-03-01T09:30:12+02:00"), _moment("yesterday")
    ('2026-03-01 07:30 UTC', 'yesterday')
    """
    try:
        moment = datetime.fromisoformat(started)
    except ValueError:
        return started
    return f"{moment.astimezone(UTC) if moment.tzinfo else moment:%Y-%m-%d %H:%M} UTC"


def _short(commit: str) -> str:
    """Return a commit as far as people compare it.

    >>> _short("0123456789abcdef0123456789abcdef01234567+changes")
    '0123456789ab+changes'
    """
    digits, plus, rest = commit.partition("+")
    return f"{digits[:12]}{plus}{rest}"


def _line(table: Table, measure: Measure, scale: float = 1.0) -> Line:
    row = table.row(measure.name)
    if row is None:
        return Line(measure, None, None)
    interval = row.interval
    low, value, high = (
        round(min(100.0, max(0.0, 100 * x / scale)), 2)
        for x in (interval.low, interval.value, interval.high)
    )
    return Line(measure, row, (low, value, high))


def _subjects(table: Table) -> list[tuple[str, list[Line]]]:
    """Return the lines of every subject; times share a scale that ends with the longest."""
    longest = max(
        (row.interval.high for m in MEASURES if m.subject == "time" if (row := table.row(m.name))),
        default=1.0,
    )
    return [
        (subject, [_line(table, m, longest or 1.0 if subject == "time" else 1.0) for m in group])
        for subject, group in groupby(MEASURES, key=lambda measure: measure.subject)
    ]


def _attempts(outcomes: Sequence[Outcome]) -> tuple[Floats, NDArray[np.bool_]]:
    """Return how sure each attempt was, float64 (n,), and whether it was right, bool (n,)."""
    tried = [outcome.attempt for outcome in outcomes if outcome.attempt]
    sure = np.array([attempt.confidence for attempt in tried], np.float64)
    return sure, np.array([attempt.right for attempt in tried], np.bool_)


def _by_outcome(outcomes: Sequence[Outcome]) -> plots.Plot | None:
    groups = {name: [each for each in outcomes if each.shown == name] for name in _CLAIMS}
    said = {
        name: [
            1.0 - each.scores[measure] if measure == "risk" else each.scores[measure]
            for each in groups[name]
            if measure in each.scores
        ]
        for name, measure in _CLAIMS.items()
    }
    return plots.by_outcome(
        {name: _attempts(group) for name, group in groups.items()},
        {name: sum(values) / len(values) for name, values in said.items() if values},
    )


def _plots(run: Run, table: Table, curve: Curve | None) -> Iterator[tuple[Markup, plots.Plot]]:
    drawn = [
        plots.risk_coverage(curve, table.row("AURC")) if curve else None,
        plots.reliability(*_attempts(run.outcomes)),
        _by_outcome(run.outcomes),
        plots.recall(table, table.groups("pair")),
        plots.latency(np.array([outcome.milliseconds for outcome in run.outcomes]), table),
    ]
    # What matplotlib has written holds numbers and words of ours, and it has escaped them.
    yield from ((Markup(plot.svg), plot) for plot in drawn if plot)


def _choices(outcomes: Sequence[Outcome]) -> Choices:
    return Choices(
        sorted({pair for outcome in outcomes for pair in outcome.pairs}),
        sorted({tag for outcome in outcomes for tag in outcome.case.tags}),
    )


def _spoken(outcome: Outcome) -> Spoken:
    shown = (*outcome.citations, *outcome.possible)
    quotes = [text(cited.quote, cited.language) for cited in shown]
    cut = pieces(outcome.text, quotes)
    own = "".join(piece for piece in cut if isinstance(piece, str))
    return Spoken(cut, text(own, outcome.case.language))
