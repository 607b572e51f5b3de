"""Lines are read one at a time, and a bad one does not take the others with it."""

import codecs
import io
from itertools import islice

import pytest

from corpus.errors import DalilError
from corpus.fields import Entry
from corpus.readers import jsonl
from corpus.readers.jsonl import MAX_LINE_BYTES
from corpus.source import Source, bytes_source


class EndlessLines(io.RawIOBase):
    """A file of the same line again and again, longer than any memory."""

    LINE = '{"text": "وصلت القافلة."}\n'.encode()

    def __init__(self):
        self.position = 0

    def readable(self):
        return True

    def readinto(self, buffer):
        for index in range(len(buffer)):
            buffer[index] = self.LINE[(self.position + index) % len(self.LINE)]
        self.position += len(buffer)
        return len(buffer)

    def seekable(self):
        return True

    def seek(self, offset, whence=io.SEEK_SET):
        assert whence == io.SEEK_SET
        self.position = offset
        return offset

    def tell(self):
        return self.position


def read(content):
    return list(jsonl.read(bytes_source("a.jsonl", content)))


def test_a_line_is_read_when_it_is_asked_for():
    source = Source("a.jsonl", "a.jsonl", ".jsonl", lambda: io.BufferedReader(EndlessLines()))
    found = list(islice(jsonl.read(source), 2_000))
    assert {entry.values["text"] for entry in found} == {"وصلت القافلة."}
    assert found[-1].line == 2_000


def test_blank_lines_count_and_marks_are_dropped():
    content = codecs.BOM_UTF8 + '{"text": "a\u2028b"}\r\n\r\n  \n{"text": "ب"}'.encode()
    assert [(entry.line, entry.values) for entry in read(content)] == [
        (1, {"text": "a\u2028b"}),
        (4, {"text": "ب"}),
    ]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-8"])
def test_marked_encodings(encoding):
    (entry,) = read('{"text": "نص"}\n'.encode(encoding))
    assert entry == Entry({"text": "نص"}, 1)


def test_bad_encoding_in_one_line():
    bad, good = read(b'{"text": "\xc7"}\n{"text": "ok"}\n')
    assert (bad.line, bad.values) == (1, None)
    assert "byte offset 10" in bad.error
    assert good == Entry({"text": "ok"}, 2)


def test_line_without_end():
    bad, good = read(b'{"text": "' + b"a" * (MAX_LINE_BYTES * 2) + b'"}\n{"text": "ok"}\n')
    assert (bad.line, good.line) == (1, 2)
    assert "longer than" in bad.error
    assert good.values == {"text": "ok"}


def test_half_a_character_of_utf_16_is_named_with_its_line():
    (entry,) = read(codecs.BOM_UTF16_LE + b"a")
    assert entry.line == 1
    assert "UTF-16" in entry.error


class TornStream(io.BytesIO):
    """A file whose disk fails after the first line."""

    def readline(self, size=-1):
        if self.tell():
            raise OSError(5, "Input/output error")
        return super().readline(size)


def test_a_disk_that_fails_midway_is_told_and_keeps_what_was_read():
    content = b'{"text": "one"}\n{"text": "two"}\n'
    source = Source("a.jsonl", "a.jsonl", ".jsonl", lambda: TornStream(content))
    good, bad = jsonl.read(source)
    assert good.values == {"text": "one"}
    assert bad.line == 2
    assert "Input/output error" in bad.error


@pytest.mark.parametrize("content", [b"", b"\n \n", codecs.BOM_UTF8])
def test_a_source_without_lines_is_refused(content):
    with pytest.raises(DalilError, match="no articles; write one JSON object"):
        read(content)
