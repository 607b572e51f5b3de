"""What is made unanswerable differs from what is answered in one thing, or is asked elsewhere."""

from random import Random

import numpy as np
import pytest

from index.encoder import load_bundled
from index.training.reader.examples import Example
from index.training.reader.stages.unanswerable import Exchange, elsewhere, exchanged

TEXT = "Rania Haddad opened the first clinic of Homs in 2011. Mayor Karim Saleh paid for it."
OTHER = "The ferry to Arwad carried 40 passengers on Friday. It sank near Tartus."


def example(question, passage=TEXT, answer=None):
    middle = passage.index(". ") + 1
    start = passage.find(answer) if answer else -1
    span = (start, start + len(answer)) if answer else None
    return Example(
        question, passage, [(0, middle), (middle + 1, len(passage))], frozenset({0}), span
    )


ASKED = example("Who opened the first clinic of Homs in 2011?", answer="Rania Haddad")
FERRY = example("How many passengers did the ferry to Arwad carry?", OTHER, "40")


def drawn(one, seeds=80, beside=(ASKED, FERRY)):
    exchange = Exchange(list(beside))
    return [made for seed in range(seeds) if (made := exchange(one, Random(seed)))]


def test_one_thing_is_another_and_nothing_answers():
    found = drawn(ASKED)
    assert len(found) == 80
    for made in found:
        assert (made.passage, made.right, made.answer) == (TEXT, frozenset(), None)
        before, after = ASKED.question.split(), made.question.split()
        assert before != after
        assert len(set(before) - set(after)) == 1, made.question


def test_numbers_names_and_contraries_are_exchanged():
    questions = {made.question for made in drawn(ASKED)}
    assert "Who opened the last clinic of Homs in 2011?" in questions
    assert any("Homs" not in q and "2011" in q and "first" in q for q in questions)
    years = {int(q.rstrip("?").split()[-1]) for q in questions} - {2011}
    assert years
    assert all(1999 <= year <= 2023 for year in years)


def test_the_answer_itself_is_not_put_in_the_question():
    assert not [made for made in drawn(ASKED) if "Haddad" in made.question]
    assert any("Karim Saleh" in made.question for made in drawn(ASKED)), "names of the passage are"


def test_a_question_without_names_loses_a_word_that_the_passage_has():
    arabic = example("من افتتح المستوصف", "افتتحت رانيا المستوصف. ودفع رئيس البلدية.")
    beside = [example(f"متى وصل {word}", f"وصل {word}. نعم.") for word in ("القطار", "البريد")]
    common = [example(f"أين هذا {n}", f"هنا {n}. نعم.") for n in range(200)]
    found = {made.question for made in drawn(arabic, beside=[arabic, *beside, *common])}
    assert found == {"من افتتح القطار", "من افتتح البريد"}


def test_with_nothing_to_exchange_nothing_is_made():
    assert drawn(example("أين؟", "هنا. نعم.")) == []


def test_shares_are_those_of_the_group():
    groups = {"a": [ASKED] * 50, "b": [FERRY] * 50}
    made = list(exchanged(groups, {"a": 0.0, "b": 0.5}, Random(0)))
    assert {each.passage for each in made} == {OTHER}
    assert 10 < len(made) < 40


@pytest.fixture
def groups():
    clinic = "A second clinic was opened in Homs. Nobody knew when."
    held = example("Which mayor paid for the clinic?", clinic)
    return [("one", ASKED), ("two", FERRY), ("three", held)]


def test_elsewhere_is_the_nearest_passage_of_another_group(groups):
    made = list(elsewhere(groups, load_bundled(), Random(0)))
    assert [each.question for each in made] == [each.question for _, each in groups]
    assert not any(each.right or each.answer for each in made)
    for (_, asked), each in zip(groups, made, strict=True):
        assert each.passage != asked.passage


def test_a_passage_with_the_answering_words_is_not_taken(groups):
    held = example("Who?", "Rania Haddad slept. It rained.")
    made = list(elsewhere([*groups, ("four", held)], load_bundled(), Random(0)))
    assert "Rania Haddad" not in made[0].passage


def test_nothing_is_drawn_where_there_is_one_group_alone():
    assert list(elsewhere([("one", ASKED)], load_bundled(), Random(0))) == []
    assert np.isfinite(load_bundled().encode_queries([ASKED.question])).all()
