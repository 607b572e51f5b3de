"""XML of documents, by lxml: no entities, no network, no deep nesting."""

from __future__ import annotations

from html.entities import html5

import regex
from lxml import etree

from corpus.confined.limits import LIMITS, Limits
from corpus.errors import DalilError

_NAMED = regex.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31};)")
_OF_XML = {b"amp;", b"lt;", b"gt;", b"quot;", b"apos;"}


def parse_xml(data: bytes, limits: Limits = LIMITS) -> etree._Element:
    """Return the root element of XML; raises `DalilError` for what is none, or beyond limits.

    Entities that the document declares are refused, whatever they stand for.

    >>> parse_xml("<a>نص</a>".encode()).text
    'نص'
    >>> parse_xml(b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>")
    Traceback (most recent call last):
    corpus.errors.DalilError: The document declares entities of its own; save it anew without them.
    """
    try:
        root = _parsed(data)
    except (etree.XMLSyntaxError, ValueError) as error:
        reason = " ".join(str(error).split())[:120]
        raise DalilError(
            f"The document's XML cannot be read ({reason}); save it anew from its program."
        ) from error
    return _checked(root, limits)


def parse_xhtml(data: bytes, limits: Limits = LIMITS) -> etree._Element:
    r"""Return the root of a page of a book: XML with HTML's names of characters, else HTML.

    >>> parse_xhtml(b"<p>a&nbsp;b</p>").text, parse_xhtml(b"<p>a<br>b")[0][0].tag
    ('a\xa0b', 'p')
    """
    try:
        return _checked(_parsed(_NAMED.sub(_character, data)), limits)
    except (etree.XMLSyntaxError, ValueError):
        # HTML is read whatever it holds.
        if b"\0" in data:
            raise DalilError("A page of the book is no text; save the book anew.") from None
    try:
        root = etree.fromstring(data, etree.HTMLParser(no_network=True, remove_comments=True))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise DalilError("A page of the book cannot be read; save the book anew.") from error
    if root is None:
        raise DalilError("A page of the book is empty; save the book anew.")
    return _checked(root, limits)


def _parsed(data: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    return etree.fromstring(data, parser)


def _character(found: regex.Match[bytes]) -> bytes:
    name = found[1]
    value = html5.get(name.decode("ascii"))
    if name in _OF_XML or value is None:
        return found[0]
    return "".join(f"&#{ord(character)};" for character in value).encode("ascii")


def _checked(root: etree._Element, limits: Limits) -> etree._Element:
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and next(declared.iterentities(), None) is not None:
        raise DalilError("The document declares entities of its own; save it anew without them.")
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > limits.depth:
            raise DalilError(
                f"The document nests more than {limits.depth} elements in each other; "
                "save its text and add that."
            )
    return root
