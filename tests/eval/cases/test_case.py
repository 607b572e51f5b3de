"""Cases are checked when they are read, and their evidence when it is placed."""

import json

import pytest

from corpus.article import Article
from corpus.errors import DalilError
from eval.cases.case import Case, Evidence, place, read_cases

GOOD = {
    "id": "a",
    "question": "كم عدد المنازل؟",
    "language": "ar",
    "answerable": True,
    "evidence": [{"article": "flood", "quote": "أربعين منزلاً"}],
}
FLOOD = Article("flood", "غمرت المياه أربعين منزلاً. ثم أربعين حقلاً.", source="news/flood.md")


def written(path, *records):
    lines = [r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in records]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_cases_of_a_folder_come_in_the_order_of_its_files(tmp_path):
    written(tmp_path / "b.jsonl", {**GOOD, "id": "second"}, "")
    written(tmp_path / "a.jsonl", {**GOOD, "id": "first", "history": ["من؟"]})
    first, second = read_cases(tmp_path)
    assert (first.id, first.history, second.id) == ("first", ("من؟",), "second")


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("{", "line 2"),
        ("[]", "line 2: Expected `object`"),
        ({**GOOD, "anwsers": ["40"]}, "anwsers"),
        ({**GOOD, "answerable": "yes"}, "answerable"),
        ({k: v for k, v in GOOD.items() if k != "language"}, "language"),
        (GOOD, "the id 'a' is used twice"),
        ({**GOOD, "id": "b", "question": " "}, "the question is empty"),
        ({**GOOD, "id": "b", "evidence": []}, "neither evidence nor answers"),
        ({**GOOD, "id": "b", "answerable": False}, "although answerable is false"),
        ({**GOOD, "id": "b", "evidence": [{"article": "flood"}]}, "quote"),
    ],
)
def test_what_is_no_case_is_told_with_file_and_line(tmp_path, bad, said):
    path = written(tmp_path / "mine.jsonl", GOOD, bad)
    with pytest.raises(DalilError, match=r"mine\.jsonl, line 2") as error:
        read_cases(path)
    assert said in str(error.value)


def test_a_folder_without_cases_and_a_missing_file_are_told(tmp_path):
    with pytest.raises(DalilError, match="no cases"):
        read_cases(tmp_path)
    with pytest.raises(DalilError, match="cannot be read"):
        read_cases(tmp_path / "none.jsonl")


def case(**evidence):
    given = Evidence(**{"article": "flood", "quote": "أربعين منزلاً", **evidence})
    return Case(id="a", question="?", language="ar", answerable=True, evidence=(given,))


@pytest.mark.parametrize("name", ["flood", "flood.md"])
def test_an_article_is_named_by_id_or_file(name):
    (placed,) = place([case(article=name)], [FLOOD])
    (span,) = placed.facts[0].spans
    assert FLOOD.text[span.start : span.end] == "أربعين منزلاً"
    assert span.article_id == "flood"
    assert placed.languages == ("und",)


@pytest.mark.parametrize(
    ("evidence", "said"),
    [
        ({"article": "fire"}, "not in the collection"),
        ({"quote": "ستين"}, "nowhere"),
        ({"quote": ""}, "nowhere"),
        ({"quote": "أربعين"}, "more than once"),
        ({"quote": "أربعين", "start": 3}, "nowhere"),
    ],
)
def test_evidence_that_cannot_be_placed_is_told(evidence, said):
    with pytest.raises(DalilError, match=said):
        place([case(**evidence)], [FLOOD])


def test_a_start_chooses_among_several_places():
    second = FLOOD.text.rindex("أربعين")
    (placed,) = place([case(quote="أربعين", start=second)], [FLOOD])
    assert placed.facts[0].spans[0].start == second


def test_the_digest_changes_with_what_scores_depend_on_alone():
    digest = case().digest
    assert case().digest == digest
    assert case(quote="منزلاً").digest != digest
    renamed = Case(id="b", question="?", language="en", answerable=True, evidence=case().evidence)
    assert renamed.digest == digest
