"""What a file holds whose name does not say it: a page, objects, a table, or what is no text."""

from __future__ import annotations

import codecs
import json

import regex

from corpus.errors import DalilError
from corpus.naming import are_fields
from corpus.source import Source

_HEAD_BYTES = 65_536
_BEFORE = r"(?:\s|<!--.*?-->)*"
_PAGE = regex.compile(
    rf"{_BEFORE}(?:<\?xml.*?\?>{_BEFORE})?<(?:!doctype\s+html|html)\b", regex.I | regex.S
)
_XML = regex.compile(rf"{_BEFORE}(?:<\?xml|<!doctype|<!\[CDATA)", regex.I | regex.S)
_ELEMENT = regex.compile(rf"{_BEFORE}<([a-z][\w:.-]*)(?:\s[^<>]*)?/?>", regex.I | regex.S)
_PARTS = frozenset(
    (
        "head", "body", "div", "p", "article", "section", "main", "header", "table", "tr", "td",
        "h1", "h2", "h3", "h4", "h5", "h6", "span", "meta", "script", "style", "link", "ul", "ol",
        "li", "blockquote", "center", "font", "br", "hr", "img", "a", "b", "i", "em", "strong",
        "title", "base", "nav",
    )
)  # fmt: skip
# With one of these, closed, begins no text that says "<3" or "<Urgent>".
_BLOCKS = frozenset(
    (
        "head", "body", "div", "p", "article", "section", "main", "header", "table", "h1", "h2",
        "h3", "ul", "ol", "blockquote",
    )
)  # fmt: skip
_FEEDS = frozenset(("rss", "feed", "rdf:rdf", "urlset", "sitemapindex"))
_FEED = regex.compile(
    rf"{_BEFORE}(?:<\?xml.*?\?>{_BEFORE})?<(?:rss|feed|rdf:rdf|urlset|sitemapindex)\b",
    regex.I | regex.S,
)
# An element that holds another one.
_NESTED = regex.compile(rf"{_BEFORE}<[a-z][^<>]*>\s*+<[a-z!?][^<>]*>", regex.I | regex.S)
_ARCHIVE = regex.compile(r"WARC/\d\.\d\r?\n")
# What is saved with a page and is none, and what to do about it.
_REFUSED = (
    (
        regex.compile(r"filedesc://"),
        "The file holds a web archive of the old form (ARC); convert it to WARC.",
    ),
    (
        regex.compile(r"(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*+){0,40}?mime-version:\s*1", regex.I),
        "The file holds a page as a mail (MHTML); save the page as .html.",
    ),
    (
        regex.compile(r"HTTP/\d(?:\.\d)? \d{3}\b[^\n]*\n"),
        "The file holds a page below what its server sent first; save the page alone, as .html.",
    ),
    (
        regex.compile(r"\s*<(?:\?(?:php|=)|%[@=]?\s)", regex.I),
        "The file holds a program that makes pages; save the page that it makes, as .html.",
    ),
)
# An object with a field, or an array of such, also as Python writes it and as a call has it.
_LIKE_OBJECTS = regex.compile(r"\s*(?:[\w.$]+\(\s*)?(?:\[\s*)?\{\s*([\"'])[^\"'\n]{1,60}\1\s*:")
_DELIMITERS = ",;\t|"
# Excel's own first line, which says what parts the values.
_SEPARATOR = regex.compile(r'"?sep=."?\s*', regex.I)
_NO_PAGE = (
    "The file holds markup that is no page; save the article as .html or as text. A feed is "
    "followed with dalil feed add URL."
)
# Parts that nothing closes.
_EMPTY = ("meta", "link", "br", "hr", "img", "base")


def content_kind(source: Source, *, sure: bool = False) -> str | None:
    """Return the kind that the content is of, `None` for plain text.

    A text may begin with a bracket or say "<3"; where the name says text (`sure`), only markup
    that says of itself what it is counts as such. Raises `DalilError` for markup that is no page,
    and for an archive.
    """
    try:
        with source.open() as stream:
            data = stream.read(_HEAD_BYTES)
    except (OSError, ValueError):
        # Whoever reads it says so.
        return None
    head = _text(data)
    if _PAGE.match(head):
        return ".html"
    for pattern, why in _REFUSED:
        if pattern.match(head):
            raise DalilError(why)
    if _ARCHIVE.match(head):
        raise DalilError("The file holds a web archive; give it a name that ends with .warc.")
    element = _ELEMENT.match(head)
    name = element[1].lower() if element else ""
    closed = bool(name) and f"</{name}>" in head.lower()
    if name in (_BLOCKS if sure else _PARTS) and (closed or (not sure and name in _EMPTY)):
        return ".html"
    # Of a long file the end has not been looked at.
    nested = bool(_NESTED.match(head)) and (closed or len(data) == _HEAD_BYTES)
    markup = nested or bool(element and "xmlns" in element[0]) or name in _FEEDS
    markup = markup or (closed and not sure)
    if _XML.match(head) or markup:
        raise DalilError(_NO_PAGE)
    return ".csv" if _is_table(head) else _objects(head, source)


def kind_within(source: Source) -> str | None:
    """Return the kind of what is no page or note in a file that is named as one, else `None`.

    Raises `DalilError` for a feed and for an archive.
    """
    try:
        with source.open() as stream:
            head = _text(stream.read(_HEAD_BYTES))
    except (OSError, ValueError):
        return None
    if _PAGE.match(head):
        return ".html"
    if _FEED.match(head):
        raise DalilError(_NO_PAGE)
    if _ARCHIVE.match(head):
        raise DalilError("The file holds a web archive; give it a name that ends with .warc.")
    return ".csv" if _is_table(head) else _objects(head, source)


def _is_table(head: str) -> bool:
    """Tell if a text begins as a table does: with the names of fields, or with what parts them."""
    first, _, more = head.replace("\r", "\n").lstrip().partition("\n")
    if not more.strip():
        return False
    parted = (first.split(sign) for sign in _DELIMITERS if sign in first and sign in more)
    return bool(_SEPARATOR.fullmatch(first)) or any(
        are_fields(name.strip(' "\r') for name in names) for names in parted
    )


def _objects(head: str, source: Source) -> str | None:
    """Return the kind of a file of JSON, `None` for a text that begins with a bracket."""
    begin = head.lstrip()[:1]
    first, _, more = head.lstrip().partition("\n")
    if begin == "{" and more.strip() and _is_json(first):
        return ".jsonl"
    whole = (
        head if len(head) < _HEAD_BYTES // 4 or begin not in ("{", "[") else _text(source.content())
    )
    if begin in ("{", "[") and _is_json(whole):
        return ".json"
    if _LIKE_OBJECTS.match(head):
        raise DalilError(
            "The file begins as JSON and is not valid; mend it, and name it .json or .jsonl."
        )
    return None


def _is_json(text: str) -> bool:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) or (
        isinstance(value, list) and any(isinstance(each, dict) for each in value)
    )


def _text(data: bytes) -> str:
    utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return data.decode("utf-16" if utf16 else "utf-8-sig", "ignore")
