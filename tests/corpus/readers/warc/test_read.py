"""Web archives: which records are articles, and what is said of the others."""

import gzip
import zlib
from dataclasses import replace

import brotli
import pytest
import zstandard

from corpus.confined.limits import LIMITS
from corpus.errors import DalilError
from corpus.profiles.profile import Profile
from corpus.readers.warc.read import read
from corpus.source import bytes_source
from eval.studies.files.archives import chunked, packed, page, record, response

SITE = "https://news.example/"
PARAGRAPHS = (
    "قال الوزير إن المعبر فتح صباح اليوم أمام المسافرين.",
    "وأضاف أن العمل يستمر حتى المساء.",
)
PAGE = page("فتح المعبر", *PARAGRAPHS)


def found(*records, **options):
    data = records[0] if len(records) == 1 else b"".join(records)
    return [
        (one.line, one.values["url"] if one.values else one.skipped or one.error)
        for one in read(bytes_source("a.warc", data), **options)
        if one.values or one.skipped or one.error
    ]


def text_of(*records):
    (entry,) = [one for one in read(bytes_source("a.warc", b"".join(records))) if one.values]
    return entry.values["text"]


@pytest.mark.parametrize(
    "pack",
    [b"".join, lambda all_of: packed(*all_of),
     lambda all_of: gzip.compress(b"".join(all_of)),
             lambda all_of: b"".join(map(zstandard.compress, all_of))],
    ids=["plain", "gzip by record", "gzip as a whole", "zstd"],
)  # fmt: skip
def test_pages_are_read_however_the_archive_is_packed(pack):
    records = [response(f"{SITE}{n}", PAGE + b"<!-- %d -->" % n) for n in range(3)]
    assert found(pack(records)) == [(n + 1, f"{SITE}{n}") for n in range(3)]


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", lambda body: gzip.compress(body[:100]) + gzip.compress(body[100:])),
        ("deflate", zlib.compress),
        ("deflate", lambda body: zlib.compress(body)[2:-4]),
        ("br", brotli.compress),
        ("zstd", zstandard.compress),
        ("gzip, br", lambda body: brotli.compress(gzip.compress(body))),
        ("gzip", lambda body: body),
        ("br", lambda body: body),
    ],
)
@pytest.mark.parametrize("parted", [True, False, None])
def test_bodies_are_decoded(encoding, pack, parted):
    """`parted` is None where the crawler joined the chunks and kept the header."""
    headers = {"Content-Encoding": encoding}
    body = pack(PAGE)
    if parted is not False:
        headers["Transfer-Encoding"] = "chunked"
    first = response(SITE + "1", chunked(body) if parted else body, headers=headers)
    # FastWARC's own decoding ends behind such a record without a word.
    assert found(first, response(SITE + "2", PAGE)) == [(1, SITE + "1"), (2, SITE + "2")]
    assert PARAGRAPHS[1] in text_of(first)


@pytest.mark.parametrize(
    ("media", "head", "encoding"),
    [
        ("text/html; charset=windows-1256", "", "cp1256"),
        ("text/html", "<meta charset=windows-1256>", "cp1256"),
        # The header counts before what the page says, as in browsers.
        ("text/html; charset=windows-1256", "<meta charset=utf-8>", "cp1256"),
        ("text/html; charset=windows-1256", "", "utf-8-sig"),
        ("text/html", "", "utf-8"),
    ],
)
def test_the_encoding_of_letters_is_that_of_mark_header_or_page(media, head, encoding):
    body = PAGE.decode().replace("<meta charset=utf-8>", head).encode(encoding)
    assert PARAGRAPHS[0] in text_of(response(SITE + "1", body, media=media))


def test_the_address_is_the_canonical_one_of_the_same_site():
    own = PAGE.replace(b"<title>", b"<link rel=canonical href='/story/1'><title>")
    other = PAGE.replace(b"<title>", b"<link rel=canonical href='https://else.example/1'><title>")
    assert found(
        response("https://m.news.example/1?utm_source=x", own),
        response(f"<{SITE}2#top>", other),
    ) == [(1, "https://m.news.example/story/1"), (2, SITE + "2")]


def test_the_day_of_capture_is_no_day_of_publication():
    (undated,) = [one for one in read(bytes_source("a", response(SITE + "1", PAGE))) if one.values]
    assert undated.values["published"] is None
    meta = b'<meta property="article:published_time" content="2020-04-18T10:00:00Z"><title>'
    stated = response(SITE + "1", PAGE.replace(b"<title>", meta))
    (dated,) = [one for one in read(bytes_source("a", stated)) if one.values]
    assert dated.values["published"] == "2020-04-18"


def test_what_is_no_article_is_passed_over_by_what_it_is():
    kinds = {
        "redirect": response(SITE + "r", b"", "301 Moved", headers={"Location": SITE}),
        "error page": response(SITE + "e", PAGE, "404 Not Found"),
        "image": response(SITE + "i", b"x", media="image/png"),
        "style sheet or script": response(SITE + "s", b"x", media="text/css"),
        "recording": response(SITE + "v", b"x", media="video/mp4"),
        "other file": response(SITE + "p", b"x", media="application/pdf"),
        "front page": response(SITE, PAGE),
        "page without text": response(SITE + "w", b"<p></p>"),
    }
    rest = [
        record("warcinfo", SITE, b"a: b\r\n", media="application/warc-fields"),
        record("request", SITE + "a", b"GET / HTTP/1.1\r\n\r\n", media="application/http"),
        record("metadata", SITE + "a", b"a: b\r\n", media="application/warc-fields"),
        response(SITE + "206", PAGE, "206 Partial Content"),
        record("response", "dns:news.example", b"x", media="text/dns"),
    ]
    told = [what for _, what in found(*kinds.values(), *rest)]
    assert told == [*kinds, "error page", "other file"]


def test_a_page_that_was_captured_before_is_passed_over():
    again = record("revisit", SITE + "1", b"HTTP/1.1 304 Not Modified\r\n\r\n")
    other = PAGE.replace("صباح".encode(), "مساء".encode())
    named = other.replace(b"<title>", f"<link rel=canonical href='{SITE}1'><title>".encode())
    first = response(SITE + "1", PAGE)
    told = found(first, again, response(SITE + "1", other), response(SITE + "2", named))
    assert told == [(1, SITE + "1")] + [(n, "page captured before") for n in (2, 3, 4)]


def test_records_that_hold_the_page_itself_and_texts_of_pages():
    resource = record("resource", SITE + "1", PAGE, media="text/html; charset=utf-8")
    text = record("conversion", SITE + "2", "\n".join(PARAGRAPHS).encode(), media="text/plain")
    assert found(resource, text) == [(1, SITE + "1"), (2, SITE + "2")]
    assert text_of(text) == "\n".join(PARAGRAPHS)


GOOD, LAST = response(SITE + "1", PAGE), response(SITE + "2", PAGE)


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (response(SITE + "b", gzip.compress(PAGE)[:-20], headers={"Content-Encoding": "gzip"}),
         "The body is cut short or damaged."),
        (response(SITE + "b", brotli.compress(PAGE)[:-5], headers={"Content-Encoding": "br"}),
         "The body is cut short or damaged."),
        (response(SITE + "b", chunked(PAGE)[:-9], headers={"Transfer-Encoding": "chunked"}),
         "The body is cut short or its chunks are damaged."),
        (response(SITE + "b", PAGE, headers={"Content-Encoding": "own"}),
         'The body is packed as "own", which is not read.'),
        (response(SITE + "b", PAGE, WARC_Truncated="length"),
         "The crawler kept only a part of the page."),
        (record("response", SITE + "b", b"not HTTP at all"), "The record holds no HTTP response."),
        (response(SITE + "b", b"<p>" * 2**19), "The page is larger than 1 MiB."),
        (response(SITE + "b", gzip.compress(b"<p>" * 2**20), headers={"Content-Encoding": "gzip"}),
         "The page unpacks to more than 1 MiB."),
        (response(SITE + "b", brotli.compress(b"<p>" * 2**20), headers={"Content-Encoding": "br"}),
         "The page unpacks to more than 1 MiB."),
    ],
)  # fmt: skip
def test_a_bad_record_is_named_and_the_next_is_read(bad, why):
    told = found(packed(GOOD, bad, LAST), limits=replace(LIMITS, page=2**20))
    assert told == [(1, SITE + "1"), (2, f"{SITE}b: {why}"), (3, SITE + "2")]


@pytest.mark.parametrize("place", [20, 60, 150])
@pytest.mark.parametrize("first", [False, True])
def test_a_torn_record_is_named_and_the_next_is_read(place, first):
    torn = bytearray(gzip.compress(response(SITE + "t", PAGE)))
    torn[place] ^= 0xFF
    torn[place + 1] ^= 0xFF
    before = b"" if first else packed(GOOD)
    told = [what for _, what in found(before + bytes(torn) + packed(LAST))]
    assert told[-1] == SITE + "2"
    assert told[: not first] == ([] if first else [SITE + "1"])
    (fault,) = told[not first : -1]
    assert "damaged" in fault or "cut short" in fault


def test_what_stands_between_plain_records_is_passed_over():
    told = found(GOOD + b"torn\r\n" * 99 + LAST)
    assert [what for _, what in told if SITE in what] == [SITE + "1", SITE + "2"]


@pytest.mark.parametrize("pack", [b"".join, lambda records: packed(*records)])
def test_an_archive_that_is_cut_short_says_so_wherever_it_is_cut(pack):
    whole = pack([GOOD, response(SITE + "2", PAGE)])
    start = len(pack([GOOD]))
    for end in range(start + 5, len(whole) - 12, 23):
        told = found(whole[:end])
        assert told[0] == (1, SITE + "1")
        assert sum("damaged" in what or "cut short" in what for _, what in told) == 1, end
        assert (2, SITE + "2") not in told
    assert found(whole) == [(1, SITE + "1"), (2, SITE + "2")]


@pytest.mark.parametrize("data", [b"Once there was a text.\n" * 99, b"PK\x03\x04" + bytes(999)])
def test_what_is_no_archive_is_refused(data):
    with pytest.raises(DalilError, match="no web archive"):
        found(data)


def test_an_archive_that_unpacks_to_too_much_is_given_up_before_it_is_unpacked():
    promise = packed(GOOD, record("response", SITE + "v", b"x", 2**41))
    with pytest.raises(DalilError, match="unpacks to more than 200 times"):
        found(promise)


def test_reading_goes_on_behind_a_record():
    records = [response(f"{SITE}{n}", PAGE) for n in (1, 2, 3, 1)]
    assert found(*records, after=2) == [(3, SITE + "3"), (4, "page captured before")]


def test_a_page_is_read_with_the_profile_of_its_site():
    source = bytes_source("a.warc", response("https://www.news.example/1", PAGE))
    profile = Profile("n", ("news.example",), outlet="مثال", article=("p:first-of-type",))
    nothing = replace(profile, article=(".none",))
    for one, text, note in ((profile, None, None), (nothing, PARAGRAPHS[1], '"article"')):
        (entry,) = [e for e in read(replace(source, profiles=(one,))) if e.values]
        assert entry.values["outlet"] == "مثال"
        assert len(entry.notices) == (note is not None)
        assert note is None or note in entry.notices[0]
        assert text is None or text in entry.values["text"]
