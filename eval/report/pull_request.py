"""A run as Markdown, to be read in a pull request."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from eval.comparing.summary import Row, summarise
from eval.comparing.threshold import fit_threshold
from eval.judging.measures import MEASURES, Measure
from eval.report.tables import BREAKDOWN, KINDS, Table, between, measures, number
from eval.report.verdicts import worst_first
from eval.running.runs import Manifest, Run


def markdown(run: Run) -> str:
    """Return the tables of a run, its settings and how its cases came out."""
    return tables(run, summarise(run.outcomes))


def tables(run: Run, rows: Sequence[Row]) -> str:
    """Return a run as Markdown with these rows."""
    table = Table(rows)
    counts = [
        f"{len(group)} {kind.value.name.lower()}"
        for kind, group in worst_first(run.outcomes).items()
    ]
    parts = [
        f"## Evaluation: {_code(run.manifest.name)}",
        _head(run.manifest),
        f"{len(run.outcomes)} cases: {', '.join(counts) or 'none'}.",
        _all(table),
        _threshold(run),
        *(_breakdown(table, kind) for kind in ("half", "pair", "tag")),
        _settings(run.manifest),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(manifest: Manifest) -> str:
    collection = manifest.collection
    return (
        f"{_code(manifest.cases)} on {_code(collection.name)} ({collection.articles} articles, "
        f"{collection.passages} passages), {_code(manifest.started)}, commit "
        f"{_code(manifest.commit or 'unknown')}, encoder {_code(manifest.encoder)}"
    )


def _all(table: Table) -> str:
    rows = [(measure, table.row(measure.name)) for measure in MEASURES]
    lines = [
        [measure.name, number(measure, row.interval.value), between(measure, row), str(row.n)]
        for measure, row in rows
        if row
    ]
    return _table(["measure", "value", "95% interval", "n"], lines)


def _threshold(run: Run) -> str:
    fitted = fit_threshold(run.outcomes)
    return fitted.as_text() if fitted else ""


def _breakdown(table: Table, kind: str) -> str:
    """Return a kind of groups with the main measures, each with n in brackets."""
    groups = table.groups(kind)
    columns = [
        measure
        for measure in measures(BREAKDOWN)
        if any(table.row(measure.name, f"{kind} {group}") for group in groups)
    ]
    lines = [[_code(group), *(_cell(table, m, f"{kind} {group}") for m in columns)]
             for group in groups]  # fmt: skip
    return _table([KINDS[kind].lower(), *(m.name for m in columns)], lines) if lines else ""


def _cell(table: Table, measure: Measure, group: str) -> str:
    row = table.row(measure.name, group)
    return f"{number(measure, row.interval.value)} ({row.n})" if row else ""


def _settings(manifest: Manifest) -> str:
    settings = ", ".join(f"{_code(f'{name}={v}')}" for name, v in manifest.settings.items())
    return f"Settings: {settings}." if settings else ""


def _table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    # Only the first column holds words.
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *lines))


def _code(text: str) -> str:
    r"""Return a text as code, where nothing of it is markup, a link or somebody's name.

    >>> _code("a|b `c`"), _code("@all")
    ("`a\\|b 'c'`", '`@all`')
    """
    one_line = regex.sub(r"\s+", " ", text).strip().replace("`", "'").replace("|", "\\|")
    return f"`{one_line or ' '}`"
