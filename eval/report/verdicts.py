"""How each verdict is shown, and which cases to look at first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from eval.judging.outcome import Outcome
from eval.judging.verdict import verdict


@dataclass(frozen=True, slots=True)
class Words:
    """How a verdict is told: by its name, by a sign beside its colour, and in a sentence."""

    name: str
    sign: str
    explanation: str


class Shown(Enum):
    """Every verdict as a page shows it, the worst first."""

    WRONGLY_ANSWERED = Words(
        "wrongly answered", "✗", "It was answered, and nothing that the articles say answers it."
    )
    WRONGLY_REFUSED = Words("wrongly refused", "∅", "The articles say it, and it was refused.")
    WRONGLY_CITED = Words("wrongly cited", "✗", "It was answered with none of the facts expected.")
    PARTLY_RIGHT = Words("partly right", "◐", "It lacks a fact that was expected.")
    RIGHT = Words("right", "✓", "It cites all that was expected, or was rightly refused.")
    NOT_JUDGED = Words("not judged", "?", "The case does not say what would be right.")

    @property
    def key(self) -> str:
        """The name in attributes and style sheets."""
        return self.name.lower().replace("_", "-")


_BY_NAME = {each.value.name: each for each in Shown}


def shown_as(outcome: Outcome) -> Shown:
    """Return how the verdict of an outcome is shown."""
    return _BY_NAME[verdict(outcome)]


def worst_first(outcomes: Sequence[Outcome]) -> dict[Shown, list[Outcome]]:
    """Return the outcomes of every verdict that has some, the worst verdict first.

    What was wrong comes the surest first, what was right or refused the least sure first; what is
    partly right by how much of it was found.
    """
    groups: dict[Shown, list[Outcome]] = {kind: [] for kind in Shown}
    for outcome in outcomes:
        groups[shown_as(outcome)].append(outcome)
    return {
        kind: sorted(group, key=lambda outcome: _order(kind, outcome))
        for kind, group in groups.items()
        if group
    }


def _order(kind: Shown, outcome: Outcome) -> tuple[float, float]:
    if kind in (Shown.WRONGLY_ANSWERED, Shown.WRONGLY_CITED):
        return 0.0, -outcome.confidence
    found = outcome.scores.get("citation recall", 0.0) if kind is Shown.PARTLY_RIGHT else 0.0
    return found, outcome.confidence
