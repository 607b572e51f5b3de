"""Two runs side by side: what got better or worse, on which cases, and what was changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from eval.comparing.differences import Difference, differences
from eval.comparing.matching import Matched, digests, match, scored
from eval.files import as_builtins
from eval.judging.measures import MEASURES
from eval.judging.outcome import Outcome
from eval.judging.verdict import FAR, verdict
from eval.running.runs import Manifest, Run
from rag.answer import Json

Value = float | int | str | bool | None
Direction = Literal["better", "worse", "mixed"]
# Of two flips that weigh the same, the bad one is read first.
_DIRECTIONS: Sequence[Direction] = ("worse", "mixed", "better")


@dataclass(frozen=True, slots=True)
class Change:
    """Something that the manifests say differently; `None` where one does not say it."""

    name: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Moved:
    """A measure of one case that changed; `None` where a run could not score it."""

    measure: str
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class Flip:
    """A case whose verdict changed; from one fault to another the direction is "mixed"."""

    before: Outcome
    after: Outcome
    measures: tuple[Moved, ...]
    direction: Direction

    def as_json(self) -> Json:
        """Return the case with both answers, their verdicts and citations."""
        case = self.after.case
        return {
            "id": case.id,
            "question": case.question,
            "language": case.language,
            "direction": self.direction,
            "expected": as_builtins(self.after.expected),
            "before": _answer(self.before),
            "after": _answer(self.after),
            "measures": as_builtins(self.measures),
        }


def _answer(outcome: Outcome) -> Json:
    return {
        "standing": verdict(outcome),
        "status": outcome.status,
        "confidence": round(outcome.confidence, 6),
        "text": outcome.text,
        "citations": as_builtins(outcome.citations),
    }


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs, compared over the cases that are the same in both.

    `cases` names those too that are not: the ids of cases of one run alone, and of those whose
    question or evidence was altered.
    """

    before: Manifest
    after: Manifest
    cases: Matched
    differences: Sequence[Difference]
    flips: Sequence[Flip]
    changes: Sequence[Change]
    warnings: Sequence[str]

    def as_json(self) -> Json:
        """Return the comparison as JSON, with the manifests of both runs."""
        cases = as_builtins(self.cases)
        return {
            "before": as_builtins(self.before),
            "after": as_builtins(self.after),
            "cases": {**cases, "same": len(self.cases.same)},
            "warnings": list(self.warnings),
            "changes": as_builtins(self.changes),
            "differences": [each.as_json() for each in self.differences],
            "flips": [flip.as_json() for flip in self.flips],
        }


def compare(before: Run, after: Run) -> Comparison:
    """Compare two runs over the cases that both hold with the same `Case.digest`.

    Runs over other cases or another collection can be compared too, with a warning.
    """
    old = {outcome.case.id: outcome for outcome in before.outcomes}
    new = {outcome.case.id: outcome for outcome in after.outcomes}
    cases = match(digests(before.outcomes), digests(after.outcomes))
    pairs = [(old[name], new[name]) for name in cases.same]
    flips = [flip for pair in pairs if (flip := _flip(*pair)) is not None]
    return Comparison(
        before.manifest,
        after.manifest,
        cases,
        differences([scored(one) for one, _ in pairs], [scored(other) for _, other in pairs]),
        sorted(flips, key=_weight),
        list(_changes(before.manifest, after.manifest)),
        list(_warnings(before.manifest, after.manifest, cases)),
    )


def _flip(before: Outcome, after: Outcome) -> Flip | None:
    was, now = verdict(before), verdict(after)
    if was == now or "not judged" in (was, now):
        return None
    nearer = FAR[was] - FAR[now]
    direction: Direction = "better" if nearer > 0 else "worse" if nearer < 0 else "mixed"
    return Flip(before, after, tuple(moved(before.scores, after.scores)), direction)


def moved(before: Mapping[str, float], after: Mapping[str, float]) -> Iterator[Moved]:
    """Yield the measures of a case that changed, in the order of `MEASURES`."""
    for measure in MEASURES:
        one, other = before.get(measure.name), after.get(measure.name)
        if one != other:
            yield Moved(measure.name, one, other)


def _weight(flip: Flip) -> tuple[bool, bool, int, str]:
    """Order flips: answered or not first, then right or wrong, the bad ones of each first."""
    was, now = FAR[verdict(flip.before)], FAR[verdict(flip.after)]
    order = _DIRECTIONS.index(flip.direction)
    return flip.before.status == flip.after.status, abs(was - now) < 2, order, flip.after.case.id


def _changes(before: Manifest, after: Manifest) -> Iterator[Change]:
    one, other = _said(before), _said(after)
    for name in dict.fromkeys([*one, *other]):
        if one.get(name) != other.get(name):
            yield Change(name, one.get(name), other.get(name))


def _said(manifest: Manifest) -> Mapping[str, Value]:
    """Return what a manifest says of how it was made, not when or how fast."""
    collection = manifest.collection
    return {
        "version": manifest.version,
        "commit": manifest.commit,
        "machine": manifest.machine,
        "encoder": manifest.encoder,
        "fingerprint": manifest.fingerprint,
        **{f"setting {name}": manifest.settings[name] for name in sorted(manifest.settings)},
        "cases": manifest.cases,
        "collection": collection.name,
        "articles": collection.articles,
        "passages": collection.passages,
        "collection digest": collection.digest,
    }


def _warnings(before: Manifest, after: Manifest, cases: Matched) -> Iterator[str]:
    if before.collection.digest != after.collection.digest:
        yield "The runs searched other collections, so differences may come from the articles."
    if not cases.same:
        yield "The runs have no case in common, so there is nothing to compare."
    elif cases.altered or cases.only_before or cases.only_after:
        yield (
            f"Cases that are the same in both runs, and compared: {len(cases.same):,}; only in the "
            f"first: {len(cases.only_before):,}; only in the second: {len(cases.only_after):,}; "
            f"altered: {len(cases.altered):,}."
        )
    if before.machine != after.machine:
        yield "The runs are of different machines, so their times cannot be compared."
