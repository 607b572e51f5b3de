"""How sure it is that a sentence answers, and which of the best is the surest to."""

import numpy as np
import pytest

from index.encoder import load_bundled
from rag.choice import confidence as module
from rag.choice.confidence import confidence, surest
from rag.choice.evidence import Described
from rag.choice.select import SelectionSettings


@pytest.mark.parametrize("reader", [True, False])
def test_what_names_another_is_answered_at_no_caution(reader):
    shipped = SelectionSettings.read(reader=reader)
    sure = confidence({"bias": 1.0, "unnamed": 1.0}, {"bias": 1e3, "unnamed": 0.0})
    for caution in ("strict", "normal", "eager"):
        assert sure < shipped.at(caution).threshold


# Scores, leads, log odds of each sentence; scores with the surest of the best two ahead.
RIVALS = [
    ([3.0, 2.0, 1.0], [0, 0, 0], [0.0, -1.0, -1.0], [3.0, 2.0, 1.0]),
    ([3.0, 2.0, 1.0], [0, 0, 0], [0.0, 1.0, -1.0], [2.0, 3.0, 1.0]),
    ([2.0, 1.0, 3.0], [0, 0, 0], [1.0, 0.0, 0.0], [3.0, 1.0, 2.0]),
    # As sure as the best is not surer.
    ([3.0, 2.0, 1.0], [0, 0, 0], [1.0, 1.0, -1.0], [3.0, 2.0, 1.0]),
    # The third is not looked at.
    ([3.0, 2.0, 1.0], [0, 0, 0], [0.0, -1.0, 2.0], [3.0, 2.0, 1.0]),
    # What a reader likes stays ahead, and among that the surest is.
    ([3.0, 2.0, 1.0], [2, 0, 0], [0.0, 1.0, 0.0], [3.0, 2.0, 1.0]),
    ([3.0, 2.5, 1.0], [2, 2, 0], [0.0, 1.0, 0.0], [2.5, 3.0, 1.0]),
    ([3.0], [0], [1.0], [3.0]),
]


@pytest.mark.parametrize(("scores", "lead", "odds", "expected"), RIVALS)
def test_the_surest_of_the_best_two_is_put_ahead(monkeypatch, scores, lead, odds, expected):
    monkeypatch.setattr(module, "signals", lambda *given: {"odds": odds[given[-1]], "unnamed": 0})
    scores, lead = np.array(scores), np.array(lead)
    before = scores.copy()
    described = Described([], {}, np.zeros((len(scores), 0)), np.zeros((len(scores), 0)))
    ahead, sure = surest(None, described, scores - lead, scores, load_bundled(), {"odds": 1.0})
    assert ahead.tolist() == expected
    assert sure == pytest.approx(1 / (1 + np.exp(-odds[int(np.argmax(expected))])))
    assert (scores == before).all()


@pytest.mark.parametrize(("unnamed", "odds", "answers"), [
    ((0, 0), (0.0, 3.0), True), ((1, 0), (0.0, 3.0), False), ((0, 1), (0.0, 3.0), True),
    # Surer by itself, whatever the other lacks.
    ((0, 1), (3.0, 0.0), True), ((1, 0), (0.0, -1.0), False),
])  # fmt: skip
def test_what_only_a_name_speaks_for_is_pointed_to_at_any_caution(
    monkeypatch, unnamed, odds, answers
):
    def signals(*given):
        return {"odds": odds[given[-1]], "unnamed": unnamed[given[-1]]}

    monkeypatch.setattr(module, "signals", signals)
    scores, none = np.array([2.0, 1.0]), np.zeros((2, 0))
    weights = {"odds": 1.0}
    _, sure = surest(None, Described([], {}, none, none), scores, scores, load_bundled(), weights)
    shipped = SelectionSettings.read()
    assert (sure >= shipped.at("eager").threshold) == answers
    assert sure >= shipped.possible
