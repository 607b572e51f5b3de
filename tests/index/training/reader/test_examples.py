"""Examples point at the sentences and words that answer, and none of them measures."""

import gzip
import json
from dataclasses import replace

import pytest

from corpus.errors import DalilError
from index.training.questions.documents import Document
from index.training.questions.written import WrittenQuestion
from index.training.reader import examples
from index.training.reader.examples import Example, read_examples, withheld, without

TEXT = "The bridge opened at noon. It rained. The school of Homs closed in 2019. Nobody came."


def squad(folder, paragraphs, name="qa/tydi-goldp.en.json.gz"):
    """Write paragraphs, pairs of a text and of questions with their answers, as SQuAD has them."""
    content = {"data": [{"paragraphs": [
        {"context": text, "qas": [
            {"question": question, "answers": [
                {"text": answer, "answer_start": text.index(answer)} for answer in answers
            ]} for question, answers in asked
        ]} for text, asked in paragraphs
    ]}]}  # fmt: skip
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    data = json.dumps(content).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


@pytest.fixture
def no_own(monkeypatch):
    """Leave out the questions of our own, whose documents a small folder lacks."""
    monkeypatch.setattr(examples, "read_documents", lambda _: {})
    monkeypatch.setattr(examples, "read_questions", list)


def cut(example):
    return [example.passage[start:end] for start, end in example.spans]


@pytest.mark.usefixtures("no_own")
def test_the_sentence_and_the_words_that_answer_are_those_of_the_data(tmp_path):
    squad(tmp_path, [(TEXT, [("Which school closed in 2019?", ["The school of Homs"])])])
    (found,) = [each for each in read_examples(tmp_path, []) if each.right]
    assert [cut(found)[place] for place in found.right] == ["The school of Homs closed in 2019."]
    assert found.passage[slice(*found.answer)] == "The school of Homs"


@pytest.mark.usefixtures("no_own")
def test_questions_without_an_answer_or_with_a_misplaced_one_are_left_out(tmp_path):
    squad(tmp_path, [(TEXT, [("Who came?", []), ("When did the bridge open?", ["noon"])])])
    path = tmp_path / "qa" / "tydi-goldp.en.json.gz"
    content = json.loads(gzip.decompress(path.read_bytes()))
    misplaced = {"question": "Where?", "answers": [{"text": "Homs", "answer_start": 3}]}
    content["data"][0]["paragraphs"][0]["qas"].append(misplaced)
    path.write_bytes(gzip.compress(json.dumps(content).encode()))
    assert {each.question for each in read_examples(tmp_path, [])} == {"When did the bridge open?"}


@pytest.mark.usefixtures("no_own")
def test_a_long_text_is_cut_to_what_surrounds_the_answer(tmp_path):
    many = [
        f"Sentence number {number} says that the road {number} was closed." for number in range(60)
    ]
    squad(tmp_path, [(" ".join(many), [("Which road, of the fortieth?", ["the road 40"])])])
    (found,) = [each for each in read_examples(tmp_path, []) if each.right]
    (right,) = found.right
    assert cut(found)[right] == many[40]
    assert found.passage[slice(*found.answer)] == "the road 40"
    assert found.passage == " ".join(many[40 - right : 40 - right + len(found.spans)])
    assert 700 < len(found.passage) <= 900
    assert 0 < right < len(found.spans) - 1


@pytest.mark.usefixtures("no_own")
def test_a_part_of_the_answered_questions_is_asked_without_what_answers(tmp_path):
    asked = [
        (f"Question {number} of the school, of day {number}?", ["2019"]) for number in range(200)
    ]
    squad(tmp_path, [(TEXT, asked)])
    found = read_examples(tmp_path, [])
    made = [each for each in found if not each.right]
    assert 0.2 < len(made) / (len(found) - len(made)) < 0.4
    for each in made:
        assert "2019" not in each.passage
        assert each.answer is None
        assert cut(each) == ["The bridge opened at noon.", "It rained.", "Nobody came."]
    assert found == read_examples(tmp_path, [])
    assert found != read_examples(tmp_path, [], seed=1)


def test_nothing_is_withheld_where_all_would_be():
    assert withheld(Example("When?", "At six.", [(0, 7)], frozenset({0}))) is None
    assert withheld(Example("When?", "At six. No.", [(0, 7), (8, 11)], frozenset())) is None


def test_a_question_or_passage_that_measures_is_left_out():
    asked = [
        Example(question, text, [(0, len(text))], frozenset({0}))
        for question, text in (
            ("When did the bridge over the river open?", TEXT),
            ("Which school of Homs closed?", TEXT),
            ("What was found in the old well?", "Coins of a lost king lay in the old well."),
        )
    ]
    measured = [
        "when did the bridge over the river open",
        "Coins of a lost king lay in the old well",
    ]
    assert without(asked, measured) == [asked[1]]


def test_questions_of_our_own_are_asked_of_versions_of_their_document(tmp_path, monkeypatch):
    versions = {
        "en": ("It rained.", "Roads closed.", "Schools opened."),
        "ar": ("أمطرت.", "أغلقت الطرق.", "فتحت المدارس."),
    }
    answers = {"en": ["Roads"], "ar": ["الطرق"]}
    closed = WrittenQuestion(
        id="a", document="d", language="en", question="What closed?", kind="what", style="plain",
        evidence=[1], answers=answers, also=[], near=[], swapped=None,
    )  # fmt: skip
    asked = [
        closed,
        replace(closed, id="b", question="Which shops closed?", evidence=[], answers={}, near=[1]),
    ]
    monkeypatch.setattr(examples, "read_documents", lambda _: {"d": Document("d", versions)})
    monkeypatch.setattr(examples, "read_questions", lambda: asked)
    squad(tmp_path, [])
    found = read_examples(tmp_path, [])
    texts = {" ".join(sentences): code for code, sentences in versions.items()}
    whole = [each for each in found if each.passage in texts]
    for each in whole:
        code = texts[each.passage]
        if each.question == "What closed?":
            assert each.right == {1}
            assert each.passage[slice(*each.answer)] == answers[code][0]
        else:
            assert (each.right, each.answer) == (set(), None)
    assert {(each.question, texts[each.passage]) for each in whole} >= {
        ("What closed?", "ar"),
        ("Which shops closed?", "ar"),
    }


def test_a_folder_without_the_data_is_refused(tmp_path):
    with pytest.raises(DalilError, match="name the folder with qa/"):
        read_examples(tmp_path, [])
