"""Files that harm who reads them are named, and the next one is read."""

import os
import time
from dataclasses import replace

import pytest

from corpus.confined.limits import LIMITS
from corpus.confined.process import ReadingProcess
from corpus.errors import DalilError
from corpus.fields import Entry
from corpus.source import bytes_source

GOOD = bytes_source("a.txt", "فُتح المعبر.".encode())


# Readers that do what a file could make one do; the process finds them by name.
def pid(source):
    yield Entry({"text": str(os.getpid()), "title": source.label, "outlet": source.kind})


def text(source):
    yield Entry({"text": source.content().decode()}, 3)
    yield Entry(None, 4, "No.")


def sleeps(source):
    yield Entry({"text": "first"})
    time.sleep(60)


def works(source):
    while True:
        pass


def dies(source):
    os.kill(os.getpid(), 9)
    yield Entry({})


def grows(source):
    yield Entry({"text": "x" * len(bytearray(2**31))})


def prints(source):
    os.write(1, b"7\ngarbage")
    print("9\n")  # noqa: T201
    yield Entry({"text": "\ud800"})


def fails(source):
    yield Entry({"text": "first"})
    raise KeyError("word/document.xml")


def refuses(source):
    yield Entry({"text": "first"})
    raise DalilError("The file is torn; mend it.")


def floods(source):
    while True:
        yield Entry({"text": "x" * 2000})


def writes(source):
    try:
        with open("written-by-a-reader", "w") as file:  # noqa: PTH123
            file.write("x")
    finally:
        # A name without a byte may be made.
        os.remove("written-by-a-reader")  # noqa: PTH107
    yield Entry({"text": "written"})


def nests(source):
    yield from nests(source)


@pytest.fixture(scope="module")
def process():
    process = ReadingProcess(replace(LIMITS, seconds=20, memory=2**30, reply=200_000))
    yield process
    process.close()


@pytest.fixture(scope="module")
def hasty():
    process = ReadingProcess(replace(LIMITS, seconds=2))
    yield process
    process.close()


def test_fields_come_back_as_they_were_read(process):
    assert list(process.read(text, GOOD)) == [
        Entry({"text": "فُتح المعبر."}, 3), Entry(None, 4, "No."),
    ]  # fmt: skip


def test_one_process_reads_many_files_and_knows_their_names(process):
    first, second = (next(process.read(pid, GOOD)) for _ in range(2))
    assert first == second
    assert first.values["text"] != str(os.getpid())
    assert (first.values["title"], first.values["outlet"]) == ("a.txt", ".txt")


@pytest.mark.parametrize(
    ("reader", "told"),
    [
        (dies, "ended the process that read it (signal 9); it may be damaged"),
        (grows, "needs more than 1,024 MiB of memory; split it"),
        (fails, "cannot be read (KeyError); it may be damaged"),
        (refuses, "The file is torn; mend it."),
        (nests, "nests too deeply to be read; save its text"),
        (writes, "cannot be read (OSError)"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_a_file_does_is_told_and_the_next_one_is_read(process, reader, told):
    with pytest.raises(DalilError) as error:
        list(process.read(reader, GOOD))
    assert told in str(error.value)
    assert next(process.read(text, GOOD)).values == {"text": "فُتح المعبر."}


def test_what_was_read_before_a_fault_is_kept(process):
    found = process.read(refuses, GOOD)
    assert next(found).values == {"text": "first"}
    with pytest.raises(DalilError, match="torn"):
        next(found)


def test_what_a_reader_prints_is_no_reply_and_lone_surrogates_pass(process):
    assert [entry.values for entry in process.read(prints, GOOD)] == [{"text": "\ud800"}]


def test_an_endless_reader_is_stopped_by_the_clock(hasty):
    begun = time.monotonic()
    with pytest.raises(DalilError, match="longer than 2 seconds and was stopped; split it"):
        list(hasty.read(sleeps, GOOD))
    assert time.monotonic() - begun < 10


def test_an_endless_reader_is_stopped_by_its_work():
    process = ReadingProcess(replace(LIMITS, processor_seconds=1))
    with pytest.raises(DalilError, match="longer than 1 seconds of work and was stopped; split"):
        list(process.read(works, GOOD))
    process.close()


def test_a_reply_without_end_is_cut_off(process):
    with pytest.raises(DalilError, match="more than 200,000 bytes of text; split it"):
        list(process.read(floods, GOOD))


def test_a_label_that_is_no_text_is_no_fault(process):
    source = bytes_source("a\udcff.txt", b"x")
    assert next(process.read(pid, source)).values["title"] == "a?.txt"


def test_a_process_ended_from_outside_is_started_again(process):
    (entry,) = process.read(pid, GOOD)
    os.kill(int(entry.values["text"]), 9)
    # Dead or dying, it is not this file's fault.
    (again,) = process.read(pid, GOOD)
    assert again.values["text"] != entry.values["text"]
