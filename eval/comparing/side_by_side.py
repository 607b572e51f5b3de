"""A comparison as Markdown, for the terminal and for a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from eval.comparing.compare import Change, Comparison, Flip, Value
from eval.comparing.differences import Difference
from eval.judging.outcome import EVERYTHING, Outcome
from eval.judging.verdict import verdict
from eval.running.runs import Manifest

_FLIPS = 20
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~&])")
# What opens a list or underlines a heading at the start of a line, as in "1. " and "- ".
_OPENING = re.compile(r"^(\s*\d*)([-+=.)])(?=[-=\s]|$)")
# A line of words in one script may hold words of the other without being reordered by them.
_ISOLATE, _END = "\u2068", "\u2069"


def comparison_markdown(comparison: Comparison) -> str:
    """Return what changed, the measures, and the most important flipped cases side by side."""
    parts = [
        "# Two runs compared",
        f"Before: {_run(comparison.before)}. After: {_run(comparison.after)}.",
        f"Cases compared: {len(comparison.cases.same):,}. {_verdicts(comparison.differences)}",
        *(f"> {_escaped(warning)}" for warning in comparison.warnings),
        *_changes(comparison.changes),
        *_measures(comparison.differences),
        *_groups(comparison.differences),
        *_flips(comparison.flips),
    ]
    return "\n\n".join(parts) + "\n"


def _run(manifest: Manifest) -> str:
    commit = f", commit {_inline(manifest.commit)}" if manifest.commit else ""
    return f"{_inline(manifest.name)} ({manifest.started}{commit})"


def _verdicts(differences: Sequence[Difference]) -> str:
    """Say in sentences which measures of all cases got better or worse."""
    everything = [each for each in differences if each.group == EVERYTHING]
    names = {
        verdict: ", ".join(each.measure for each in everything if each.verdict == verdict)
        for verdict in ("better", "worse")
    }
    said = [f"{verdict.capitalize()}: {those}." for verdict, those in names.items() if those]
    return " ".join(said) or "No measure of all cases differs by more than chance."


def _changes(changes: Sequence[Change]) -> Iterator[str]:
    yield "## What was changed"
    if not changes:
        yield "Nothing that the runs say of themselves."
        return
    rows = [[_escaped(c.name), _value(c.before), _value(c.after)] for c in changes]
    yield _table(["", "before", "after"], rows)


def _value(value: Value) -> str:
    return "none" if value is None else _inline(str(value))


def _measures(differences: Sequence[Difference]) -> Iterator[str]:
    if not differences:
        return
    yield "## All cases"
    yield _table(_COLUMNS, [_row(each) for each in differences if each.group == EVERYTHING])
    yield (
        "Means over the cases that both runs score. Better and worse are those below .05 in a "
        "paired randomisation test; p is adjusted for the number of measures (Holm)."
    )


def _groups(differences: Sequence[Difference]) -> Iterator[str]:
    others = [
        each
        for each in differences
        if each.group != EVERYTHING and each.verdict in ("better", "worse")
    ]
    if others:
        yield "## Groups that differ"
        yield _table(["group", *_COLUMNS], [[_inline(each.group), *_row(each)] for each in others])
        yield (
            "Of twenty groups that do not differ, up to one is expected here: p is adjusted within "
            "a group and not for their number."
        )


_COLUMNS = ["measure", "cases", "before", "after", "change (95 %)", "p", "verdict"]


def _row(difference: Difference) -> list[str]:
    interval, p = difference.interval, difference.p
    change, number = "", "{:.0f} ms"
    if interval is not None:
        change = f"{interval.value:+.3f} ({interval.low:+.3f} to {interval.high:+.3f})"
        number = "{:.3f}"
    bold = "**" if difference.verdict in ("better", "worse") else ""
    return [
        difference.measure,
        f"{difference.n:,}",
        number.format(difference.before),
        number.format(difference.after),
        change,
        "" if p is None else "<.001" if p < 0.001 else f"{p:.3f}".removeprefix("0"),
        f"{bold}{difference.verdict}{bold}",
    ]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _flips(flips: Sequence[Flip]) -> Iterator[str]:
    if not flips:
        return
    counts = [f"{sum(f.direction == d for f in flips):,} {d}" for d in ("better", "worse", "mixed")]
    yield "## Cases that came out differently"
    yield f"{', '.join(counts)} (from one fault to another)."
    for number, flip in enumerate(flips[:_FLIPS], start=1):
        yield from _flip(number, flip)
    if len(flips) > _FLIPS:
        yield f"More of them in the output of `--json`: {len(flips) - _FLIPS:,}."


def _flip(number: int, flip: Flip) -> Iterator[str]:
    yield f"### {number}. {_inline(flip.after.case.id)}: {flip.direction}"
    yield _quoted(flip.after.case.question)
    for expected in flip.after.expected:
        yield f"Expected{_from(expected.title)}:"
        yield _quoted(expected.quote)
    if flip.after.case.answerable is False:
        yield "Expected: no answer, as no article has one."
    yield from _answer("Before", flip.before)
    yield from _answer("After", flip.after)


def _answer(when: str, outcome: Outcome) -> Iterator[str]:
    yield f"**{when}**: {verdict(outcome)} ({outcome.status}, confidence {outcome.confidence:.2f})"
    for cited in outcome.citations:
        kind = {True: "A right citation", False: "A wrong citation", None: "A citation"}[
            cited.right
        ]
        yield f"{kind}{_from(cited.title)}:"
        yield _quoted(cited.quote)
    if outcome.status == "answered" and not outcome.citations:
        yield _quoted(outcome.text)


def _from(title: str | None) -> str:
    return "" if title is None else f", from {_inline(title)}"


def _quoted(text: str) -> str:
    """Return a text as a block of its own, so that its first letter sets its direction."""
    return "\n".join(f"> {_escaped(line)}".rstrip() for line in text.splitlines()) or ">"


def _inline(text: str) -> str:
    escaped = _escaped(" ".join(text.split()))
    return escaped if escaped.isascii() else f"{_ISOLATE}{escaped}{_END}"


def _escaped(text: str) -> str:
    """Return a text that shows as it is where Markdown is read."""
    return _OPENING.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", text))
