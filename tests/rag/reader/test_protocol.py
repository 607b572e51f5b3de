"""A question is put into the words of a text in another script, where these say the same."""

import pytest

from index import Library, load_encoder
from rag.reader import worded
from rag.reading import read

BRIDGE = "وبلغت كلفة ترميم جسر الخابور أربعة ملايين دولار."


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    empty = Library.open(tmp_path_factory.mktemp("words"), load_encoder("bundled"), create=True)
    yield empty
    empty.close()


def asked_in(text, question, library, history=(), language="ar"):
    return worded(read(question, library.words, history), text, language, library.compare)


def test_words_and_names_that_mean_the_same_take_the_place_of_the_questions(library):
    question = "How much did the repair of the Khabur bridge cost?"
    found = asked_in(BRIDGE, question, library)
    assert found == "How much did the repair of the الخابور جسر كلفة?"
    assert asked_in("The Khabur bridge cost much.", question, library, language="en") == question
    assert asked_in("", question, library) == asked_in(" … ", question, library) == question


def test_an_arabic_question_takes_words_of_an_english_text(library):
    text = "Two hospitals closed."
    found = asked_in(text, "كم مستشفى أغلق؟", library, language="en")
    assert "hospitals" in found
    assert "مستشفى" not in found


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("How many were wounded?", "مقتل ثلاثة"),
        ("What did the minister open?", "رئيس"),
        ("How many schools closed?", "أُغلقت مستشفيات"),
        ("What happened in 2014?", "في عام 2015"),
    ],
)
def test_what_is_only_near_in_meaning_takes_no_place(question, text, library):
    kept = [word for word in ("wounded", "minister", "schools", "2014") if word in question]
    assert kept[0] in asked_in(text, question, library)


def test_a_number_in_words_takes_the_place_of_the_same_number(library):
    assert "عشرة" in asked_in("نجا عشرة عمال.", "Which 10 miners survived?", library)


def test_what_an_earlier_question_adds_stays_behind_the_question(library):
    found = asked_in(BRIDGE, "Who repaired it?", library, ["Where is the Khabur bridge?"])
    own, context = found.split("? ", 1)
    assert own.startswith("Who ")
    assert "الخابور" in context
