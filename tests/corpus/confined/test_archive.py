"""Zipped documents beyond limits, made here with the limits turned down."""

import io
import warnings
import zipfile
from dataclasses import replace

import pytest

from corpus.confined.archive import Archive
from corpus.confined.limits import LIMITS
from corpus.errors import DalilError


def zipped(members, method=zipfile.ZIP_DEFLATED):
    data = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(data, "w", method) as archive:
        warnings.simplefilter("ignore")
        for name, content in members:
            archive.writestr(name, content)
    return data.getvalue()


def test_members_are_read_by_their_names():
    archive = Archive(zipped([("word/a.xml", "نص"), ("b..c", "b")]))
    assert archive.names == {"word/a.xml", "b..c"}
    assert archive.read("word/a.xml").decode() == "نص"
    with pytest.raises(DalilError, match='no part "c"; save it anew'):
        archive.read("c")


def _encrypted():
    # The flag alone says so, in the directory and before the member.
    data = bytearray(zipped([("a", "b")]))
    for sign, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        data[data.index(sign) + place] |= 1
    return bytes(data)


BEYOND = {
    "no archive": (b"PK\x03\x04 and no more", "not a whole zipped document"),
    "cut": (zipped([("a", "b" * 99)])[:-30], "not a whole zipped document"),
    "upwards": (zipped([("../../a.xml", "b")]), '"../../a.xml", which leads out of it'),
    "absolute": (zipped([("/a.xml", "b")]), "which leads out of it"),
    "drive": (zipped([("C:\\a.xml", "b")]), "which leads out of it"),
    "twice": (zipped([("a", "b"), ("a", "c")]), 'two parts named "a"'),
    "many": (zipped([(str(number), "") for number in range(6)]), "has 6 parts, more than the 5"),
    "ratio": (zipped([("a", "b" * 3000)]), "more than 20 times its size"),
    "size": (zipped([(str(n), "b" * 3000) for n in range(4)]), "more than 0.009537 MiB"),
    "locked": (_encrypted(), "protected with a password"),
    "method": (zipped([("a", "b" * 50)], zipfile.ZIP_LZMA), "packed in an unusual way"),
}
LOW = replace(LIMITS, members=5, ratio=20, ratio_from=1000, unpacked=10_000, member=2000)


@pytest.mark.parametrize("name", BEYOND)
def test_an_archive_beyond_limits_is_told(name):
    data, told = BEYOND[name]
    with pytest.raises(DalilError) as error:
        Archive(data, LOW)
    assert told in str(error.value)
    assert ";" in str(error.value)


def test_a_member_too_large_or_damaged_is_told():
    archive = Archive(zipped([("a", "b" * 2001), ("c", "d")], zipfile.ZIP_STORED), LOW)
    with pytest.raises(DalilError, match="unpacks to more than"):
        archive.read("a")
    assert archive.read("c") == b"d"
    torn = zipped([("a", "b" * 50)], zipfile.ZIP_STORED).replace(b"bbb", b"bxb", 1)
    with pytest.raises(DalilError, match='"a" of the document is damaged'):
        Archive(torn, LOW).read("a")


def test_what_is_unpacked_counts_together():
    limits = replace(LOW, unpacked=3000)
    archive = Archive(zipped([("a", "b" * 1400), ("c", "d" * 1400)], zipfile.ZIP_STORED), limits)
    assert len(archive.read("a")) == len(archive.read("c")) == 1400
    with pytest.raises(DalilError, match="unpacks to more than"):
        archive.read("a")
