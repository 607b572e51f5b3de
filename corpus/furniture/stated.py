"""What a page states of itself: title, outlet and date, as it writes them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from html import unescape
from typing import Any

import regex
from lxml import etree

from corpus.dates.published import parse_date

# What says on which day an article came out, best first.
_DATED = (
    "article:published_time", "og:article:published_time", "datepublished", "pubdate",
    "publishdate", "publish-date", "publish_date", "published_time", "date.published",
    "parsely-pub-date", "sailthru.date", "dc.date.issued", "dcterms.issued", "dcterms.created",
    "dc.date.created", "dc.date", "dcterms.date", "og:published_time", "article:published",
    "article.published", "publication_date", "publication-date", "published_date",
    "published-date", "date_published", "date-published", "pub_date", "og:pubdate",
    "citation_publication_date", "citation_date", "date",
)  # fmt: skip
_ARTICLE = regex.compile(r"(?i)(?:https?://schema\.org/)?(?:\w*article|\w*posting|report|webpage)")
# Parts of a page whose times are another article's, or of no article.
_AROUND = regex.compile(
    r"(?i)(?:^|[\s_-])(?:related|sidebar|aside|cookies?|consent|banner|gdpr|comments?|latest|"
    r"most|popular|trending|widget|menu|nav|footer|archive|recommended|more|recent|also|like|"
    r"ticker|modal|popup|dialog|newsletter)(?:$|[\s_-])"
)
_AROUND_TAGS = frozenset(("aside", "nav", "footer", "form", "dialog", "noscript"))
_AROUND_ROLES = frozenset(("complementary", "navigation", "contentinfo", "dialog", "alertdialog"))
_HIDDEN = regex.compile(r"(?i)display\s*:\s*none")
# "relatedPosts"
_CAMEL = regex.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_MODIFIED = regex.compile(r"(?i)modified|updated")
_IN_ADDRESS = regex.compile(r"/((?:19|20)\d\d)/(\d\d?)/(\d\d?)(?:/|$)")
# What stands between a title and its outlet: some signs anywhere, others beside a space only.
_BETWEEN = r"(?:\s*[|｜¦∣·⋅•»«›‹]+\s*|\s+[-‐‒–—―−:~/>_←→ـ.]+\s*|[-‐‒–—―−:~/>_←→ـ.]+\s+)"
_LETTERS = {letter: f"[{group}]" for group in ("اأإآٱ", "ىيی", "ةهە", "كکڪ") for letter in group}
# Some systems escape what was escaped already.
_MOST_ESCAPES = 3


def plain(text: str | None) -> str | None:
    r"""Return a label without entities, however often it was escaped, in one line.

    >>> plain("Smith &amp;amp; Sons"), plain(" AT&T\n"), plain("")
    ('Smith & Sons', 'AT&T', None)
    """
    label = text or ""
    for _ in range(_MOST_ESCAPES):
        label = unescape(label)
    return " ".join(label.split()) or None


def outlet(tree: etree._Element, found: str | None) -> str | None:
    """Return the outlet that a page names, with the capitals that it writes.

    `found` is what a library made of it, which gives every word a capital.
    """
    named = plain(_metas(tree).get("og:site_name")) or plain(found) or plain(_publisher(tree))
    if not named:
        return None
    spelled = regex.compile(regex.escape(named), regex.IGNORECASE)
    stated = [*_metas(tree).values(), *tree.xpath("//title/text()"), *map(str, _names(tree))]
    for text in stated:
        if match := spelled.search(plain(text) or ""):
            return match.group()
    return named


def title(tree: etree._Element, found: str | None, outlet_name: str | None) -> str | None:
    """Return a title without the name of the outlet that pages append, or put before it."""
    line = plain(found)
    if not line:
        return None
    name = _spelled(outlet_name) if outlet_name else r"(?!)"
    behind = rf"(?:{_BETWEEN}{name}|\s*[(\[]{name}[)\]])+"
    cut = regex.sub(rf"(?i){behind}\s*\Z|\A{name}{_BETWEEN}", "", line)
    headings = tree.xpath("//h1")
    heading = plain(" ".join(headings[0].itertext())) if len(headings) == 1 else None
    if heading and regex.fullmatch(rf"{regex.escape(heading)}{_BETWEEN}[^-–—|·•]{{2,40}}", cut):
        return heading
    return cut or line


def _spelled(name: str) -> str:
    """Return a pattern for a name however it is typed: with or without hamza and vowel signs."""
    letters = (
        r"\s+" if letter == " " else _LETTERS.get(letter) or regex.escape(letter)
        for letter in regex.sub(r"\p{M}", "", name)
    )
    return "".join(f"{letter}\\p{{M}}*" for letter in letters)


def published(tree: etree._Element, address: str | None) -> str | None:
    """Return the day on which a page says that it came out, as ISO 8601, or `None`.

    It is that of the page's own metadata, of a `time` that belongs to no other part of the page,
    or of its address; dates in scripts and boxes are none.
    """
    metas = _metas(tree)
    stated = [
        *(metas[name] for name in _DATED if name in metas),
        *_of_articles(tree),
        *_times(tree),
    ]
    for text in stated:
        if day := parse_date(text):
            return day.isoformat()
    match = _IN_ADDRESS.search(address or "")
    day = parse_date("-".join(match.groups())) if match else None
    return day.isoformat() if day else None


def _metas(tree: etree._Element) -> dict[str, str]:
    """Return the contents of a page's meta elements by lower-case name, the first of each."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        for key in ("property", "name", "itemprop", "http-equiv"):
            name, content = (element.get(key) or "").strip().lower(), element.get("content") or ""
            if name and content.strip():
                found.setdefault(name, content.strip())
    return found


def _times(tree: etree._Element) -> Iterator[str]:
    marked = [e for e in tree.xpath("//*[@itemprop='datePublished']") if e.tag != "meta"]
    for element in [*marked, *tree.iter("time")]:
        around = any(_is_around(each) for each in (element, *element.iterancestors()))
        if not (around or _is_later(element)):
            yield element.get("datetime") or element.get("content") or element.text or ""


def _is_around(element: etree._Element) -> bool:
    named = _CAMEL.sub(" ", f"{element.get('class') or ''} {element.get('id') or ''}")
    if element.tag in _AROUND_TAGS or (element.get("role") or "").lower() in _AROUND_ROLES:
        return True
    return bool(_AROUND.search(named) or _HIDDEN.search(element.get("style") or ""))


def _is_later(element: etree._Element) -> bool:
    """Tell if an element says when the article was changed, and not when it came out."""
    named = f"{element.get('class') or ''} {element.get('itemprop') or ''}"
    return bool(_MODIFIED.search(named)) and "published" not in named.lower()


def _linked_data(tree: etree._Element) -> Iterator[Any]:
    for script in tree.iter("script"):
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        try:
            yield json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue


def _objects(tree: etree._Element) -> Iterator[dict[str, Any]]:
    """Yield the objects of a page's own linked data: lists of other pages' aside."""
    for whole in _linked_data(tree):
        for each in whole if isinstance(whole, list) else [whole]:
            if not isinstance(each, dict):
                continue
            graph = each.get("@graph")
            main = each.get("mainEntity")
            inner: Sequence[Any] = graph if isinstance(graph, list) else [main]
            yield from (one for one in (each, *inner) if isinstance(one, dict))


def _of_articles(tree: etree._Element) -> Iterator[str]:
    for one in _objects(tree):
        kinds = one.get("@type")
        named = kinds if isinstance(kinds, list) else [kinds]
        if any(isinstance(kind, str) and _ARTICLE.fullmatch(kind) for kind in named):
            for key in ("datePublished", "dateCreated"):
                if isinstance(one.get(key), str):
                    yield one[key]


def _publisher(tree: etree._Element) -> str | None:
    """Return the name of who published the page's own article, as its linked data says."""
    given = (one.get("publisher") for one in _objects(tree))
    names = (each.get("name") if isinstance(each, dict) else each for each in given)
    return next((name for name in names if isinstance(name, str)), None)


def _names(tree: etree._Element) -> Iterator[str]:
    for one in _objects(tree):
        for each in (one, one.get("publisher")):
            if isinstance(each, dict) and isinstance(each.get("name"), str):
                yield each["name"]
