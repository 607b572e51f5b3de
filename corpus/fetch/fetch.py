"""A page, a feed or a sitemap by its address: the one way out of Dalil into the web."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx

from corpus.errors import DalilError
from corpus.fetch.addresses import Allowed, Resolver, resolve
from corpus.fetch.connections import Connections, Limits, Reply
from corpus.fetch.pace import Pace
from corpus.fetch.page import confined_canonical_url, without_tracking
from corpus.fetch.robots import PRODUCT, Robots

_REDIRECTS = (301, 302, 303, 307, 308)
_HTML = ("text/html", "application/xhtml+xml")
# Media types of pages that hold an article, with the kind of their format.
PAGES = {kind: ".html" for kind in _HTML} | {"text/plain": ".txt", "text/markdown": ".md"}
# Enough for any robots.txt that is read as far as RFC 9309 asks for.
_ROBOTS = Limits(bytes=2**20, seconds=15.0)
_LONGEST_URL = 2_048


class StatusError(DalilError):
    """A site refused; `retry_after` says after how many seconds it wants to be asked again."""

    def __init__(self, message: str, status: int, retry_after: float | None) -> None:
        super().__init__(message)
        self.status, self.retry_after = status, retry_after


@dataclass(frozen=True, slots=True)
class Fetched:
    """What lies at an address.

    `final_url` is where redirects led; `media_type` is in lower case, without parameters;
    `canonical` is the address by which it is known, without what only tells readers apart. A
    status of 304 says that nothing has changed, and there is no content.
    """

    url: str
    final_url: str
    status: int
    headers: Mapping[str, str]
    content: bytes
    media_type: str
    canonical: str


class Fetcher:
    """Fetches what the settings allow, politely; threads may share one.

    `seconds` is the pause between two requests to one host, more where its robots.txt asks.
    """

    def __init__(
        self,
        allowed: Allowed,
        *,
        version: str = "",
        seconds: float = 1.0,
        limits: Limits | None = None,
        resolver: Resolver = resolve,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._allowed, self._limits = allowed, limits or Limits()
        self._connections = Connections(allowed, resolver)
        self._robots = Robots(self._robots_reply)
        self._pace = Pace(seconds, sleep)
        self._agent = f"{PRODUCT}/{version}" if version else PRODUCT

    def fetch(
        self, url: str, types: Mapping[str, str] = PAGES, headers: Mapping[str, str] | None = None
    ) -> Fetched:
        """Return what lies at `url`, if it is of one of the media `types`.

        Each address on the way is checked: its scheme, its host and all that it resolves to, and
        what its robots.txt allows. `headers` make the request conditional. Raises `ForbiddenError`
        for what may not be fetched, `StatusError` and `DalilError` for what cannot be.
        """
        place, asked = read_url(url), self._headers(types, headers)
        for _ in range(self._limits.redirects + 1):
            self._allowed.check_host(place.host)
            reply = self._request(place, asked, types)
            if reply.status not in _REDIRECTS or "location" not in reply.headers:
                return _fetched(url, place, reply, conditional=headers is not None)
            place = _next(place, reply.headers["location"])
        raise DalilError(f"The address leads on more than {self._limits.redirects} times.")

    def _headers(self, types: Mapping[str, str], more: Mapping[str, str] | None) -> dict[str, str]:
        return {
            "User-Agent": self._agent,
            "Accept": ", ".join([*types, "*/*;q=0.1"]),
            "Accept-Encoding": "gzip, deflate",
            "Connection": "close",
        } | dict(more or {})

    def _request(
        self, place: httpx.URL, headers: Mapping[str, str], types: Mapping[str, str]
    ) -> Reply:
        with self._pace.turn(place.host):
            pause = self._robots.check(place)
            self._pace.wait(place.host, pause)
            try:
                return self._connections.get(
                    place, headers, self._limits, lambda reply: _wants(reply, types)
                )
            finally:
                self._pace.ended(place.host)

    def _robots_reply(self, place: httpx.URL) -> Reply:
        """Return a robots.txt, through redirects; one that cannot be reached is as one that fails.

        Those lead where they like, so each is checked as any other.
        """
        headers = self._headers({"text/plain": ".txt"}, None)
        for _ in range(self._limits.redirects + 1):
            self._allowed.check_host(place.host)
            reply = self._connections.get(place, headers, _ROBOTS, lambda got: got.status == 200)
            if reply.status not in _REDIRECTS or "location" not in reply.headers:
                return reply
            place = _next(place, reply.headers["location"])
        return Reply(404, {}, b"")


def read_url(url: str) -> httpx.URL:
    """Return an address of the web, ready to be asked for; raises `DalilError` for another.

    >>> str(read_url("https://News.example/مقال#top"))
    'https://news.example/%D9%85%D9%82%D8%A7%D9%84'
    """
    try:
        found = httpx.URL(url.strip()).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError, UnicodeError) as error:
        raise DalilError(f"The address cannot be read ({error}). Copy it anew.") from error
    if found.scheme not in ("http", "https") or not found.host or len(url) > _LONGEST_URL:
        raise DalilError("A link begins with http:// or https:// and names a host. Copy it anew.")
    if found.userinfo:
        raise DalilError("The address holds a name or password. Take it out; Dalil sends none.")
    if found.port is not None and not 0 < found.port < 65_536:
        raise DalilError("The address names a port that does not exist. Copy it anew.")
    return found


def host_of(link: str) -> str:
    """Return the host that a link names, empty where it names none.

    >>> host_of("https://News.example/a"), host_of("news")
    ('news.example', '')
    """
    try:
        return read_url(link).host
    except DalilError:
        return ""


def _next(place: httpx.URL, location: str) -> httpx.URL:
    try:
        return read_url(str(place.join(location.encode("latin-1").decode("utf-8", "replace"))))
    except (httpx.InvalidURL, ValueError, UnicodeError) as error:
        raise DalilError("The site leads on to an address that cannot be read.") from error


def _media_type(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _wants(reply: Reply, types: Mapping[str, str]) -> bool:
    """Return whether the body is to be read; raise `DalilError` for one that is of no use."""
    if reply.status != HTTPStatus.OK:
        return False
    media_type = _media_type(reply.headers)
    # One that says nothing of itself is looked at.
    if media_type and media_type not in types:
        raise DalilError(
            f"The address leads to {media_type}, which is not read from the web. Save it as a "
            "file, and add that if Dalil reads its kind."
        )
    return True


def _fetched(url: str, place: httpx.URL, reply: Reply, *, conditional: bool) -> Fetched:
    unchanged = conditional and reply.status == HTTPStatus.NOT_MODIFIED
    if reply.status != HTTPStatus.OK and not unchanged:
        raise _refusal(place, reply)
    final_url = str(place)
    media_type = _media_type(reply.headers)
    if not media_type:
        media_type = "text/html" if reply.content.lstrip().startswith(b"<") else "text/plain"
    known = without_tracking(final_url)
    if media_type in _HTML and reply.content:
        known = confined_canonical_url(reply.content, final_url)
    return Fetched(url, final_url, reply.status, reply.headers, reply.content, media_type, known)


def _refusal(place: httpx.URL, reply: Reply) -> StatusError:
    try:
        phrase = f" ({HTTPStatus(reply.status).phrase})"
    except ValueError:
        phrase = ""
    later = reply.status == 429 or reply.status >= 500
    remedy = "Try again later." if later else "Check the address in a browser."
    return StatusError(
        f"{place.host} answered {reply.status}{phrase}. {remedy}",
        reply.status,
        _retry_after(reply.headers.get("retry-after", "")),
    )


def _retry_after(value: str) -> float | None:
    """Return the seconds that a Retry-After names, as a number or a date (RFC 9110, 10.2.3)."""
    if value.isdecimal() and value.isascii():
        return float(value[:9])
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return None
