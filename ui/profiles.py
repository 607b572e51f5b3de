"""What an outlet profile does to a page: the page read with it and without it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import DalilError
from corpus.fields import draft, finish
from corpus.profiles.profile import (
    FOLDER,
    Profile,
    host_of,
    profile_for,
    read_profile,
    read_profiles,
    start_of,
)
from corpus.readers.html.read import own_address, read_page, read_using
from corpus.source import file_source

if TYPE_CHECKING:
    from corpus.article import Article
    from rag.answer import Json
    from ui.settings.settings import Settings


@dataclass(frozen=True, slots=True)
class Trial:
    """A page read with a profile, `None` where there is none for it, and without.

    `dropped` are selectors with what they took off the article; `note` says what of the profile
    found nothing, and `faults` are of files in the library's folder that hold no profile.
    """

    page: str
    profile: Profile | None
    without: Article | None
    using: Article | None
    dropped: Sequence[tuple[str, str]]
    note: str | None
    faults: Sequence[str]

    def as_json(self) -> Json:
        """Return the shape of `dalil profile test --json`."""
        return {
            "page": self.page,
            "profile": self.profile.name if self.profile else None,
            "without": None if self.without is None else _shape(self.without),
            "with": None if self.using is None else _shape(self.using),
            "dropped": [{"selector": selector, "text": text} for selector, text in self.dropped],
            "note": self.note,
            "faults": list(self.faults),
        }


def try_profile(settings: Settings, page: str, file: Path | None) -> Trial:
    """Return what a page, a link or a file, is read as with its profile or that of `file`.

    Raises `DalilError` for a page that cannot be had, or a profile that cannot be used.
    """
    data, url = _page(settings, page)
    url = url or own_address(data)
    faults: Sequence[str] = ()
    if file is None:
        found = read_profiles(settings.home / FOLDER)
        profile, faults = profile_for(found.every, url), found.faults
    else:
        profile = read_profile(file)
    without = _article(page, url, read_page, data)
    if profile is None:
        return Trial(page, None, without, None, (), None, faults)
    read = read_using(data, profile)
    using = _article(page, url, lambda _: read.values, data)
    dropped = [(one.selector, one.text) for one in read.dropped]
    return Trial(page, profile, without, using, dropped, next(iter(read.notices), None), faults)


def _page(settings: Settings, page: str) -> tuple[bytes, str | None]:
    """Return the bytes of a page, and where it was found on the web."""
    from ui.web.links import is_link

    if not is_link(page):
        return file_source(page).content(), None
    from corpus.fetch.page import in_utf8
    from ui.web.client import fetcher_of

    found = fetcher_of(settings).fetch(page.strip())
    return in_utf8(found.content, found.headers.get("content-type", "")), found.canonical


def _article(
    page: str, url: str | None, read: Callable[[bytes], Mapping[str, object]], data: bytes
) -> Article | None:
    """Return what would be added, `None` where nothing would be."""
    try:
        found = draft({"url": url, **read(data)}, where=page, source=page)
        return finish(found, cleaned=True)
    except DalilError:
        return None


def _shape(article: Article) -> Json:
    lines = paragraphs(article)
    return {
        "title": article.title,
        "outlet": article.outlet,
        "published": article.published.isoformat() if article.published else None,
        "language": article.language,
        "paragraphs": len(lines),
        "first": lines[0] if lines else None,
        "last": lines[-1] if lines else None,
        "text": article.text,
    }


def paragraphs(article: Article) -> list[str]:
    """Return the lines of an article that hold something."""
    return [line for line in article.text.splitlines() if line.strip()]


def new_profile(settings: Settings, host: str) -> Path:
    """Write a profile of a site to begin with, and return its file.

    Raises `DalilError` for what is no host, or one that has a profile.
    """
    folder = settings.home / FOLDER
    plain = host_of(host)
    if profile := profile_for(read_profiles(folder).every, f"https://{plain}/"):
        raise DalilError(f"{plain} has a profile: {folder / profile.name}.toml. Change that.")
    file = folder / f"{plain}.toml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as stream:
            stream.write(start_of(plain))
    except FileExistsError:
        raise DalilError(f"{file} is there already. Change it, or take it away.") from None
    except OSError as error:
        raise DalilError(f"{file} cannot be written ({error.strerror}).") from error
    return file
