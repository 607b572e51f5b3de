"""Rows as tables: looked up by group and measure, and written as people read them."""

from __future__ import annotations

from collections.abc import Sequence

from eval.comparing.summary import Row
from eval.judging.measures import MEASURES, Measure
from eval.judging.outcome import EVERYTHING

# What the first lines of a report show, and the columns of its breakdown.
HEADLINE = (
    "evidence cited", "citation precision", "nDCG@10", "false answers", "false refusals",
    "latency p50",
)  # fmt: skip
BREAKDOWN = (
    "nDCG@10", "R@10", "evidence cited", "citation precision", "citation recall", "F1",
    "false answers", "false refusals", "latency p50",
)  # fmt: skip
# What a group is a group of, by the first word of its name.
KINDS = {
    "half": "Half (weights are fitted on `fit`)",
    "language": "Language of the question",
    "pair": "Languages of question and evidence",
    "tag": "Tag",
}
_BY_NAME = {measure.name: measure for measure in MEASURES}


def measures(names: Sequence[str]) -> list[Measure]:
    """Return the measures of these names."""
    return [_BY_NAME[name] for name in names]


class Table:
    """The rows of a run, looked up by group and measure."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = {(row.group, row.measure): row for row in rows}

    def row(self, measure: str, group: str = EVERYTHING) -> Row | None:
        """Return a row, `None` where the measure scores no case of the group."""
        return self._rows.get((group, measure))

    def groups(self, kind: str) -> list[str]:
        """Return the names of the groups of a kind, without it, in the order of the rows."""
        groups = dict.fromkeys(group for group, _ in self._rows)
        return [name for first, _, name in (g.partition(" ") for g in groups) if first == kind]


def number(measure: Measure, value: float) -> str:
    """Return a value of a measure: three digits, or whole milliseconds where there are many.

    >>> [number(measure, 0.93481) for measure in measures(["RR", "latency p50"])]
    ['0.935', '0.93']
    >>> number(*measures(["latency p50"]), 41.8)
    '42'
    """
    if measure.subject != "time":
        return f"{value:.3f}"
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"


def between(measure: Measure, row: Row) -> str:
    """Return the ends of a row's 95% interval, such as "0.910–0.944"."""
    return f"{number(measure, row.interval.low)}–{number(measure, row.interval.high)}"


def written(measure: Measure, row: Row) -> str:
    """Return a row's value with its unit."""
    said = number(measure, row.interval.value)
    return f"{said} ms" if measure.subject == "time" else said
