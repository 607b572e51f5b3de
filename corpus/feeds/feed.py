"""RSS, Atom and news sitemaps to items; each element is read by its namespace.

By name alone other elements would be taken for it: `media:description` for the description,
`atom:updated` for `dc:date`, the last of several links for the article's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from html import escape, unescape

import regex
from lxml import etree

from corpus.errors import DalilError
from corpus.feeds.dates import feed_date
from corpus.feeds.sitemap import joined, read_index, read_urls
from corpus.fetch.page import in_utf8
from corpus.text.characters import without_unseen

# The elements of RSS 0.9x and 2.0 have no namespace; those of 0.90 and 1.0 have these.
_RSS = ("", "http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/")
_ATOM = ("http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#")
_CONTENT = ("http://purl.org/rss/1.0/modules/content/",)
_DUBLIN_CORE = ("http://purl.org/dc/elements/1.1/",)
_XML = "{http://www.w3.org/XML/1998/namespace}"
_TAG = regex.compile(r"</?[a-zA-Z][^<>]{0,500}>")
# Fewer words are the beginning of an article, whatever the element's name promises.
_LEAST_WORDS = 80
# No feed that is fetched each hour needs more; a sitemap may hold fifty thousand.
MOST_ITEMS = 1_000


@dataclass(frozen=True, slots=True)
class Item:
    """An article as a feed names it; unknown fields are `None`.

    `link` is absolute, `content` the whole article in HTML where the feed has it. `seal` changes
    when the feed says something else of the article.
    """

    link: str | None
    id: str | None
    title: str | None
    published: date | None
    content: str | None
    seal: str
    outlet: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed holds: its items, or the addresses of other sitemaps, newest first."""

    title: str | None
    items: Sequence[Item]
    sitemaps: Sequence[str] = ()


def decoded_feed(content: bytes, content_type: str = "") -> bytes:
    """Return a feed in UTF-8, unless it says itself in which encoding it is.

    Its own word counts before that of the header, `content_type`.
    """
    stated = b"encoding" in content[:200].partition(b"?>")[0]
    return content if stated else in_utf8(content, content_type)


def read_feed(content: bytes, url: str) -> Feed:
    """Return what a decoded feed holds that was found at `url`.

    There are `MOST_ITEMS` items at most, with dates by RFC 822 and W3C only. Raises `DalilError`
    for what is no feed.
    """
    root = _root(content)
    name = etree.QName(root)
    if name.localname == "rss" or name.localname == "RDF":
        return _rss(root, url)
    if name.localname == "feed" and (name.namespace or "") in _ATOM:
        return _atom(root, url)
    if name.localname == "sitemapindex":
        return Feed(None, (), read_index(root, url))
    if name.localname == "urlset":
        found = [
            Item(
                joined(url, entry.address), None, _line(entry.title),
                feed_date(entry.published or ""), None,
                _seal(entry.title, entry.published, entry.changed), _line(entry.outlet),
            )
            for entry in read_urls(root, MOST_ITEMS)
        ]  # fmt: skip
        return Feed(None, found)
    raise DalilError(
        f"The address holds <{name.localname}>, which is no feed. Give the address of an RSS or "
        "Atom feed or of a news sitemap."
    )


def _root(content: bytes) -> etree._Element:
    # Entities are never resolved and nothing is fetched; what is broken is passed over.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, remove_comments=True
    )
    try:
        root = etree.fromstring(content.lstrip(), parser)
    except (etree.LxmlError, ValueError) as error:
        raise DalilError("The address holds no feed: it is not XML. Check it anew.") from error
    if root is None:
        raise DalilError("The address holds no feed: it is empty. Check it anew.")
    return root


def _rss(root: etree._Element, url: str) -> Feed:
    channel = _child(root, "channel", _RSS)
    channel = root if channel is None else channel
    language = _text(channel, "language", _RSS) or _text(channel, "language", _DUBLIN_CORE)
    items = [each for each in root.iter() if _is(each, "item", _RSS)][:MOST_ITEMS]
    return Feed(
        _line(_text(channel, "title", _RSS)),
        [_rss_item(item, url, language) for item in items],
    )


def _rss_item(item: etree._Element, url: str, language: str | None) -> Item:
    guid = _child(item, "guid", _RSS)
    name = None if guid is None else _whole(guid).strip() or None
    link = _text(item, "link", _RSS) or _alternate(item, language)
    permanent = guid is not None and guid.get("isPermaLink", "true").lower() != "false"
    if not link and permanent and name and name.startswith(("http://", "https://")):
        link = name
    written = _text(item, "pubDate", _RSS) or _text(item, "date", _DUBLIN_CORE)
    content = _text(item, "encoded", _CONTENT)
    title, summary = _text(item, "title", _RSS), _text(item, "description", _RSS)
    return Item(
        joined(_base(item, url), link) if link else None,
        name,
        _line(title),
        feed_date(written or ""),
        _full(content if link else content or summary, any_length=not link),
        _seal(title, written, content or summary),
    )


def _atom(root: etree._Element, url: str) -> Feed:
    language = root.get(_XML + "lang")
    entries = [each for each in root if _is(each, "entry", _ATOM)][:MOST_ITEMS]
    return Feed(
        _line(_text(root, "title", _ATOM)),
        [_atom_item(entry, url, entry.get(_XML + "lang") or language) for entry in entries],
    )


def _atom_item(entry: etree._Element, url: str, language: str | None) -> Item:
    link = _alternate(entry, language)
    written = _text(entry, "published", _ATOM) or _text(entry, "issued", _ATOM)
    changed = _text(entry, "updated", _ATOM) or _text(entry, "modified", _ATOM)
    body = _child(entry, "content", _ATOM)
    content = None if body is None or body.get("src") else _markup(body)
    title = _child(entry, "title", _ATOM)
    words = None if title is None else _markup(title)
    return Item(
        joined(_base(entry, url), link) if link else None,
        _text(entry, "id", _ATOM),
        _line(words),
        feed_date(written or changed or ""),
        _full(content, any_length=not link),
        _seal(words, written, changed, content or _text(entry, "summary", _ATOM)),
    )


def _alternate(item: etree._Element, language: str | None) -> str | None:
    """Return the first link to the article itself, or the one in the feed's language."""
    links = [
        each for each in item
        if _is(each, "link", _ATOM) and each.get("href", "").strip()
        and each.get("rel", "alternate").lower() == "alternate"
        and each.get("type", "text/html").lower() in ("text/html", "application/xhtml+xml")
    ]  # fmt: skip
    own = [
        each for each in links if language and _primary(each.get("hreflang")) == _primary(language)
    ]
    found = (own or links)[:1]
    return found[0].get("href", "").strip() if found else None


def _primary(tag: str | None) -> str:
    return (tag or "").partition("-")[0].lower()


def _base(element: etree._Element, url: str) -> str:
    """Return the address from which links within `element` are meant (XML Base)."""
    bases = [each.get(_XML + "base") for each in (element, *element.iterancestors())]
    for base in reversed([base for base in bases if base]):
        url = joined(url, base) or url
    return url


def _markup(element: etree._Element) -> str:
    """Return the text of an Atom element as HTML (RFC 4287, 3.1.1)."""
    kind = element.get("type", "text").lower()
    if kind == "xhtml":
        return escape(element.text or "") + "".join(
            etree.tostring(each, encoding="unicode", method="html") for each in element
        )
    text = _whole(element)
    return text if kind in ("html", "text/html") else escape(text)


def _full(content: str | None, *, any_length: bool) -> str | None:
    if content is None or not content.strip():
        return None
    words = len(unescape(_TAG.sub(" ", content)).split())
    return content if any_length or words >= _LEAST_WORDS else None


def _line(text: str | None) -> str | None:
    """Return a title as one plain line; feeds write HTML into titles, escaped once or twice."""
    if text is None:
        return None
    plain = " ".join(without_unseen(unescape(_TAG.sub("", text))).split())
    return plain or None


def _seal(*said: str | None) -> str:
    """Return a digest of what a feed says of an item."""
    return blake2b(repr(said).encode("utf-8", "replace"), digest_size=16).hexdigest()


def _is(element: etree._Element, name: str, namespaces: Sequence[str]) -> bool:
    # Entities and instructions have no name.
    if not isinstance(element.tag, str):
        return False
    found = etree.QName(element)
    return found.localname == name and (found.namespace or "") in namespaces


def _child(element: etree._Element, name: str, namespaces: Sequence[str]) -> etree._Element | None:
    return next((each for each in element if _is(each, name, namespaces)), None)


def _text(element: etree._Element, name: str, namespaces: Sequence[str]) -> str | None:
    found = _child(element, name, namespaces)
    return None if found is None else _whole(found).strip() or None


def _whole(element: etree._Element) -> str:
    return "".join(str(part) for part in element.itertext())
