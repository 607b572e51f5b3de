"""Questions made of translated sentences point at the sentence that says the same."""

import gzip
from random import Random

import pytest

from index.training.reader.stages.parallel import asked, of_parallel
from tests.index.training.reader.test_examples import cut

DICTIONARY = {"mosul": ["الموصل"], "bridges": ["جسور"], "old": ["قديمة"]}
WORDS = (
    "harbour", "market", "station", "village", "school", "tower", "river", "garden", "bakery",
    "library",
)  # fmt: skip


@pytest.fixture
def data(tmp_path):
    rows = [f"The {w} of Mosul was opened again in 19{n}5\t{w} ‎الموصل افتتح 19{n}5"
            for n, w in enumerate(WORDS)]  # fmt: skip
    for code in ("ar", "fra"):
        path = tmp_path / "pairs" / f"tatoeba.en-{code}.tsv.gz"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(gzip.compress("\n".join([f"en\t{code}", *rows]).encode()))
    return tmp_path


def made(data, measured=(), most=10):
    return list(of_parallel(data, {"ar": DICTIONARY}, measured, Random(1), most))


def test_the_sentence_that_says_the_same_answers(data):
    found = made(data)
    assert len(found) == 10 + 1, "French weighs a tenth of Arabic"
    for each in found:
        (right,) = each.right
        assert 3 <= len(each.spans) <= 6
        kept = set(each.question.lower().rstrip("?؟").split()) & {*WORDS}
        assert all(word in cut(each)[right].lower() for word in kept)


def test_words_asked_for_are_where_their_translation_stands(data):
    held = [e.passage[slice(*e.answer)] for e in made(data) if e.answer]
    assert held
    assert set(held) <= {"الموصل", "Mosul", *(f"19{n}5" for n in range(10))}
    for each in made(data):
        if each.answer:
            (right,) = each.right
            assert each.passage[slice(*each.answer)] in cut(each)[right]
            assert each.passage[slice(*each.answer)] not in each.question


def test_what_is_asked_for_has_a_question_word_in_its_place():
    row = ("Two old bridges fell in Mosul in 1985.", "سقط جسران في الموصل عام 1985.")
    asking = {asked(row, "ar", 0, DICTIONARY, Random(seed)) for seed in range(60)}
    words = {"الموصل": "Mosul", "1985": "1985"}
    assert {row[1][slice(*held)] for _, held in asking} == set(words)
    for question, held in asking:
        assert words[row[1][slice(*held)]] not in question
    numbers = [question for question, held in asking if row[1][slice(*held)] == "1985"]
    assert all("how many" in q or "when" in q for q in numbers)
    # Turned about, an Arabic question asks for the English word.
    for seed in range(20):
        question, held = asked(row, "ar", 1, DICTIONARY, Random(seed))
        assert row[0][slice(*held)] in ("Mosul", "1985")
    assert question[-1] in "؟" or question[-1].isalnum()


def test_a_word_that_stands_twice_is_not_asked_for():
    row = ("They left Mosul for good.", "الموصل يا الموصل")
    assert asked(row, "ar", 0, DICTIONARY, Random(0))[1] is None


def test_rows_that_measure_are_left_out(data):
    measured = [f"The {w} of Mosul was opened again in 19{n}5" for n, w in enumerate(WORDS[:9])]
    assert {e.passage for e in made(data, measured)} <= {"library الموصل افتتح 1995"}
    measured.append("The library of Mosul was opened again in 1995")
    assert made(data, measured) == []
