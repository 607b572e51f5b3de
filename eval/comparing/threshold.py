"""The threshold of abstention: fitted on one half of the cases, reported on the other.

A right answer counts 1, a wrong one -1 and a refusal 0, the effective reliability of Whitehead et
al. 2022 ("Reliable Visual Question Answering: Abstain Rather Than Answer Incorrectly").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eval.cases.case import Half
from eval.comparing.intervals import Floats
from eval.comparing.summary import attempts
from eval.judging.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Operating:
    """What a threshold makes of `n` cases: the share answered, and the mean of +1, -1 and 0."""

    n: int
    coverage: float
    reliability: float


@dataclass(frozen=True, slots=True)
class Fitted:
    """The best threshold of one half with what it makes of each half."""

    threshold: float
    fit: Operating
    report: Operating

    def as_text(self) -> str:
        """Return what was found as sentences.

        >>> Fitted(0.5, Operating(9, 0.6, 0.3), Operating(10, 0.5, 0.2)).as_text()[:41]
        'Fitted on the 9 cases of the half `fit`, '
        """
        fit, report = self.fit, self.report
        return (
            f"Fitted on the {fit.n} cases of the half `fit`, the threshold of abstention would be "
            f"{self.threshold:.3f}. On the {report.n} others it answers {report.coverage:.0%}; a "
            f"right answer counted 1, a wrong one -1 and a refusal 0, their mean is "
            f"{report.reliability:+.3f} ({fit.reliability:+.3f} on those it was fitted on)."
        )


def fit_threshold(outcomes: Sequence[Outcome]) -> Fitted | None:
    """Return the threshold with the best mean on the half "fit", `None` if a half is empty."""
    halves = {half: _half(outcomes, half) for half in ("fit", "report")}
    if any(not len(gains) for _, gains in halves.values()):
        return None
    threshold = best_threshold(*halves["fit"])
    return Fitted(threshold, *(_operating(threshold, *halves[h]) for h in ("fit", "report")))


def best_threshold(confidence: Floats, gains: Floats) -> float:
    """Return the threshold whose answers gain most; the middle between two confidences.

    `gains` float64 (n,) are 1 for an attempt that was right and -1 for a wrong one.

    >>> best_threshold(np.array([0.9, 0.7, 0.3]), np.array([1.0, 1.0, -1.0]))
    0.5
    """
    order = np.argsort(-confidence, kind="stable")
    ranked, total = confidence[order], np.concatenate([[0.0], gains[order].cumsum()])
    # Nobody can answer only some of those that are equally sure.
    cuts = np.concatenate([[True], ranked[1:] < ranked[:-1], [True]])
    most = int(np.argmax(np.where(cuts, total, -np.inf)))
    above = ranked[most - 1] if most else 1.0
    below = ranked[most] if most < len(ranked) else 0.0
    return float((above + below) / 2)


def _half(outcomes: Sequence[Outcome], half: Half) -> tuple[Floats, Floats]:
    confidence, right = attempts([o for o in outcomes if o.case.half == half])
    return confidence, np.where(right, 1.0, -1.0)


def _operating(threshold: float, confidence: Floats, gains: Floats) -> Operating:
    answered = confidence >= threshold
    return Operating(len(gains), float(answered.mean()), float((answered * gains).mean()))
