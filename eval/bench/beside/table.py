"""A run as Markdown tables, and as the JSON that is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

from eval.bench.beside.run import Row, Run

# Columns: the heading, and the figures that a cell shows beside each other.
_Columns = Mapping[str, tuple[str, ...]]
_TIMES: _Columns = {
    "build (s)": ("build_s",),
    "its CPU (s)": ("build_cpu_s",),
    "open (s)": ("open_s",),
    "from start (s)": ("start_s",),
    "fused p50 / p95 (ms)": ("fused_p50_ms", "fused_p95_ms"),
    "its CPU p50 (ms)": ("fused_cpu_ms",),
    "words alone p50 / p95 (ms)": ("lexical_p50_ms", "lexical_p95_ms"),
    "vectors alone p50 / p95 (ms)": ("dense_p50_ms", "dense_p95_ms"),
}
_SPACE: _Columns = {
    "peak memory, build (MB)": ("build_peak_mb",),
    "peak memory, serving (MB)": ("serving_peak_mb",),
    "disk (MB)": ("disk_mb",),
}
_QUALITY: _Columns = {
    "title to article: MRR": ("title_mrr",),
    "R@10": ("title_recall",),
    "words to passage: MRR": ("words_mrr",),
    # A space keeps the second column of that name apart.
    "R@10 ": ("words_recall",),
}
_ANSWERS: _Columns = {
    "cited answer p50 / p95 (ms)": ("answer_p50_ms", "answer_p95_ms"),
    "its peak memory (MB)": ("answer_peak_mb",),
    "without the reader p50 / p95 (ms)": ("unread_p50_ms", "unread_p95_ms"),
    "its peak memory (MB) ": ("unread_peak_mb",),
}
# A ratio is that of the figures, so that below 1 is better everywhere.
_RATIOS: _Columns = {
    "build": ("build_s",),
    "its CPU": ("build_cpu_s",),
    "open": ("open_s",),
    "fused p50": ("fused_p50_ms",),
    "fused p95": ("fused_p95_ms",),
    "fused CPU p50": ("fused_cpu_ms",),
    "words alone p50": ("lexical_p50_ms",),
    "memory, serving": ("serving_peak_mb",),
    "disk": ("disk_mb",),
}
_NOTES = (
    "One thread a side, one process each, the same passages under their titles and the same "
    "vectors, which the other sides are given ready; Dalil's build also encodes, and keeps "
    "articles, versions and vectors on disk, and where there is a second core, a process beside it "
    "indexes, whose CPU and memory are counted with it. `open` is from the imported libraries to "
    "ready, `from start` from the process; CPU is the processor's time, without waiting for other "
    "work. Each leg finds 50 passages (txtai's 100), ten are judged."
)


def as_json(run: Run) -> str:
    """Return the whole run; times in s or ms, memory and disk in MB."""
    rows = [
        {**asdict(row), "figures": {name: round(v, 4) for name, v in row.figures.items()}}
        for row in run.rows
    ]
    return json.dumps({**asdict(run), "rows": rows}, ensure_ascii=False, indent=1) + "\n"


def tables(run: Run, against: str) -> str:
    """Return the run as Markdown: what it was on, tables, and ratios to the side `against`."""
    return "\n\n".join([_head(run), *_tables(run.rows, against), _NOTES]) + "\n"


def _head(run: Run) -> str:
    machine = run.machine
    made_of = "; ".join(f"{size:,}: {found}" for size, found in run.collections.items())
    packages = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    return (
        f"{run.date}, commit {run.commit}; {machine['cpu']}, {machine['cores']:.0f} cores, "
        f"{float(machine['memory_mb']) / 1e3:.0f} GB, load {machine['load_average']} at the start; "
        f"Python {machine['python']}, {packages}. About so many passages of {made_of}; "
        f"up to {run.questions} questions."
    )


def _tables(rows: Sequence[Row], against: str) -> Iterator[str]:
    for columns in (_TIMES, _SPACE, _QUALITY):
        yield _table(rows, columns)
    first = [keys[0] for keys in _ANSWERS.values()]
    if answering := [row for row in rows if any(key in row.figures for key in first)]:
        yield _table(answering, _ANSWERS)
    if any(row.side == against and row.figures for row in rows):
        yield f"Times and sizes as multiples of those of {against}, below 1 where they are less:"
        yield _table([_divided(row, rows, against) for row in rows], _RATIOS)


def _divided(row: Row, rows: Sequence[Row], against: str) -> Row:
    """Return a row with the ratio of each of its figures to that of `against` at its size."""
    other = [o.figures for o in rows if (o.side, o.passages) == (against, row.passages)]
    ratios = {
        name: value / other[0][name]
        for name, value in row.figures.items()
        if other and other[0].get(name)
    }
    note = row.note or ("" if ratios else f"{against} has no figures at this size")
    return Row(row.side, row.passages, ratios, note)


def _table(rows: Sequence[Row], columns: _Columns) -> str:
    lines = [
        f"| passages | side | {' | '.join(name.strip() for name in columns)} |",
        f"|---:|---|{'---:|' * len(columns)}",
    ]
    for row in rows:
        cells = [_cell(row.figures, keys) for keys in columns.values()]
        # Said once, in the first column that has no figure.
        if row.note and "" in cells:
            cells[cells.index("")] = _escaped(row.note)
        lines.append(f"| {row.passages:,} | {row.side} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(figures: Mapping[str, float], keys: Sequence[str]) -> str:
    return " / ".join(number(figures[key]) for key in keys if key in figures)


def _escaped(note: str) -> str:
    """Return a note that stays in its cell."""
    return " ".join(note.split()).replace("|", "\\|")


def number(value: float) -> str:
    """Return three digits of a number, or all of a larger one.

    >>> number(0.0123), number(12.34), number(1234.5), number(0.0)
    ('0.0123', '12.3', '1,234', '0')
    """
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
