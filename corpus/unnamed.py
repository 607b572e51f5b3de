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
_FEEDS = frozenset(("rss", "feed", "rdf:rdf", "urlset", "sitemapindex"))
_ARCHIVE = regex.compile(r"WARC/\d\.\d\r?\n")
_DELIMITERS = ",;\t|"
# Excel's own first line, which says what parts the values.
_SEPARATOR = regex.compile(r'"?sep=."?\s*', regex.I)
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
    if _ARCHIVE.match(head):
        raise DalilError("The file holds a web archive; give it a name that ends with .warc.")
    element = _ELEMENT.match(head)
    name = element[1].lower() if element else ""
    closed = bool(name) and f"</{name}>" in head.lower()
    if not sure and name in _PARTS and (closed or name in _EMPTY):
        return ".html"
    markup = name in _FEEDS if sure else closed or (element and "xmlns" in element[0])
    if _XML.match(head) or markup:
        raise DalilError(
            "The file holds markup that is no page; save the article as .html or as text. A feed "
            "is followed with dalil feed add URL."
        )
    return ".csv" if _is_table(head) else _objects(head, source)


def _is_table(head: str) -> bool:
    """Tell if a text begins as a table does: with the names of fields, or with what parts them."""
    first, _, more = head.lstrip().partition("\n")
    if not more.strip():
        return False
    parted = (first.split(sign) for sign in _DELIMITERS if sign in first and sign in more)
    return bool(_SEPARATOR.fullmatch(first)) or any(
        are_fields(name.strip(' "\r') for name in names) for names in parted
    )


def _objects(head: str, source: Source) -> str | None:
    """Return the kind of a file of JSON, `None` for a text that begins with a bracket."""
    begin = head.lstrip()[:1]
    if begin not in ("{", "["):
        return None
    first, _, more = head.lstrip().partition("\n")
    if begin == "{" and more.strip() and _is_json(first):
        return ".jsonl"
    whole = head if len(head) < _HEAD_BYTES // 4 else _text(source.content())
    return ".json" if _is_json(whole) else None


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
