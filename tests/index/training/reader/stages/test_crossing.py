"""The second stage asks across languages, and nothing of it measures."""

import gzip
import json
from random import Random

import pytest

from index.training.questions.documents import Document
from index.training.questions.written import WrittenQuestion
from index.training.reader import examples
from index.training.reader.examples import Example, read_examples
from index.training.reader.stages.crossing import crossing_examples, read_dictionaries, switched
from tests.index.training.reader.test_examples import cut, squad

TEXT = "The old bridge opened at noon. It rained. Nobody came."
SENTENCES = {
    "en": ("It rained in May.", "Roads were closed.", "Schools opened again."),
    "ar": ("أمطرت في أيار.", "أغلقت الطرق.", "فتحت المدارس من جديد."),
    "de": ("Es regnete im Mai.", "Straßen waren zu.", "Schulen öffneten wieder."),
}


@pytest.fixture
def data(tmp_path, monkeypatch):
    asked = [(f"When did the old bridge number {n} open?", ["noon"]) for n in range(60)]
    squad(tmp_path, [(TEXT, asked)])
    rows = ["question\tsentence"] + [
        f"who built tower {n} ?\tthe tower {n} , a `` gift '' , was built by mason {n} ."
        for n in range(12)
    ]
    path = tmp_path / "qa" / "squad-sentences.en.tsv.gz"
    path.write_bytes(gzip.compress("\n".join(rows).encode()))
    (tmp_path / "lexicon").mkdir()
    for code, words in (("ar", "bridge\tجسر\nold\tقديم"), ("de", "bridge\tBrücke\nold\talt")):
        path = tmp_path / "lexicon" / f"wiktionary.en-{code}.tsv.gz"
        path.write_bytes(gzip.compress(f"en\t{code}\n{words}".encode()))
    document = Document("d", SENTENCES)
    own = WrittenQuestion(
        "q", "d", "en", "What was closed?", "what", "plain", [1], {}, [], [], None
    )
    monkeypatch.setattr(examples, "read_documents", lambda _: {"d": document})
    monkeypatch.setattr(examples, "read_questions", lambda: [own])
    return tmp_path


def test_questions_of_our_own_are_asked_in_other_languages_alone(data):
    own = [e for e in crossing_examples(data, []) if e.question == "What was closed?"]
    passages = {e.passage for e in own if e.right}
    assert passages
    assert passages <= {" ".join(SENTENCES[code]) for code in ("ar", "de")}


def test_words_of_english_questions_become_those_of_one_other_language(data):
    found = crossing_examples(data, [])
    assert found == crossing_examples(data, [])
    asked = [e.question for e in found if "number" in e.question]
    arabic, german = ([q for q in asked if w in q] for w in ("جسر", "Brücke"))
    assert len(arabic) > len(german) > 0
    assert not [q for q in asked if "جسر" in q and ("Brücke" in q or "alt" in q)]
    # What has no other word stays, and so does the passage with what answers in it.
    assert all(q.startswith("When did the") for q in asked)
    assert any("old bridge" in q for q in asked)
    for each in found:
        if each.answer and "number" in each.question:
            assert each.passage[slice(*each.answer)] == "noon"


def test_dictionaries_are_those_of_the_lexica(data):
    found = read_dictionaries(data)
    assert found["ar"]["bridge"] == ["جسر"]
    assert set(found) == {"ar", "de"}
    one = Example("Bridges?", "Here.", [(0, 5)], frozenset({0}))
    drawn = {switched(one, {"ar": found["ar"]}, Random(seed)).question for seed in range(20)}
    assert drawn == {"Bridges?", "جسر?"}
    assert switched(one, {}, Random(0)) == one


def test_kept_sentences_become_passages_with_their_neighbours(data):
    built = [e for e in read_examples(data, []) if "tower" in e.question and e.right]
    assert len(built) == 12
    for each in built:
        number = json.loads(each.question.rsplit(" ", 1)[1].rstrip("?"))
        (right,) = each.right
        assert cut(each)[right] == f'The tower {number}, a "gift", was built by mason {number}.'
        assert 2 <= len(each.spans) <= 5
        assert each.answer is None


def test_what_measures_is_left_out(data):
    measured = ["What was closed"]
    assert not [e for e in crossing_examples(data, measured) if e.question == "What was closed?"]
