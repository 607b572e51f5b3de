"""The choice: which sentences are cited, and what makes an answer more or less sure."""

from dataclasses import replace

import numpy as np
import pytest

from corpus.article import Article, Passage
from index import Library
from index.encoder import load_bundled
from rag.answer import Hit
from rag.assistant import Assistant
from rag.choice.evidence import Described, Sentence
from rag.choice.select import SelectionSettings, pick
from rag.choice.signals import of_article
from rag.search.rank import rarity, sharpen

LINES = ("The bridge reopened.", "Lorries crossed it.", "the bridge: reopened!", "It rained.")


def sentences_in(*articles):
    """One sentence per line of each article, which are named by numbers."""
    found = []
    for name in articles:
        article = Article(str(name), "\n".join(LINES), language="en")
        start = 0
        hit = Hit(Passage(article.id, 1, 0, len(article.text), article.text), article, 0.5)
        for line in LINES:
            found.append(Sentence(article, start, start + len(line), hit))
            start += len(line) + 1
    return found


def described(sentences, **features):
    """Sentences of which nothing is known but these features."""
    none = np.zeros((len(sentences), 0), np.float32)
    arrays = {name: np.array(values) for name, values in features.items()}
    return Described(sentences, arrays, none, none)


def settings(margin, elsewhere, most=3):
    read = SelectionSettings.read()
    return replace(read, margin=margin, elsewhere=elsewhere, most=most, assent=None)


# Scores of the four sentences of article 0, then of article 1; margins; places that are cited.
PICKS = [
    ([3.0, 1.0, 0.0, 0.0], (0.5, 0.5), [0]),
    ([3.0, 2.6, 0.0, 0.0], (0.5, 0.5), [0, 1]),
    # The third line is the first in other letters and signs.
    ([3.0, 2.0, 2.9, 2.8], (0.5, 0.5), [0, 3]),
    ([3.0, 2.0, 0.0, 0.0, 0.0, 2.0], (0.5, 1.5), [0, 5]),
    ([3.0, 2.0, 0.0, 0.0, 0.0, 2.0], (1.5, 0.5), [0, 1]),
    ([3.0, 2.9, 0.0, 2.8, 0.0, 0.0], (0.5, 0.5, 2), [0, 1]),
]


@pytest.mark.parametrize(("scores", "limits", "places"), PICKS)
def test_sentences_near_the_best_are_cited(scores, limits, places):
    sentences = sentences_in(0, 1)
    padded = np.array([*scores, *[-9.0] * (len(sentences) - len(scores))])
    assert pick(described(sentences), padded, settings(*limits)) == places


@pytest.mark.parametrize(
    ("odds", "assent", "places"),
    [
        ([0.0, -0.9, 4.0, -1.1], 1.0, [0, 1]),
        ([0.0, -0.9, 4.0, -1.1], 2.0, [0, 1, 3]),
        ([-3.0, -9.0, -9.0, -9.0], 1.0, [0]),
        ([0.0, -9.0, -9.0, -9.0], None, [0, 1, 3]),
    ],
)
def test_a_further_sentence_needs_the_assent_of_the_reader(odds, assent, places):
    sentences = sentences_in(0)
    limits = replace(settings(1.0, 1.0), assent=assent)
    scores = np.array([3.0, 2.9, 2.8, 2.7])
    assert pick(described(sentences, reads=odds), scores, limits) == places
    # Without a reader nobody is asked.
    assert pick(described(sentences), scores, limits) == [0, 1, 3]


def test_similarities_are_sharpened_between_chance_and_meaning():
    given = np.array([[0.0, 0.2, 0.4, 0.6, 1.0]], np.float32)
    np.testing.assert_allclose(sharpen(given), [[0.0, 0.0, 0.5, 1.0, 1.0]], atol=1e-6)


def test_a_word_that_few_sentences_meet_is_rarer():
    met = np.array([[1.0, 1.0, 0.0], [1.0, 0.0, 0.5], [1.0, 0.0, 0.0]], np.float32)
    everywhere, once, faintly = rarity(met)
    assert everywhere < once < faintly


def test_what_an_article_meets_holds_for_all_its_sentences():
    sentences = sentences_in(0, 1)
    near = np.zeros((len(sentences), 2), np.float32)
    near[1, 0] = near[6, 1] = 1.0
    found = of_article(sentences, near)
    assert found[:4].tolist() == [[1.0, 0.0]] * 4
    assert found[4:].tolist() == [[0.0, 1.0]] * 4


TEXT = (
    "Workers rebuilt the bridge at Mansura in twelve months. Repairs cost 640,000 dollars. "
    "Tractors are not allowed on it."
)
# A question that the text answers, and one like it that it does not.
PAIRS = [
    ("How much did the repairs cost?", "How much do the workers earn?"),
    ("How many months did the bridge take?", "How many tractors did the bridge cost?"),
    ("Was kostete die Reparatur der Brücke?", "Wie viele Menschen leben in Mansura?"),
    ("كم بلغت كلفة الإصلاح؟", "كم عدد سكان المنصورة؟"),
]


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    library = Library.open(tmp_path_factory.mktemp("choice"), load_bundled(), create=True)
    library.add(
        [
            Article("bridge", TEXT, title="Mansura bridge rebuilt", language="en"),
            Article("rain", "Heavy rain closed two schools. Pupils stayed at home.", language="en"),
        ]
    )
    yield Assistant(library, saves=False)
    library.close()


@pytest.mark.parametrize(("answered", "unanswered"), PAIRS)
def test_an_answer_that_is_there_is_surer(assistant, answered, unanswered):
    assert assistant.ask(answered).confidence > assistant.ask(unanswered).confidence


def test_a_sentence_that_may_answer_is_pointed_to(assistant):
    library = assistant.library
    (question, _), *_ = PAIRS
    sure = assistant.ask(question).confidence
    limits = (
        (sure - 0.1, sure - 0.2, "answered", 0),
        (sure + 0.01, sure - 0.1, "abstained", 1),
        (sure + 0.1, sure + 0.01, "abstained", 0),
    )
    for threshold, possible, status, count in limits:
        chosen = replace(SelectionSettings.read(), threshold=threshold, possible=possible)
        answer = Assistant(library, saves=False, selection=chosen).ask(question)
        assert (answer.status, len(answer.possible)) == (status, count)
        assert bool(answer.citations) == (status == "answered")
        for citation in answer.possible:
            assert citation.quote in TEXT
            assert "640,000" in citation.quote
            assert citation.matches


def test_caution_moves_the_threshold_and_nothing_is_possible_above_it():
    shipped = SelectionSettings.read()
    assert shipped.eager < shipped.threshold < shipped.strict
    assert shipped.at("normal") == shipped
    for caution in ("strict", "eager"):
        moved = shipped.at(caution)
        assert moved.threshold == getattr(shipped, caution)
        assert moved.possible <= moved.threshold


def test_the_more_caution_the_fewer_answers(assistant):
    questions = [question for pair in PAIRS for question in pair]
    # One that none but the eager answer.
    questions.append("Which engineer rebuilt the bridge?")
    counts = []
    for caution in ("strict", "normal", "eager"):
        asked = Assistant(assistant.library, saves=False, caution=caution)
        counts.append(sum(asked.ask(question).status == "answered" for question in questions))
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]
