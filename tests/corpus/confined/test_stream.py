"""Archives are read in a process that asks for their bytes, and may die of a record."""

import io
import os
import time
from dataclasses import replace

import pytest

from corpus.confined.limits import LIMITS
from corpus.confined.stream import read_streamed
from corpus.errors import DalilError
from corpus.fields import Entry
from corpus.profiles.profile import Profile
from corpus.source import Source, bytes_source

# Long enough to start in, on a busy machine.
QUICK = replace(LIMITS, seconds=3)
BLOCK = 2**20


# Readers that do what an archive could make one do; the process finds them by name.
def lines(source, after=0):
    with source.open() as stream:
        for number, line in enumerate(stream, start=1):
            if number > after:
                yield Entry(None, number)
                text = line.decode().strip()
                if text == "die":
                    os.kill(os.getpid(), 9)
                if text == "sleep":
                    time.sleep(60)
                if text == "grow":
                    len(bytearray(2**32))
                yield Entry({"text": text}, number)


def sizes(source, after=0):
    with source.open() as stream:
        stream.seek(10 * BLOCK)
        first = stream.read(3)
        stream.seek(0)
        yield Entry({"text": first.decode(), "size": len(stream.read(2))}, 1)


def dies_first(source, after=0):
    os.kill(os.getpid(), 9)
    yield Entry({})


def floods(source, after=0):
    for number in range(10_000):
        yield Entry({"text": "x" * 2000}, number)


def skips(source, after=0):
    yield Entry({"text": str(len(source.profiles)), "host": source.profiles[0].hosts[0]}, 1)
    yield Entry(None, 2, skipped="image")
    yield Entry(None, 3, "No.")
    raise DalilError("The archive is torn; get it anew.")


def read_all(read, text="", limits=LIMITS):
    return [
        entry.values["text"] if entry.values else (entry.line, entry.skipped or entry.error)
        for entry in read_streamed(read, bytes_source("a.warc", text.encode()), limits)
    ]


def test_what_is_found_comes_as_it_is_found():
    assert read_all(lines, "one\nفُتح\n\ntwo") == ["one", "فُتح", "", "two"]


@pytest.mark.parametrize(("bad", "why"), [("die", "ended the process"), ("sleep", "longer than")])
def test_a_record_that_ends_the_process_is_named_and_the_rest_is_read(bad, why):
    one, (line, told), two = read_all(lines, f"one\n{bad}\ntwo", QUICK)
    assert (one, line, two) == ("one", 2, "two")
    assert why in told


def test_memory_is_limited_and_the_sentence_ends_the_reading():
    with pytest.raises(DalilError, match="needs more than 2,048 MiB of memory"):
        read_all(lines, "one\ngrow\ntwo", LIMITS)


def test_a_process_that_dies_again_and_again_is_given_up():
    with pytest.raises(DalilError, match="ended the process"):
        read_all(lines, "die\n" * 4, replace(LIMITS, deaths=2))
    with pytest.raises(DalilError, match="ended the process"):
        read_all(dies_first)


def test_texts_are_limited_together():
    with pytest.raises(DalilError, match="more than 1 MiB of text"):
        read_all(floods, limits=replace(LIMITS, texts=2**20))


def test_profiles_reach_the_reader_and_its_faults_come_back():
    source = replace(bytes_source("a.warc", b""), profiles=(Profile("n", ("news.example",)),))
    entries = read_streamed(skips, source)
    assert next(entries).values == {"text": "1", "host": "news.example"}
    assert next(entries).skipped == "image"
    assert next(entries).error == "No."
    with pytest.raises(DalilError, match="The archive is torn"):
        next(entries)


class Counted(io.BytesIO):
    most = 0

    def read(self, size=-1):
        data = super().read(size)
        Counted.most += len(data)
        return data


def test_only_what_is_asked_for_is_read():
    """An archive may be larger than the memory."""
    Counted.most = 0
    data = bytes(10 * BLOCK) + b"abc" + bytes(10 * BLOCK)
    source = Source("a", "a", ".warc", lambda: Counted(data))
    (entry,) = read_streamed(sizes, source)
    assert entry.values == {"text": "abc", "size": 2}
    assert Counted.most <= 2 * BLOCK + 3


def test_a_reading_that_is_left_ends_its_process():
    entries = read_streamed(lines, bytes_source("a", b"one\ntwo\n"))
    assert next(entries).values == {"text": "one"}
    entries.close()
    assert list(entries) == []


def test_a_file_that_cannot_be_opened_is_said_to_be_so():
    def gone():
        raise FileNotFoundError(2, "No such file or directory")

    with pytest.raises(DalilError, match="cannot be read"):
        list(read_streamed(lines, Source("a", "a", ".warc", gone)))
