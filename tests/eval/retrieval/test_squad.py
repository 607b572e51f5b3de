"""Files to questions and texts: the join, the units, and what is told of bad files."""

import gzip
import json

import pytest

from corpus.errors import DalilError
from eval.retrieval.squad import read_task


def test_questions_of_one_language_meet_paragraphs_of_another(pair):
    task = read_task(pair.english, pair.arabic, "paragraph")
    assert task.questions == pair.questions
    assert [text.split()[0] for text in task.texts] == ["تغادر", "تصلح", "خسر"]
    assert task.right.tolist() == [0, 0, 1, 2]
    assert task.paragraphs.tolist() == [0, 1, 2]


def test_sentences_are_split_by_us_where_the_file_has_none(pair):
    task = read_task(pair.english, pair.arabic, "sentence")
    assert task.texts == [
        "تغادر العبّارة أرواد في السادسة.",
        "وهي تحمل أربعين راكبًا.",
        "تصلح سلمى درويش الساعات في طرطوس.",
        "افتتحت ورشتها عام 1987.",
        "خسر البستان زيتونه بسبب الصقيع.",
    ]
    assert task.right.tolist() == [0, 1, 3, 4]
    assert task.paragraphs.tolist() == [0, 0, 1, 1, 2]


def test_the_sentences_of_the_file_come_before_ours(pair, write_squad):
    paragraphs = json.loads(pair.arabic.read_text(encoding="utf-8"))["data"][0]["paragraphs"]
    first, text = paragraphs[0], paragraphs[0]["context"]
    cut = text.index("في السادسة")
    # No splitter would cut here; the blank before the cut belongs to neither sentence.
    first["sentence_breaks"] = [[0, cut - 1], [cut, len(text)]]
    first["sentences"] = ["تغادر العبّارة أرواد", "في السادسة. وهي تحمل أربعين راكبًا."]
    task = read_task(pair.english, write_squad("breaks.json", paragraphs), "sentence")
    assert task.texts[:2] == first["sentences"]
    assert task.right.tolist() == [1, 1, 3, 4]
    first["qas"][0]["answers"][0]["answer_start"] = cut - 1
    task = read_task(pair.english, write_squad("blank.json", paragraphs), "sentence")
    assert task.right.tolist() == [1, 1, 3, 4]


def test_passages_may_hold_more_questions_than_are_asked(pair, write_squad):
    paragraphs = json.loads(pair.english.read_text(encoding="utf-8"))["data"][0]["paragraphs"]
    task = read_task(write_squad("some.json", paragraphs[1:]), pair.arabic, "paragraph")
    assert (len(task.questions), task.right.tolist(), len(task.texts)) == (2, [1, 2], 3)


def test_impossible_questions_are_left_out(pair, write_squad):
    paragraphs = json.loads(pair.english.read_text(encoding="utf-8"))["data"][0]["paragraphs"]
    paragraphs[0]["qas"][0].update(is_impossible=True, answers=[])
    task = read_task(write_squad("two.json", paragraphs), pair.arabic, "sentence")
    assert task.questions == pair.questions[1:]


def test_gzipped_files_read_the_same(pair, tmp_path):
    packed = tmp_path / "ar.json.gz"
    packed.write_bytes(gzip.compress(pair.arabic.read_bytes()))
    plain = read_task(pair.english, pair.arabic, "sentence")
    assert read_task(pair.english, packed, "sentence").texts == plain.texts


PARAGRAPH = {"context": "One. Two.", "qas": [{"id": "a", "question": "b", "answers": []}]}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "cannot be read"),
        (b"\x1f\x8b broken", "cannot be read"),
        (b"\xff\xfe", "not JSON"),
        (b"{", "not JSON"),
        (b"[]", "SQuAD's format"),
        (b'{"data": [{"paragraphs": [{"qas": []}]}]}', "'context' is missing"),
        (b'{"data": [{"paragraphs": [{"context": 3, "qas": []}]}]}', "not int"),
        (b'{"data": [{"paragraphs": ["text"]}]}', "SQuAD's format"),
        (b'{"data": []}', "lacks 4 of the 4"),
    ],
)
def test_a_bad_file_is_named_in_a_sentence(pair, tmp_path, content, told):
    bad = tmp_path / "bad.json"
    if content is not None:
        bad.write_bytes(content)
    with pytest.raises(DalilError, match=told) as raised:
        read_task(pair.english, bad, "paragraph")
    assert str(bad) in str(raised.value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, "starts in no sentence"),
        ({"qas": PARAGRAPH["qas"] * 2}, "twice"),
        ({"qas": []}, "no question"),
        ({"sentences": ["One."], "sentence_breaks": []}, "1 sentences with 0"),
        ({"qas": [{"id": "a", "question": "b", "answers": [{"answer_start": 99}]}]}, "no sentence"),
        ({"qas": [{"id": "a", "question": "b", "answers": [{"answer_start": -2}]}]}, "no sentence"),
    ],
)
def test_a_bad_paragraph_is_told_with_its_file(write_squad, change, told):
    path = write_squad("bad.json", [{**PARAGRAPH, **change}])
    with pytest.raises(DalilError, match=told) as raised:
        read_task(path, path, "sentence")
    assert str(path) in str(raised.value)
