"""HTML pages: main text and metadata, by trafilatura, which is imported here only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from corpus.errors import DalilError
from corpus.fields import Entry
from corpus.furniture import stated
from corpus.furniture.describe import sane_title
from corpus.profiles.profile import Profile, profile_for
from corpus.readers.html.shown import lines, prepare, unmarked, with_stand_ins
from corpus.source import Source

if TYPE_CHECKING:
    from lxml import etree

    from corpus.profiles.select import Dropped, Selected

# So many words a page may have to be taken whole.
_SHORT = 150


@dataclass(frozen=True, slots=True)
class Page:
    """What was read of a page: its fields, the profile that was used, and what that dropped.

    `notices` say what of the profile found nothing.
    """

    values: dict[str, object]
    profile: Profile | None = None
    notices: tuple[str, ...] = ()
    dropped: Sequence[Dropped] = field(default=())


def read(source: Source) -> Iterator[Entry]:
    """Yield the article of an HTML page; raises `DalilError` for a page without text."""
    page = read_with(source.content(), source.profiles, source.url)
    yield Entry(page.values, notices=page.notices)


def read_with(data: bytes, profiles: Sequence[Profile], url: str | None = None) -> Page:
    """Return a page, found at `url` or where it says, read with the profile of its site.

    Without a profile, or where that finds no article, it is read as any page is. Raises
    `DalilError` for a page without text.
    """
    profile = profile_for(profiles, url or own_address(data)) if profiles else None
    return Page(read_page(data)) if profile is None else read_using(data, profile)


def read_using(data: bytes, profile: Profile) -> Page:
    """Return a page read with a profile; where that finds no article, it is read as any page is."""
    import trafilatura

    from corpus.profiles.select import select

    root = trafilatura.load_html(data)
    if root is None:
        return Page(read_page(data))
    found = select(root, profile)
    text = _text_of(found)
    if text:
        values = {**_stated_by(data), "text": text}
    else:
        # What is furniture beside an article that isn't there is not known.
        values = read_page(data if profile.article else _page_of(root))
    told = {
        "title": found.title,
        "outlet": profile.outlet,
        "published": found.published,
        "language": profile.language,
    }
    values |= {name: value for name, value in told.items() if value}
    dropped = found.dropped if text or not profile.article else []
    return Page(values, profile, _notices(profile, found), tuple(dropped))


def _notices(profile: Profile, found: Selected) -> tuple[str, ...]:
    # Not every article has an author.
    missing = ", ".join(f'"{key}"' for key in found.missing if key != "author")
    if not missing:
        return ()
    rest = "; it was read as any page is" if "article" in found.missing else ""
    return (
        f"the profile {profile.name}.toml finds nothing for {missing}{rest}. "
        "Compare with: dalil profile test URL-or-FILE.",
    )


def _text_of(found: Selected) -> str:
    """Return the article's paragraphs, below a byline that stands outside of it."""
    from corpus.readers.epub import Walk

    walk = Walk()
    for part in found.parts or ():
        walk.add(part)
    text = walk.blocks.text()
    outside = text and found.author and found.author not in " ".join(text.split())
    return f"{found.author}\n\n{text}" if outside else text


def own_address(data: bytes) -> str | None:
    """Return the address at which a page says it is, `None` where it says nothing."""
    import trafilatura

    root = trafilatura.load_html(data)
    ways = ("//link[@rel='canonical']/@href", "//meta[@property='og:url']/@content")
    told = () if root is None else (str(one).strip() for way in ways for one in root.xpath(way))
    return next((one for one in told if one.lower().startswith(("http://", "https://"))), None)


def _page_of(root: etree._Element) -> bytes:
    """Return a tree as a page again."""
    from lxml import etree

    return b"<meta charset=utf-8>" + bytes(etree.tostring(root, encoding="utf-8", method="html"))


def _stated_by(data: bytes) -> dict[str, object]:
    try:
        return read_page(data)
    except DalilError:
        return {}


def read_page(data: bytes) -> dict[str, object]:
    """Return the text of an HTML page with the title, outlet, date and address it states.

    The date is taken from what the page declares, not from guesses about its text. An address
    without a path is a home page that many saved pages name, so it identifies none of them.
    Raises `DalilError` for a page without text.
    """
    import trafilatura

    tree = trafilatura.load_html(data)
    if tree is None:
        # A part of a page that is one element is taken for none.
        tree = trafilatura.load_html(b"<html><body>%s</body></html>" % data)
    if tree is None:
        raise DalilError("The page holds no text; save the article itself as HTML or text.")
    prepare(tree)
    back = with_stand_ins(tree)
    found = trafilatura.bare_extraction(
        tree,
        favor_recall=True,
        include_comments=False,
        with_metadata=True,
        date_extraction_params={"original_date": True, "extensive_search": False},
    )
    text = getattr(found, "text", None) or ""
    whole = lines(tree)
    text = unmarked(text, whole)
    # Of a short page the extraction may take one line, or cut and join lines as no page does.
    short = len(whole.split()) <= _SHORT and "\n" not in text.strip()
    if short or not text.strip() or "".join(text.split()) == "".join(whole.split()):
        text = whole
    if not text.strip():
        raise DalilError("The page holds no text; save the article itself as HTML or text.")
    outlet = stated.outlet(tree, getattr(found, "sitename", None))
    address = getattr(found, "url", None)
    values = {
        "text": text,
        "title": sane_title(stated.title(tree, getattr(found, "title", None), outlet)),
        "outlet": outlet,
        "published": stated.published(tree, address),
        "language": getattr(found, "language", None),
        "url": address if urlsplit(address or "").path.strip("/") else None,
    }
    return {name: value.translate(back) if value else None for name, value in values.items()}
