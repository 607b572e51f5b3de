"""Web archives among other files: what is added, what is told, and what stops an import."""

import sys

import pytest

from corpus.load import load_articles, load_sources
from corpus.profiles.profile import Profile, Profiles
from corpus.source import bytes_source
from corpus.unread import Notice, notice_lines, unread_files
from eval.studies.files.archives import packed, page, record, response

SITE = "https://news.example/"
TEXT = "قال الوزير إن المعبر فتح صباح اليوم أمام المسافرين."
PAGE = page("فتح المعبر", TEXT, "وأضاف أن العمل يستمر حتى المساء.")
OTHER = page("جفاف في الشمال", "قلّ المطر هذا العام في الشمال وتأثرت به المزارع كلها.")
IMAGE = response(SITE + "i", b"x", media="image/png")
ARCHIVE = packed(response(SITE + "1", PAGE), IMAGE, IMAGE, response(SITE + "2", OTHER))


def _marks_left_out(read, source):
    return (one for one in read(source) if one.values or one.error or one.skipped)


@pytest.fixture
def here(monkeypatch):
    """Read in this process, which needs no start."""
    monkeypatch.setattr("corpus.load.read_streamed", _marks_left_out)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a.warc.gz").write_bytes(ARCHIVE)
    (tmp_path / "b.WARC").write_bytes(response(SITE + "3", PAGE))
    (tmp_path / "c.warc.wet.gz").write_bytes(
        packed(record("conversion", SITE + "4", TEXT.encode(), media="text/plain"))
    )
    return tmp_path


def test_archives_of_a_folder_are_read_and_what_is_no_page_is_counted(folder):
    told = []
    loaded = list(load_articles(folder, tell=told.append))
    assert [one.error for one in loaded] == [None] * 4
    assert [one.article.id for one in loaded] == [f"{SITE}{n}" for n in range(1, 5)]
    assert [one.article.url for one in loaded] == [f"{SITE}{n}" for n in range(1, 5)]
    assert [one.line for one in loaded] == [1, 4, 1, 1]
    assert loaded[0].article.title == "فتح المعبر"
    assert TEXT in loaded[0].article.text
    assert loaded[0].article.published is None
    assert [(one.path.rpartition("/")[2], one.notice) for one in told] == [
        ("a.warc.gz", "2 pages read, 2 skipped: 2 images."),
        ("b.WARC", "1 page read."),
        ("c.warc.wet.gz", "1 page read."),
    ]
    assert notice_lines(told)[0].endswith("a.warc.gz: 2 pages read, 2 skipped: 2 images.")
    assert unread_files(folder) == []


def test_a_page_in_two_archives_is_added_once_and_fails_nothing(here):
    sent = [
        bytes_source("a.warc", response(SITE + "1", PAGE)),
        bytes_source("b.warc", response(SITE + "1", OTHER)),
    ]
    (loaded,) = load_sources(sent)
    assert TEXT in loaded.article.text


def test_a_bad_record_is_told_and_fails_nothing(here):
    told = []
    bad = response(SITE + "b", PAGE, WARC_Truncated="length")
    sent = bytes_source("a.warc", response(SITE + "1", PAGE) + bad)
    (loaded,) = load_sources([sent], tell=told.append)
    assert loaded.article
    assert told == [
        Notice("a.warc:2", f"{SITE}b: The crawler kept only a part of the page."),
        Notice("a.warc", "1 page read, 1 skipped: 1 unreadable record."),
    ]


def test_of_many_bad_records_some_are_named_and_all_are_counted(here):
    told = []
    bad = [response(f"{SITE}b{n}", PAGE, WARC_Truncated="length") for n in range(30)]
    sent = bytes_source("a.warc", b"".join([*bad, response(SITE + "1", PAGE)]))
    assert len(list(load_sources([sent], tell=told.append))) == 1
    assert len(told) == 21
    assert told[-1].notice == "1 page read, 30 skipped: 30 unreadable records."


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (IMAGE, "The archive holds no page of an article (0 pages read, 1 skipped: 1 image)."),
        (b"Once there was a text.", "The file is no web archive, or it is damaged"),
        (b"", "The archive holds no page of an article (0 pages read)."),
    ],
)
def test_an_archive_without_a_page_is_a_failure(here, data, why):
    told = []
    (loaded,) = load_sources([bytes_source("a.warc", data)], tell=told.append)
    assert loaded.error.startswith(why)
    assert told == []


def test_what_ends_an_archive_is_a_failure_and_its_pages_are_counted(here):
    told = []
    promise = record("response", SITE + "v", b"x", 2**41)
    sent = bytes_source("a.warc", packed(response(SITE + "1", PAGE), promise))
    page_read, failure = load_sources([sent], tell=told.append)
    assert page_read.article
    assert "unpacks to more than" in failure.error
    assert told[0].notice.startswith("1 page read. The archive unpacks")


def test_profiles_count_for_pages_of_archives_and_bad_ones_are_told(here):
    told = []
    profiles = Profiles((Profile("n", ("news.example",), outlet="مثال"),), ("x.toml: line 1: no.",))
    sent = bytes_source("a.warc", response(SITE + "1", PAGE))
    (loaded,) = load_sources([sent], profiles=profiles, tell=told.append)
    assert loaded.article.outlet == "مثال"
    assert told[0] == Notice("x.toml", "line 1: no.")


def test_without_fastwarc_the_error_says_how_to_install_it(monkeypatch):
    from corpus.readers.warc.read import read

    monkeypatch.setitem(sys.modules, "fastwarc.warc", None)
    with pytest.raises(Exception, match=r"pip install '\.\[warc\]'"):
        list(read(bytes_source("a.warc", ARCHIVE)))


def test_what_a_profile_lacks_is_told_once_for_all_pages(here):
    told = []
    profiles = Profiles((Profile("n", ("news.example",), title=("h6",), author=("h6",)),))
    sent = bytes_source("a.warc", response(SITE + "1", PAGE) + response(SITE + "2", OTHER))
    assert len(list(load_sources([sent], profiles=profiles, tell=told.append))) == 2
    assert len(told) == 2
    assert told[0].notice.startswith('2 pages: the profile n.toml finds nothing for "title". ')
