"""The surest of the two best sentences answers, and what nothing near it speaks for does not."""

from types import SimpleNamespace

import numpy as np
import pytest

from index.encoder import load_bundled
from rag.choice import select as module
from rag.choice.evidence import Described
from rag.choice.select import SelectionSettings, surest
from rag.reading import read


class Bare(Described):
    """Sentences of as many passages, of which nothing is compared with the question."""

    @property
    def found(self):
        return [], []


def bare(own, hits=None):
    hits = range(len(own)) if hits is None else hits
    # Small numbers are the same object wherever they stand.
    return Bare([SimpleNamespace(hit=hit) for hit in hits], {}, own, own)


ASKED = read("Who reopened the bridge?", load_bundled())
FOLLOWING = read("And when?", load_bundled(), ["Who reopened the bridge?"])
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
    described = bare(np.zeros((len(scores), 0)))
    ahead, sure = surest(ASKED, described, scores - lead, scores, load_bundled(), {"odds": 1.0})
    assert ahead.tolist() == expected
    assert sure == pytest.approx(1 / (1 + np.exp(-odds[int(np.argmax(expected))])))
    assert (scores == before).all()


def test_of_one_passage_the_best_stays_ahead_and_the_surest_tells_how_sure(monkeypatch):
    odds = [0.0, 1.0]
    monkeypatch.setattr(module, "signals", lambda *given: {"odds": odds[given[-1]], "unnamed": 0})
    scores = np.array([2.0, 1.0])
    for hits, expected in ((["one", "one"], [2.0, 1.0]), (["one", "two"], [1.0, 2.0])):
        described = bare(np.zeros((2, 0)), hits)
        ahead, sure = surest(ASKED, described, scores, scores, load_bundled(), {"odds": 1.0})
        assert ahead.tolist() == expected
        assert sure == pytest.approx(1 / (1 + np.exp(-1.0)))


@pytest.mark.parametrize(
    ("odds", "foreign", "best"),
    [
        ((1.0, 0.5), (0, 1), 0),
        ((1.0, 1.5), (0, 1), 1),
        # Of one script, and where the first is the one in another.
        ((1.0, 1.5), (1, 1), 1),
        ((1.0, 2.5), (1, 0), 1),
    ],
)
def test_no_script_puts_the_second_ahead(monkeypatch, odds, foreign, best):
    def signals(*given):
        return {"odds": odds[given[-1]], "foreign": foreign[given[-1]], "unnamed": 0}

    monkeypatch.setattr(module, "signals", signals)
    weights, scores, none = {"odds": 1.0, "foreign": 1.0}, np.array([2.0, 1.0]), np.zeros((2, 0))
    ahead, sure = surest(ASKED, bare(none), scores, scores, load_bundled(), weights)
    assert int(np.argmax(ahead)) == best
    # What stays behind tells how sure it is all the same.
    assert sure == pytest.approx(1 / (1 + np.exp(-max(np.add(odds, foreign)))))


@pytest.mark.parametrize(
    ("question", "odds", "own", "best"),
    [
        ("How many prisoners are in a room?", (2.0, 1.5), ([0.9, 0.4], [1.0, 1.0]), 1),
        # Much surer, of the same words, with all words itself, and where no number is asked for.
        ("How many prisoners are in a room?", (2.0, 0.0), ([0.9, 0.4], [1.0, 1.0]), 0),
        ("How many prisoners are in a room?", (2.0, 1.5), ([0.9, 0.4], [1.0, 0.4]), 0),
        ("How many prisoners are in a room?", (2.0, 1.5), ([1.0, 1.0], [1.0, 1.0]), 0),
        ("Who are the prisoners in a room?", (2.0, 1.5), ([0.9, 0.4], [1.0, 1.0]), 0),
    ],
)
def test_of_two_numbers_the_one_beside_all_words_is_ahead(monkeypatch, question, odds, own, best):
    monkeypatch.setattr(module, "signals", lambda *given: {"odds": odds[given[-1]], "unnamed": 0})
    scores, table = np.array([2.0, 1.0]), load_bundled()
    described = bare(np.array(own, np.float32))
    ahead, _ = surest(read(question, table), described, scores, scores, table, {"odds": 1.0})
    assert int(np.argmax(ahead)) == best


@pytest.mark.parametrize(
    ("question", "unnamed", "own", "sure"),
    [
        ("Who painted the window?", 0, [1.0, 0.5], 1 / (1 + np.e**2.2)),
        # What its article has puts a question on the matter, and what it lacks does not.
        ("Who painted Caggins?", 0, [1.0, 0.5], 0.5),
        ("Who painted Caggins?", 1, [1.0, 0.5], 0.4 / (1 + np.e**2.2)),
        # So do all its words in the sentence, be they one or more.
        ("Who painted the window?", 0, [1.0, 1.0], 0.5),
        ("watermelons", 0, [1.0], 0.5),
        ("watermelons", 0, [0.5], 1 / (1 + np.e**2.2)),
    ],
)
def test_what_lies_off_the_matter_is_not_sure(monkeypatch, question, unnamed, own, sure):
    monkeypatch.setattr(module, "signals", lambda *given: {"odds": 0.0, "unnamed": unnamed})
    monkeypatch.setattr(module, "far", lambda *given: 2.2 / 32)
    described = bare(np.array([own]))
    one, table = np.ones(1), load_bundled()
    _, told = surest(read(question, table), described, one, one, table, {"odds": 1.0})
    assert told == pytest.approx(sure)


@pytest.mark.parametrize(
    ("question", "history", "absent", "answers"),
    [
        ("What is the price of zanzibar cloves?", [], (0.6, 0.7), False),
        ("What is the price of zanzibar cloves?", [], (0.6, 0.4), True),
        ("What is the price of cloves?", [], (0.42, 0.45), False),
        ("What is the price of cloves?", [], (0.42, 0.35), True),
        ("What is the price of dried cloves at the harbour?", [], (0.42, 0.45), True),
        ("Who invented the telephone?", [], (0.6, 0.7), False),
        ("Who was first to dry and grind cloves at the harbour?", [], (0.6, 0.7), True),
        ("What is the price of sugar in Zanzibar?", [], (0.6, 0.7), True),
        ("How much do they cost?", ["Where do cloves grow?"], (0.6, 0.7), True),
    ],
)
def test_what_lacks_much_of_an_open_question_is_pointed_to(
    monkeypatch, question, history, absent, answers
):
    def signals(*given):
        return {"odds": 3.0, "unnamed": 0, "absent": absent[given[-1]]}

    monkeypatch.setattr(module, "signals", signals)
    monkeypatch.setattr(module, "far", lambda *given: 0.0)
    reading = read(question, load_bundled(), history)
    scores, none = np.array([2.0, 1.0]), np.zeros((2, len(reading.words)))
    _, sure = surest(reading, bare(none), scores, scores, load_bundled(), {"odds": 1.0})
    shipped = SelectionSettings.read()
    assert (sure >= shipped.at("eager").threshold) == answers
    assert sure >= shipped.possible


@pytest.mark.parametrize(
    ("asked", "reads", "answers"),
    [
        (ASKED, (-4.5, -4.1), False),
        (ASKED, (-4.5, -3.9), True),
        (FOLLOWING, (-4.5, -4.1), True),
    ],
)
def test_what_the_reader_takes_for_no_answer_is_pointed_to(monkeypatch, asked, reads, answers):
    def signals(*given):
        return {"odds": 3.0, "unnamed": 0, "reads": reads[given[-1]]}

    monkeypatch.setattr(module, "signals", signals)
    monkeypatch.setattr(module, "far", lambda *given: 0.0)
    scores, none = np.array([2.0, 1.0]), np.zeros((2, 0))
    described, table = bare(none), load_bundled()
    _, sure = surest(asked, described, scores, scores, table, {"odds": 1.0})
    assert (sure >= SelectionSettings.read().at("eager").threshold) == answers


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
    _, sure = surest(ASKED, bare(none), scores, scores, load_bundled(), weights)
    shipped = SelectionSettings.read()
    assert (sure >= shipped.at("eager").threshold) == answers
    assert sure >= shipped.possible


def test_of_a_follow_up_the_second_is_pointed_to_and_no_answer(monkeypatch):
    weights, none = {"odds": 1.0}, np.zeros((2, 0))
    described, scores = bare(none), np.array([2.0, 1.0])
    shipped = SelectionSettings.read()
    # Of one that answers by itself the answer stays, however much surer the second is.
    for odds, best, answers in (((-2.0, 3.0), 1, False), ((1.0, 3.0), 0, True)):
        monkeypatch.setattr(
            module, "signals", lambda *given, odds=odds: {"odds": odds[given[-1]], "unnamed": 0}
        )
        ahead, sure = surest(FOLLOWING, described, scores, scores, load_bundled(), weights)
        assert (int(np.argmax(ahead)), sure >= shipped.at("eager").threshold) == (best, answers)
        assert int(np.argmax(surest(ASKED, described, scores, scores, None, weights)[0])) == 1
