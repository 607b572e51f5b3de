"""A run as one picture: what grows with the passages, and what must not fall."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from eval.bench.beside.run import Row, Run

# What is drawn: the figure, its name on the axis, and whether it is a share (else logarithmic).
_PANELS = (
    ("build_s", "build (s)", False),
    ("open_s", "open (s)", False),
    ("fused_p50_ms", "question to passages, p50 (ms)", False),
    ("fused_p95_ms", "question to passages, p95 (ms)", False),
    ("serving_peak_mb", "peak memory, serving (MB)", False),
    ("words_mrr", "words to their passage, MRR@10", True),
)
_COLUMNS, _SIZE = 3, (12.0, 7.0)
# Okabe and Ito's colours, which most who see few colours tell apart; markers say the same.
_COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9")
_MARKERS = ("o", "s", "^", "D", "v", "P")


def draw(run: Run, file: Path) -> None:
    """Write the plot of a run to `file`, in the format of its ending (.svg, .png)."""
    figure = Figure(figsize=_SIZE, layout="constrained")
    panels = figure.subplots(len(_PANELS) // _COLUMNS, _COLUMNS).flat
    sides = list(dict.fromkeys(row.side for row in run.rows))
    for axes, (key, name, share) in zip(panels, _PANELS, strict=True):
        for number, side in enumerate(sides):
            _line(axes, [row for row in run.rows if row.side == side], key, number)
        axes.set(xscale="log", xlabel="passages", title=name)
        axes.set(ylim=(0, 1)) if share else axes.set(yscale="log")
        axes.grid(visible=True, which="major", linewidth=0.5, alpha=0.6)
        axes.spines[["top", "right"]].set_visible(False)
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(sides), frameon=False)
    figure.savefig(file, dpi=120)


def _line(axes: Axes, rows: Sequence[Row], key: str, number: int) -> None:
    points = [(row.passages, row.figures[key]) for row in rows if key in row.figures]
    axes.plot(
        [passages for passages, _ in points],
        [value for _, value in points],
        color=_COLORS[number % len(_COLORS)],
        marker=_MARKERS[number % len(_MARKERS)],
        label=rows[0].side,
    )
