"""Which cases of two runs are the same, and what of them is compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.judging.outcome import Attempt, Outcome

# Differences below are those of rounding.
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Scored:
    """What is compared of an outcome; `milliseconds` is `None` where it was not kept."""

    digest: str
    groups: Sequence[str]
    scores: Mapping[str, float]
    attempt: Attempt | None
    milliseconds: float | None = None


@dataclass(frozen=True, slots=True)
class Matched:
    """The ids of the cases that are the same in two runs, and of the others."""

    same: tuple[str, ...]
    altered: tuple[str, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]


def scored(outcome: Outcome) -> Scored:
    """Reduce an outcome to what is compared, in digits that survive being written."""
    attempt = outcome.attempt
    return Scored(
        outcome.case.digest,
        outcome.groups,
        {name: round(score, _DIGITS) for name, score in outcome.scores.items()},
        attempt and Attempt(round(attempt.confidence, _DIGITS), attempt.right),
        outcome.milliseconds,
    )


def digests(outcomes: Sequence[Outcome]) -> dict[str, str]:
    """Return the digest of each case by its id."""
    return {outcome.case.id: outcome.case.digest for outcome in outcomes}


def match(before: Mapping[str, str], after: Mapping[str, str]) -> Matched:
    """Match the cases of two runs, given as digests by id.

    >>> match({"a": "1", "b": "2", "c": "3"}, {"b": "2", "c": "4", "d": "5"})
    Matched(same=('b',), altered=('c',), only_before=('a',), only_after=('d',))
    """
    both = [name for name in after if name in before]
    return Matched(
        tuple(name for name in both if before[name] == after[name]),
        tuple(name for name in both if before[name] != after[name]),
        tuple(name for name in before if name not in after),
        tuple(name for name in after if name not in before),
    )
