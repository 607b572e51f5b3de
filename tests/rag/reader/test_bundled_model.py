"""The bundled reader: any text, any length, alike alone and beside others."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rag.reader
from corpus.errors import DalilError
from corpus.text.sentences import sentence_spans
from rag.reader import BUNDLED, Excerpt, load_reader
from rag.reader.bundled_model import FILES, BundledReader
from rag.reader.protocol import UNREAD

FOLDER = Path(rag.reader.__file__).parent / "bundled"
FERRY = "The ferry leaves Arwad at six. It carries forty passengers. Fog kept it in port on Monday."
ARABIC = "أعلنت الوزارة افتتاح الجسر يوم الأحد. بلغت كلفة الجسر 12 مليون ليرة. حضر الافتتاح عشرات."


def excerpt(text):
    return Excerpt(text, [(start, end) for start, end in sentence_spans(text)])


def test_sentences_and_words_that_answer_are_found_across_languages():
    for question, text, sentence, words in (
        ("How many passengers does the ferry carry?", FERRY, 1, "forty"),
        ("When does the ferry leave Arwad?", FERRY, 0, "six"),
        ("كم بلغت كلفة الجسر؟", ARABIC, 1, "12 مليون"),
        ("How much did the bridge cost?", ARABIC, 1, "12 مليون"),
    ):
        (found,) = BUNDLED.read(question, [excerpt(text)])
        assert int(np.argmax(found.sentences)) == sentence
        start, end = found.words[sentence]
        assert words in text[start:end]
        first, last = excerpt(text).spans[sentence]
        assert first <= start < end <= last


def test_what_answers_is_likelier_than_what_does_not():
    question = "How many passengers does the ferry carry?"
    other = "The ferry leaves Arwad at six. Fog kept it in port on Monday."
    with_it, without = BUNDLED.read(question, [excerpt(FERRY), excerpt(other)])
    assert with_it.answers > without.answers + 1


def test_excerpts_are_read_alike_alone_and_beside_others():
    texts = [excerpt(text) for text in (FERRY, ARABIC, "Short.", FERRY + " " + ARABIC, "أ")]
    together = BUNDLED.read("When does it leave?", texts)
    # One that has read nothing yet, since what was read is remembered.
    other = BundledReader(FOLDER)
    for alone, beside in zip(texts, together, strict=True):
        (single,) = other.read("When does it leave?", [alone])
        np.testing.assert_array_equal(single.sentences, beside.sentences)
        assert single.words == beside.words


def test_every_sentence_of_a_long_text_is_read():
    filler = " ".join(f"Road {number} of the province was closed again." for number in range(80))
    text = f"{filler} {FERRY}"
    (found,) = BUNDLED.read("How many passengers does the ferry carry?", [excerpt(text)])
    assert (found.sentences > UNREAD).all()
    best = int(np.argmax(found.sentences))
    start, end = found.words[best]
    assert "forty" in text[start:end]


def test_of_a_text_without_end_only_the_beginning_is_read():
    text = f"{FERRY} {'road ' * 40_000}. {FERRY}"
    (found,) = BUNDLED.read("How many passengers does the ferry carry?", [excerpt(text)])
    assert int(np.argmax(found.sentences)) == 1
    assert (found.sentences[-3:] == UNREAD).all()


@given(st.text(max_size=40), st.lists(st.text(max_size=80), max_size=3))
@settings(max_examples=40, deadline=None)
def test_any_text_can_be_read(question, texts):
    asked = [excerpt(text) for text in texts]
    found = BUNDLED.read(question, asked)
    assert [len(each.sentences) for each in found] == [len(each.spans) for each in asked]
    for each, read in zip(asked, found, strict=True):
        assert np.isfinite(read.sentences).all()
        assert np.isfinite(read.answers)
        for (first, last), words in zip(each.spans, read.words, strict=True):
            assert words is None or first <= words[0] <= words[1] <= last


def test_a_very_long_question_leaves_room_for_the_text():
    (found,) = BUNDLED.read("لماذا " * 500, [excerpt(ARABIC)])
    assert (found.sentences > UNREAD).any()


@pytest.mark.parametrize("name", ["config.json", *FILES])
def test_a_folder_that_is_not_whole_or_damaged_is_told(tmp_path, name):
    shutil.copytree(FOLDER, tmp_path / "whole")
    path = tmp_path / "whole" / name
    path.write_bytes(b"\x00 damaged")
    with pytest.raises(DalilError, match="damaged"):
        BundledReader(tmp_path / "whole").read("?", [excerpt(FERRY)])
    path.unlink()
    with pytest.raises(DalilError, match=rf"{name}.* is missing"):
        BundledReader(tmp_path / "whole").read("?", [excerpt(FERRY)])


def test_another_schema_is_told(tmp_path):
    shutil.copytree(FOLDER, tmp_path / "other")
    path = tmp_path / "other" / "config.json"
    path.write_text(path.read_text().replace('"schema": 1', '"schema": 99'))
    with pytest.raises(DalilError, match="another schema"):
        BundledReader(tmp_path / "other").read("?", [excerpt(FERRY)])


def test_readers_are_had_by_name():
    assert load_reader("none") is None
    assert load_reader("bundled") is BUNDLED
