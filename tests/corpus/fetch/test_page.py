"""The address by which a page is known, and the encoding of its text."""

import pytest

from corpus.fetch import page
from corpus.fetch.page import canonical_url, confined_canonical_url, in_utf8

HERE = "https://www.news.example/ar/a?utm_source=feed&id=7"


@pytest.mark.parametrize(
    ("head", "known"),
    [
        ("", "https://www.news.example/ar/a?id=7"),
        ("<link rel='canonical' href='/ar/a'>", "https://www.news.example/ar/a"),
        ("<link href='https://news.example/b#x' rel='Canonical'>", "https://news.example/b"),
        ("<link rel=canonical href='https://m.news.example/b?gclid=1'>",
         "https://m.news.example/b"),
        # Of another site, a home page, no address, or two that differ: not believed.
        ("<link rel=canonical href='https://other.example/a'>",
         "https://www.news.example/ar/a?id=7"),
        ("<link rel=canonical href='https://www.news.example/'>",
         "https://www.news.example/ar/a?id=7"),
        ("<link rel=canonical href='javascript:1'>", "https://www.news.example/ar/a?id=7"),
        ("<link rel=canonical href='https://[bad'>", "https://www.news.example/ar/a?id=7"),
        ("<link rel=canonical href='/a'><link rel=canonical href='/b'>",
         "https://www.news.example/ar/a?id=7"),
        ("<link rel=canonical href='/a'><link rel=canonical href='/a'>",
         "https://www.news.example/a"),
        ("<!-- <link rel=canonical href='/a'> -->", "https://www.news.example/ar/a?id=7"),
        ("<link rel=alternate href='/a'>", "https://www.news.example/ar/a?id=7"),
    ],
)  # fmt: skip
def test_a_page_is_known_by_its_own_address_of_the_same_site(head, known):
    assert canonical_url(f"<html><head>{head}</head><p>خبر".encode(), HERE) == known


@pytest.mark.parametrize(
    ("body", "known"),
    [
        ("<link rel=canonical href='/b'><p>text", "https://www.news.example/b"),
        ("", "https://www.news.example/ar/a?id=7"),
        ("\0", "https://www.news.example/ar/a?id=7"),
        ("<div>" * 100_000 + "<link rel=canonical href='/b'>", None),
        ("<link rel=canonical href='/b'>" * 20_000, "https://www.news.example/b"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><p>&b;" + "&b;" * 100_000, None),
        (f"<link rel=canonical href='/{'b' * 500_000}'>", None),
    ],
    ids=["page", "empty", "NUL", "deep", "many", "entities", "long"],
)
def test_a_page_is_parsed_in_a_process_of_its_own(body, known, monkeypatch):
    monkeypatch.setattr(page, "_canonical_links", lambda content: pytest.fail("parsed here"))
    found = confined_canonical_url(body.encode(), HERE)
    assert found.startswith(known or "https://www.news.example/")


@pytest.mark.parametrize(
    ("page", "header", "text"),
    [
        ("خبر".encode("cp1256"), "text/html; charset=Windows-1256", "خبر"),
        ("\ufeffخبر".encode(), "text/html; charset=windows-1256", "خبر"),
        ("\ufeffخبر".encode("utf-16"), "text/html", "\ufeffخبر"),
        ("<meta charset=utf-8>خبر".encode(), "text/html; charset=nothing",
         "<meta charset=utf-8>خبر"),
        ("“a”".encode("cp1252"), "text/html; charset=ISO-8859-1", "“a”"),
        # What a header says wrongly is not believed where it cannot be.
        ("<meta charset=cp1256>خبر".encode("cp1256"), "text/html; charset=utf-8",
         "<meta charset=cp1256>خبر"),
        ("خبر".encode(), "text/html", "خبر"),
        # Python knows codecs of these names that are none of text.
        ("خبر".encode(), "text/html; charset=hex", "خبر"),
        ("<meta charset=zlib>خبر".encode(), "text/html", "<meta charset=zlib>خبر"),
    ],
)  # fmt: skip
def test_a_text_comes_in_the_encoding_that_it_states(page, header, text):
    assert in_utf8(page, header).decode() == text
