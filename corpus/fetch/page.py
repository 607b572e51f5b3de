"""What a page that was fetched says of itself: its address, and the encoding of its text."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from typing import cast
from urllib.parse import urljoin, urlsplit

import regex

from corpus.confined.process import read_confined
from corpus.fields import Entry
from corpus.source import Source, bytes_source

# What campaigns, mail programs and networks append to an address to tell readers apart.
_TRACKING = frozenset(
    ("fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "ttclid",
     "igshid", "igsh", "mc_cid", "mc_eid", "_hsenc", "_hsmi", "mkt_tok", "vero_id", "srsltid",
     "cmpid", "_ga", "_gl")
)  # fmt: skip
_TRACKING_BEGINS = ("utm_", "at_campaign", "at_medium", "pk_", "mtm_")
# Editions of a site for other devices, under names of their own.
_EDITIONS = ("www.", "m.", "mobile.", "amp.")
_CHARSET = regex.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", regex.I)
_DECLARED = regex.compile(rb"""\A\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w.:-]{1,40})""")
_MARKS = {
    codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be",
}  # fmt: skip
# Pages that name these mean their supersets (WHATWG Encoding Standard, 4.2).
_MEANT = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030"}


def without_tracking(url: str) -> str:
    """Return an address without its fragment and what only tells readers apart.

    >>> without_tracking("https://news.example/a?utm_source=feed&id=7&fbclid=x#top")
    'https://news.example/a?id=7'
    >>> without_tracking("https://news.example/a?b&c=%D8%A3")
    'https://news.example/a?b&c=%D8%A3'
    """
    parts = urlsplit(url)
    pairs = parts.query.split("&") if parts.query else []
    kept = [pair for pair in pairs if not _is_tracking(pair.partition("=")[0].lower())]
    return parts._replace(query="&".join(kept), fragment="").geturl()


def _is_tracking(name: str) -> bool:
    return name in _TRACKING or name.startswith(_TRACKING_BEGINS)


def canonical_url(content: bytes, final_url: str) -> str:
    """Return the address by which an HTML page is known, `final_url` being where it was found.

    It is the page's own `rel=canonical` if there is one of the same site, other editions of it
    included; home pages, which careless sites name on every page, don't count.

    >>> page = b'<link rel="canonical" href="/a"><p>text'
    >>> canonical_url(page, "https://m.news.example/a?x=1&utm_medium=feed")
    'https://m.news.example/a'
    >>> canonical_url(b'<link rel=canonical href="https://other.example/">', "http://a.example/b")
    'http://a.example/b'
    """
    return _known(_canonical_links(content), final_url)


def confined_canonical_url(content: bytes, final_url: str) -> str:
    """Return what `canonical_url` does; the page is parsed in the process that reads pages.

    Raises `DalilError` for a page that met a limit there.
    """
    source = bytes_source(final_url, content, kind=".html")
    (found,) = read_confined(canonical_links, source, quick=True)
    return _known(cast("list[str]", (found.values or {})["canonical"]), final_url)


def canonical_links(source: Source) -> Iterator[Entry]:
    """Yield one entry with what a page calls its canonical addresses."""
    yield Entry({"canonical": _canonical_links(source.content())})


def _known(links: Iterable[str], final_url: str) -> str:
    found = without_tracking(final_url)
    try:
        named = {urljoin(final_url, href) for href in links}
        one = named.pop() if len(named) == 1 else final_url
        parts = urlsplit(one)
        same = _site(parts.hostname) == _site(urlsplit(final_url).hostname)
    except ValueError:
        return found
    home = not parts.path.strip("/") and not parts.query
    if parts.scheme not in ("http", "https") or not same or home or "@" in parts.netloc:
        return found
    return without_tracking(one)


def _canonical_links(content: bytes) -> list[str]:
    from lxml import etree

    parser = etree.HTMLParser(no_network=True, remove_comments=True)
    try:
        tree = etree.fromstring(content, parser)
    except (etree.LxmlError, ValueError):
        return []
    links = [] if tree is None else tree.iter("link")
    return [
        link.get("href", "").strip()
        for link in links
        if "canonical" in link.get("rel", "").lower().split() and link.get("href", "").strip()
    ]


def _site(host: str | None) -> str:
    name = (host or "").lower().rstrip(".")
    for edition in _EDITIONS:
        name = name.removeprefix(edition)
    return name


def in_utf8(content: bytes, content_type: str) -> bytes:
    """Return a text in UTF-8 if it says in which encoding it is, else as it is.

    A byte order mark counts first, then the header, then what the text itself declares.

    >>> page = '<meta charset="windows-1256"><p>خبر'.encode("cp1256")
    >>> in_utf8(page, "text/html").decode()
    '<meta charset="windows-1256"><p>خبر'
    """
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace").encode()
    declared = _DECLARED.search(content[:200]) or _CHARSET.search(content[:4_096])
    for name in (charset_of(content_type), declared and declared[1].decode("ascii")):
        stated = _encoding(name)
        if stated is not None:
            try:
                return content.decode(stated).encode()
            # Python has codecs of another kind, too, which decode no text (hex, zlib).
            except (UnicodeError, LookupError):
                continue
    return content


def charset_of(content_type: str) -> str | None:
    """Return the `charset` of a Content-Type, `None` without one."""
    for part in content_type.split(";")[1:]:
        name, _, value = part.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'") or None
    return None


def _encoding(name: str | None) -> str | None:
    try:
        known = codecs.lookup(name or "").name
    except LookupError:
        return None
    return _MEANT.get(known, known)
