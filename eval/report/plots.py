"""Plots of a run as SVG that stands inside a page: no file, no font and no address of its own.

Colours are drawn as stand-ins and become custom properties of the page's style sheet, so a plot
follows the page from light to dark.  The same numbers give the same characters.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
import regex
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from eval.comparing.intervals import Floats
from eval.comparing.summary import Curve, Row
from eval.report.tables import Table, measures, written

_SIZE = (4.0, 3.0)
# More than the pixels that a plot is wide on most screens.
_POINTS = 600
# Cases of like confidence are judged together.
_GROUPS = 8
# Each outcome is told by bins of confidence so wide.
_WIDTH = 0.1
# Stand-ins for colours of the page; no two things that are drawn differ by these alone.
_INK, _QUIET, _LINE = "#010101", "#010102", "#010103"
_SERIES = tuple(f"#0102{number:02x}" for number in range(6))
_COLORS = {
    _INK: "var(--ink)", _QUIET: "var(--quiet)", _LINE: "var(--line)",
    **{color: f"var(--series-{number})" for number, color in enumerate(_SERIES)},
}  # fmt: skip
_MARKERS = ("o", "s", "^", "D", "v", "P")
_RECALL = ("R@1", "R@5", "R@10")
_LATENCY = {"median": "latency p50", "95th percentile": "latency p95"}
# Other names of groups cannot be drawn in a font that every machine has.
_PLAIN = regex.compile(r"[A-Za-z0-9-]{1,20}")
# The type of its keys is in some versions of matplotlib the list of all names there are.
_STYLE: dict[Any, Any] = {
    "font.family": "sans-serif", "font.size": 9.5, "text.color": _INK, "text.parse_math": False,
    "axes.edgecolor": _QUIET, "axes.labelcolor": _INK, "axes.linewidth": 0.8,
    "axes.spines.top": False, "axes.spines.right": False, "axes.axisbelow": True,
    "axes.grid": True, "grid.color": _LINE, "grid.linewidth": 0.8,
    "xtick.color": _QUIET, "ytick.color": _QUIET,
    "xtick.labelcolor": _INK, "ytick.labelcolor": _INK, "xtick.major.size": 0,
    "ytick.major.size": 0, "legend.frameon": False, "svg.fonttype": "none",
    "svg.hashsalt": "dalil",
}  # fmt: skip


Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Plot:
    """An SVG element with what it shows in words, for those who do not see it."""

    svg: str
    title: str
    description: str


def risk_coverage(curve: Curve, area: Row | None) -> Plot:
    """Draw risk against coverage at every threshold, and where the run stood."""
    coverage, risk = curve.operating
    along, up = _thinned(curve.coverage), _thinned(curve.risk)
    with mpl.rc_context(_STYLE):
        figure, axes = _axes("share of questions answered (coverage)", "share of them wrong (risk)")
        axes.plot(along, up, color=_SERIES[0], linewidth=2)
        axes.fill_between(along, up, color=_SERIES[0], alpha=0.15, linewidth=0)
        axes.plot([coverage], [risk], "o", markersize=9, color=_SERIES[1], clip_on=False, zorder=4)
        top = max(0.1, 1.15 * float(max(curve.risk.max(initial=0.0), risk)))
        axes.set(xlim=(0, 1), ylim=(0, min(1.0, top)))
        _label(axes, coverage, risk, f"as set: {coverage:.2f}, {risk:.2f}")
        svg = _svg(figure, "risk")
    said = f"The run answered {coverage:.3f} of the questions with a risk of {risk:.3f}."
    if area is not None:
        said += f" The area under the curve (AURC) is {area.interval.value:.3f}."
    return Plot(svg, "Risk and coverage", said)


def reliability(confidences: Floats, right: Bools) -> Plot | None:
    """Draw how often attempts were right against how sure Dalil was of them.

    `confidences` float64 (n,) and `right` bool (n,) are of every case, refused ones with what would
    have been answered; groups are of as many cases each as can be.
    """
    if confidences.size < _GROUPS:
        return None
    order = np.argsort(confidences, kind="stable")
    groups = np.array_split(order, _GROUPS)
    sure = [float(confidences[group].mean()) for group in groups]
    share = [float(right[group].mean()) for group in groups]
    with mpl.rc_context(_STYLE):
        figure, axes = _axes("confidence", "share of answers that are right")
        axes.plot([0, 1], [0, 1], color=_QUIET, linewidth=1, linestyle="--")
        axes.plot(sure, share, "o-", color=_SERIES[0], linewidth=2, markersize=6, clip_on=False)
        axes.set(xlim=(0, 1), ylim=(0, 1.02))
        svg = _svg(figure, "reliability")
    apart = float(np.mean(np.abs(np.array(sure) - np.array(share))))
    said = (
        f"{_GROUPS} groups of about {len(groups[0])} cases each, by confidence; on the dashed line "
        f"answers are right as often as Dalil is sure. On average they lie {apart:.3f} apart."
    )
    return Plot(svg, "Reliability", said)


def by_outcome(
    groups: Mapping[str, tuple[Floats, Bools]], meant: Mapping[str, float]
) -> Plot | None:
    """Draw what `reliability` does for each outcome by itself, in bins with their counts.

    `groups` holds by name confidences float64 (n,) and whether an attempt was right, bool (n,), of
    cases refused too; `meant` how often each outcome was what it claims to be, 0 to 1.
    """
    groups = {name: group for name, group in groups.items() if group[0].size}
    if sum(sure.size for sure, _ in groups.values()) < _GROUPS:
        return None
    with mpl.rc_context(_STYLE):
        figure, axes = _axes("confidence", "share of attempts that are right")
        axes.plot([0, 1], [0, 1], color=_QUIET, linewidth=1, linestyle="--")
        for number, (name, (sure, right)) in enumerate(groups.items()):
            color, points = _SERIES[number], _binned(sure, right)
            along, up = [p.sure for p in points], [p.share for p in points]
            axes.plot(
                along, up, _MARKERS[number], linestyle="-", color=color, linewidth=1.5,
                markersize=6, clip_on=False, label=name,
            )  # fmt: skip
            for point in points:
                axes.annotate(
                    str(point.count), (point.sure, point.share), xytext=(0, 7),
                    textcoords="offset points", ha="center", color=color, fontsize=8,
                )  # fmt: skip
        axes.set(xlim=(0, 1), ylim=(0, 1.08))
        _legend(figure, columns=3)
        svg = _svg(figure, "outcomes")
    said = "; ".join(
        f"{name} (n = {sure.size})" + (f" {meant[name]:.3f} rightly" if name in meant else "")
        for name, (sure, _) in groups.items()
    )
    return Plot(
        svg,
        "Reliability of each outcome",
        f"{said[:1].upper()}{said[1:]}. A point is a tenth of confidence, the number beside it its "
        "cases; an outcome is right if it cites evidence, points to it, or nothing answers.",
    )


@dataclass(frozen=True, slots=True)
class _Bin:
    """The cases of a tenth of confidence: their mean confidence, the share that is right."""

    sure: float
    share: float
    count: int


def _binned(sure: Floats, right: Bools) -> list[_Bin]:
    places = np.minimum((sure / _WIDTH).astype(np.int64), round(1 / _WIDTH) - 1)
    held = [places == place for place in np.unique(places)]
    return [_Bin(float(sure[h].mean()), float(right[h].mean()), int(h.sum())) for h in held]


def recall(table: Table, pairs: Sequence[str]) -> Plot | None:
    """Draw recall among the first 1, 5 and 10 passages, of all cases and by language pair."""
    groups = {"all": "all"} | {p: f"pair {p}" for p in pairs if _PLAIN.fullmatch(p)}
    found = {
        label: [row for name in _RECALL if (row := table.row(name, group))]
        for label, group in groups.items()
    }
    drawn = [(label, rows) for label, rows in found.items() if len(rows) == len(_RECALL)]
    if not drawn:
        return None
    drawn = drawn[: len(_SERIES)]
    with mpl.rc_context(_STYLE):
        figure, axes = _axes("among the first passages", "share of the evidence found (recall)")
        for number, (label, rows) in enumerate(drawn):
            _series(axes, number, len(drawn), label, rows)
        axes.set(xticks=range(len(_RECALL)), xticklabels=["1", "5", "10"])
        axes.set(xlim=(-0.5, len(_RECALL) - 0.5), ylim=(0, 1.02))
        axes.grid(visible=False, axis="x")
        _legend(figure, columns=4)
        svg = _svg(figure, "recall")
    said = ", ".join(f"{row.measure} {row.interval.value:.3f}" for row in drawn[0][1])
    return Plot(svg, "Recall", f"Of all cases: {said}. Whiskers are 95% intervals.")


def latency(milliseconds: Floats, table: Table) -> Plot | None:
    """Draw how long answers took, float64 (n,), with their median and 95th percentile."""
    if not milliseconds.size:
        return None
    rows = [(label, table.row(name)) for label, name in _LATENCY.items()]
    known = [(label, row) for label, row in rows if row]
    with mpl.rc_context(_STYLE):
        figure, axes = _axes("milliseconds an answer", "answers")
        bins = int(np.clip(2 * np.sqrt(milliseconds.size), 8, 40))
        axes.hist(milliseconds, bins=bins, color=_SERIES[0], rwidth=0.9)
        for (label, row), dashes in zip(known, ("--", ":"), strict=False):
            value = row.interval.value
            axes.axvline(value, color=_SERIES[1], linewidth=1.8, linestyle=dashes, label=label)
        axes.set_xlim(left=0)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(visible=False, axis="x")
        if known:
            _legend(figure, columns=2)
        svg = _svg(figure, "latency")
    said = " and ".join(
        f"{label} {written(measure, row)}"
        for (label, row), measure in zip(known, measures(list(_LATENCY.values())), strict=False)
    )
    return Plot(svg, "Time", f"Of one answer: {said}." if said else "Of one answer.")


def _thinned(values: Floats) -> Floats:
    """Return as many of the values, the first and the last among them, as a plot can show."""
    places = np.linspace(0, values.size - 1, min(values.size, _POINTS)).round().astype(np.int64)
    return values[places]


def _axes(along: str, up: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=_SIZE, layout="constrained")
    axes = figure.subplots()
    axes.set(xlabel=along, ylabel=up)
    return figure, axes


def _legend(figure: Figure, columns: int) -> None:
    figure.legend(loc="outside upper left", ncols=columns, handletextpad=0.4, columnspacing=1.2)


def _series(axes: Axes, number: int, of: int, label: str, rows: Sequence[Row]) -> None:
    values = np.array([row.interval.value for row in rows])
    # A percentile interval of few cases can leave out its own mean.
    reach = np.array(
        [
            [max(0.0, row.interval.value - row.interval.low) for row in rows],
            [max(0.0, row.interval.high - row.interval.value) for row in rows],
        ]
    )
    places = np.arange(len(rows)) + (number - (of - 1) / 2) * 0.12
    axes.errorbar(
        places, values, reach, label=label, color=_SERIES[number], fmt=_MARKERS[number],
        markersize=6, linewidth=1.5,
    )  # fmt: skip


def _label(axes: Axes, x: float, y: float, said: str) -> None:
    left = x > 0.5
    axes.annotate(
        said, (x, y), xytext=(-9 if left else 9, 9), textcoords="offset points",
        ha="right" if left else "left", va="bottom", weight="bold",
    )  # fmt: skip


def _svg(figure: Figure, name: str) -> str:
    """Return the figure as an element; its ids begin with `name`, since a page has several."""
    file = io.StringIO()
    figure.savefig(
        file, format="svg", transparent=True,
        metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")),
    )  # fmt: skip
    drawn = file.getvalue()
    drawn = drawn[drawn.index("<svg") :]
    # What a page does not need: addresses of namespaces, a size, and styles for all of the page.
    drawn = regex.sub(r'^<svg[^>]*(viewBox="[^"]*")[^>]*>', r"<svg \1>", drawn)
    drawn = regex.sub(r"<metadata>.*?</metadata>|<style[^>]*>.*?</style>", "", drawn, flags=regex.S)
    drawn = regex.sub(r'( id="|url\(#|xlink:href="#)', rf"\g<1>{name}-", drawn)
    drawn = regex.sub(r"font-family: [^;\"]*; ?", "", drawn)
    return regex.sub(r"#0[0-9a-f]{5}", lambda found: _COLORS.get(found[0], found[0]), drawn)
