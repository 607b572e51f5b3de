"""Files and bytes are read in one way, and named each in its own."""

import os
from pathlib import Path

import pytest

from corpus.errors import DalilError
from corpus.load import load_articles, load_sources
from corpus.source import MAX_BYTES, bytes_source, file_source

LINES = '{"text": "نص أول."}\n{"text": " "}\n{"text": "نص ثان.", "source": "archive"}\n'


def test_a_file_and_its_bytes_give_the_same_articles(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(LINES, encoding="utf-8")
    of_file = list(load_articles(path))
    of_bytes = list(load_sources([bytes_source("a.jsonl", LINES.encode())]))
    assert [(one.line, one.error) for one in of_file] == [(one.line, one.error) for one in of_bytes]
    assert [one.article.id for one in of_bytes if one.article] == ["a.jsonl:1", "a.jsonl:3"]
    assert [one.article.source for one in of_bytes if one.article] == ["a.jsonl", "archive"]
    assert [one.article.id for one in of_file if one.article] == [f"{path}:1", f"{path}:3"]


def test_a_file_is_labelled_as_given_and_known_by_its_whole_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source = file_source("./x/../b.TXT")
    assert (source.label, source.kind) == ("./x/../b.TXT", ".txt")
    assert source.identity == os.path.normpath(Path.cwd() / "b.TXT")


def test_a_file_may_come_after_its_source(tmp_path):
    source = file_source(str(tmp_path / "a.txt"))
    with pytest.raises(DalilError, match="No such file"):
        source.content()
    (tmp_path / "a.txt").write_bytes(b"text")
    assert source.content() == source.content() == b"text"


def test_the_largest_source_is_read_and_a_larger_one_is_not(tmp_path):
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES)
    assert len(file_source(str(path)).content()) == MAX_BYTES
    with path.open("ab") as file:
        file.write(b"x")
    with pytest.raises(DalilError, match="larger than 64 MiB"):
        file_source(str(path)).content()


def test_two_sources_of_one_identity_are_told_apart_by_their_labels():
    sources = [
        bytes_source("a.txt", b"The market opens."),
        bytes_source("b.jsonl", b'{"id": "a.txt", "text": "The market closes."}'),
    ]
    first, second = load_sources(sources)
    assert first.article.id == "a.txt"
    assert (second.label, second.line, second.article) == ("b.jsonl", 1, None)
    assert '"a.txt" stands for another article at a.txt;' in second.error


def test_fields_are_mapped_only_where_the_source_names_them():
    sources = [bytes_source("a.txt", b"One."), bytes_source("b.jsonl", b'{"body": "Two."}')]
    found = load_sources(sources, fields={"text": "body"})
    assert [one.article.text for one in found] == ["One.", "Two."]
    with pytest.raises(DalilError, match="no field"):
        list(load_sources(sources, fields={"txt": "body"}))
