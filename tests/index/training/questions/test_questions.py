"""The questions of our own are sound, and none of them measures what it teaches."""

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from corpus.errors import DalilError
from index.training.overlap import NearDuplicates
from index.training.questions.__main__ import leaked, main
from index.training.questions.documents import read_documents
from index.training.questions.written import (
    WrittenQuestion,
    answer_spans,
    faults,
    read_questions,
)  # fmt: skip

ROOT = Path(__file__).parents[4]
CASES = sorted((ROOT / "eval" / "cases").glob("*.jsonl"))


def ntrex(folder, texts, names):
    (folder / "pairs").mkdir(parents=True)
    for name, rows in (("multi", texts), ("documents", names)):
        with gzip.open(folder / "pairs" / f"ntrex.{name}.tsv.gz", "wt", encoding="utf-8") as file:
            file.write("\n".join(rows) + "\n")
    return folder


TEXTS = [
    "en\tar\tckb",
    'The "river" rose.\tارتفع منسوب النهر.\tئاستی ڕووبار بەرز بووەوە.',
    "Roads closed.\tأغلقت الطرق.\t",
    "Schools opened.\tفتحت المدارس.\tقوتابخانەکان کرانەوە.",
]
NAMES = ["document", "a.1", "a.1", "b.2"]


def question(**fields):
    usual = {
        "id": "q", "document": "a.1", "language": "en", "question": "What closed?", "kind": "what",
        "style": "plain", "evidence": [1], "answers": {"en": ["Roads"], "ar": ["الطرق"]},
        "also": [], "near": [], "swapped": None,
    }  # fmt: skip
    return WrittenQuestion(**{**usual, **fields})


def test_a_document_has_the_versions_that_are_whole(tmp_path):
    found = read_documents(ntrex(tmp_path, TEXTS, NAMES))
    first, second = found["a.1"], found["b.2"]
    assert (set(first.versions), set(second.versions)) == ({"en", "ar"}, {"en", "ar", "ckb"})
    assert first.text("en") == 'The "river" rose. Roads closed.'
    for language in first.versions:
        cut = [first.text(language)[start:end] for start, end in first.spans(language)]
        assert cut == list(first.versions[language])


def test_a_folder_that_does_not_fit_is_told(tmp_path):
    with pytest.raises(DalilError, match=r"ntrex\.multi\.tsv\.gz"):
        read_documents(tmp_path)
    with pytest.raises(DalilError, match="names 2 sentences"):
        read_documents(ntrex(tmp_path, TEXTS, NAMES[:-1]))


def test_answers_are_found_in_every_version_that_has_them(tmp_path):
    document = read_documents(ntrex(tmp_path, TEXTS, NAMES))["a.1"]
    assert list(faults(question(), document)) == []
    (span,) = answer_spans(question(), document, "ar")
    assert document.text("ar")[slice(*span)] == "الطرق"
    assert answer_spans(question(), document, "de") == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"evidence": [2]}, "does not have"),
        ({"near": [0]}, "both"),
        ({"evidence": [], "answers": {}}, "neither"),
        ({"answers": {"en": ["Bridges"]}}, "en answers"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, fields, said):
    document = read_documents(ntrex(tmp_path, TEXTS, NAMES))["a.1"]
    (fault,) = faults(question(**fields), document)
    assert said in fault


def test_a_question_that_measures_is_found_out(tmp_path):
    cases = tmp_path / "cases.jsonl"
    cases.write_text(json.dumps({"question": "How many families left the camp on Monday?"}))
    asked = [
        question(id="near", question="How many families left the camp on Mondays"),
        question(id="far", question="Who closed the bridge?"),
    ]
    assert [line.split()[0] for line in leaked(asked, [cases])] == ["near"]


@pytest.fixture(scope="module")
def questions():
    return read_questions()


@pytest.fixture(scope="module")
def articles():
    return read_documents()


def test_all_questions_on_our_own_articles_are_sound(questions, articles):
    asked = [q for q in questions if q.document in articles]
    short = {name for name in articles if name[0] in "wn"}
    assert sum(q.document not in short for q in asked) >= 15 * (len(articles) - len(short)) > 0
    # Each of six is asked in two languages; a few were dropped.
    assert sum(q.document in short for q in asked) >= 10 * len(short) > 0
    assert [fault for q in asked for fault in faults(q, articles[q.document])] == []
    assert {q.document for q in asked} == set(articles)


def test_there_are_as_many_of_each_kind_as_the_card_says(questions):
    assert len({q.id for q in questions}) == len(questions) >= 3_000
    unanswerable = [q for q in questions if not q.answerable]
    assert 0.28 < len(unanswerable) / len(questions) < 0.4
    assert sum(q.swapped is not None for q in unanswerable) > len(unanswerable) / 2
    kinds = Counter(q.kind for q in questions)
    assert set(kinds) == {
        "who", "where", "when", "how many", "how much", "why", "how", "yes/no", "list", "what"
    }  # fmt: skip
    assert min(kinds.values()) > 50
    assert {"ar", "en", "fr", "de", "fa", "tr", "es", "ckb", "ru", "kmr"} <= {
        q.language for q in questions
    }


def test_none_nearly_equals_a_question_that_measures(questions):
    assert len(CASES) > 0
    assert list(leaked(questions, CASES)) == []


def test_no_article_is_one_that_measures(articles):
    demo = [path.read_text(encoding="utf-8") for path in (ROOT / "corpus" / "demo").iterdir()]
    ours = [document.text(language) for document in articles.values() for language in ("ar", "en")]
    assert (NearDuplicates(demo).matches(ours) == -1).all()


def test_a_release_without_a_document_is_told(tmp_path):
    with pytest.raises(DalilError, match="are not in"):
        main(["--data", str(ntrex(tmp_path, TEXTS, NAMES))])
