"""The gate: whether a run is worse than the baseline that was kept, and what to do then.

A run fails where a measure of all cases fell by more than chance (see
`eval.comparing.differences`), where a quote is not what the article says, where too few cases of
the baseline could be compared, and where it no longer scores what the baseline does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from eval.comparing.baseline import Baseline, Kept
from eval.comparing.compare import Moved, moved
from eval.comparing.differences import Difference, differences
from eval.comparing.matching import Matched, digests, match, scored
from eval.files import as_builtins
from eval.judging.measures import MEASURES
from eval.judging.outcome import Outcome
from eval.judging.verdict import FAR, Verdict, verdict, verdict_of
from eval.running.runs import Run
from rag.answer import Json

_EXACTNESS = "quote exactness"
# Leaving out the cases that came out worse must not mend a loss.
_TENTHS = 9
# A measure that scores few cases, such as of what was answered, can leave them all by chance.
_FEW = 5
_SHOWN = 10
_BETTER_WHEN_LOW = frozenset(m.name for m in MEASURES if not m.higher_is_better)


@dataclass(frozen=True, slots=True)
class Worsened:
    """A case that came out worse: in its verdict, or on a measure that fell."""

    id: str
    question: str
    before: Verdict
    after: Verdict
    measures: tuple[Moved, ...]

    def as_text(self) -> str:
        """Return the case as a line."""
        was = f"was {self.before}, now {self.after}"
        how = was if self.before != self.after else _scores(self.measures)
        return f"{self.id} ({how}): {' '.join(self.question.split())}"


def _scores(measures: Sequence[Moved]) -> str:
    return ", ".join(
        f"{m.measure} {m.before:.3g} to {m.after:.3g}"
        for m in measures
        if m.before is not None and m.after is not None
    )


@dataclass(frozen=True, slots=True)
class GateReport:
    """What the gate found; `expected` counts the cases of the baseline that were asked for.

    `unscored` names the measures that score many cases of the baseline and none of the run.
    """

    expected: int
    cases: Matched
    differences: Sequence[Difference]
    worsened: Sequence[Worsened]
    inexact: Sequence[str]
    unscored: Sequence[str]
    notes: Sequence[str]

    @property
    def worse(self) -> list[Difference]:
        """The measures that fell by more than chance."""
        return [each for each in self.differences if each.verdict == "worse"]

    @property
    def enough(self) -> bool:
        """Whether enough cases of the baseline could be compared."""
        compared = len(self.cases.same)
        return compared > 0 and 10 * compared >= _TENTHS * self.expected

    @property
    def passed(self) -> bool:
        """Whether the run is no worse than the baseline."""
        return self.enough and not (self.worse or self.inexact or self.unscored)

    def as_text(self) -> str:
        """Return what was found as sentences, a line each."""
        return "\n".join(_sentences(self))

    def as_json(self) -> Json:
        """Return the report as JSON."""
        return {
            "passed": self.passed,
            "expected": self.expected,
            "cases": {**as_builtins(self.cases), "same": len(self.cases.same)},
            "differences": [each.as_json() for each in self.differences],
            "worsened": as_builtins(self.worsened),
            "inexact": list(self.inexact),
            "unscored": list(self.unscored),
            "notes": list(self.notes),
        }


def check(run: Run, baseline: Baseline, asked: Collection[str] | None = None) -> GateReport:
    """Compare a run with the baseline.

    `asked` holds the ids of the cases that were asked for where that was a part of them; `None`
    means all, and then every case of the baseline is expected.
    """
    old = {n: kept for n, kept in baseline.outcomes.items() if asked is None or n in asked}
    new = {outcome.case.id: outcome for outcome in run.outcomes}
    cases = match({n: kept.digest for n, kept in old.items()}, digests(run.outcomes))
    pairs = [(old[name], new[name]) for name in cases.same]
    found = differences([one.scored for one, _ in pairs], [scored(other) for _, other in pairs])
    fell = {each.measure for each in found if each.verdict == "worse"}
    worsened = [w for one, other in pairs if (w := _worsened(one, other, fell)) is not None]
    return GateReport(
        len(old),
        cases,
        found,
        sorted(worsened, key=_weight),
        [o.case.id for o in run.outcomes if o.scores.get(_EXACTNESS, 1.0) < 1],
        list(_unscored(pairs)),
        list(_notes(run, baseline, cases)),
    )


def _worsened(before: Kept, after: Outcome, fell: Collection[str]) -> Worsened | None:
    case = after.case
    was = verdict_of(case.answerable, before.answered, before.scores)
    now = verdict(after)
    lost = tuple(m for m in moved(before.scores, scored(after).scores) if _loss(m) > 0)
    if FAR.get(now, 0) > FAR.get(was, 0) or any(each.measure in fell for each in lost):
        return Worsened(case.id, case.question, was, now, lost)
    return None


def _loss(score: Moved) -> float:
    if score.before is None or score.after is None:
        return 0.0
    loss = score.before - score.after
    return -loss if score.measure in _BETTER_WHEN_LOW else loss


def _weight(case: Worsened) -> tuple[int, float, str]:
    """Order cases: those that went furthest from right first, then those that lost most."""
    further = FAR.get(case.after, 0) - FAR.get(case.before, 0)
    return -further, -sum(_loss(each) for each in case.measures), case.id


def _unscored(pairs: Sequence[tuple[Kept, Outcome]]) -> Iterator[str]:
    for measure in MEASURES:
        before = sum(measure.name in one.scores for one, _ in pairs)
        if before >= _FEW and not any(measure.name in other.scores for _, other in pairs):
            yield measure.name


def _notes(run: Run, baseline: Baseline, cases: Matched) -> Iterator[str]:
    if run.manifest.fingerprint != baseline.fingerprint:
        yield f"The encoder is not the baseline's ({run.manifest.encoder}, was {baseline.encoder})."
    if run.manifest.collection.digest != baseline.collection:
        yield "The articles are not the baseline's, so differences may come from them."
    if cases.only_after:
        yield f"New cases, not judged until the baseline has them: {len(cases.only_after):,}."
    if cases.altered:
        yield f"Altered cases, not compared: {len(cases.altered):,}."
    if cases.only_before:
        yield f"Cases of the baseline that were not asked: {len(cases.only_before):,}."


def _sentences(report: GateReport) -> Iterator[str]:
    compared = f"{len(report.cases.same):,} of {report.expected:,} cases of the baseline"
    yield f"The gate {'passes' if report.passed else 'fails'}: {compared} were compared."
    yield from report.notes
    for each in report.worse:
        yield _fall(each)
    if not report.enough:
        yield _too_few(report.cases)
    if report.inexact:
        yield f"Quotes are not what their articles say in: {_listed(report.inexact)}."
    if report.unscored:
        yield f"The run scores no case on: {', '.join(report.unscored)}, which the baseline does."
    yield from _cases(report)
    if not report.passed:
        yield (
            "Mend what made it worse, or accept it with `dalil eval gate --update` and say why in "
            "the commit."
        )


def _too_few(cases: Matched) -> str:
    left = _listed([*cases.only_before, *cases.altered])
    if not left:
        return "No case that was asked is in the baseline, so nothing can be said of the run."
    return f"That is less than nine tenths, so nothing can be said; not compared were {left}."


def _fall(difference: Difference) -> str:
    verb = "rose" if difference.after > difference.before else "fell"
    return (
        f"{difference.measure} {verb} from {difference.before:.3f} to {difference.after:.3f} over "
        f"{difference.n:,} cases, which is worse by more than chance (p = {difference.p:.2g})."
    )


def _cases(report: GateReport) -> Iterator[str]:
    if not report.worsened:
        return
    count = len(report.worsened)
    yield f"Cases that came out worse{', within chance' if report.passed else ''}: {count:,}."
    for case in report.worsened[:_SHOWN]:
        yield f"  {case.as_text()}"
    if count > _SHOWN:
        yield f"  and {count - _SHOWN:,} more."


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
