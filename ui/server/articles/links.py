"""Where an article, a version of it and a passage in it are found on this server."""

from __future__ import annotations

from urllib.parse import quote, urlencode, urlsplit

import regex
from starlette.convertors import Convertor, register_url_convertor

# What browsers and people take for the end of a name before a host.
_NAMED = regex.compile(r"^(\s*+[a-z][a-z0-9+.-]*+:[/\\]{2,}+)[^/?#\\]*@", regex.IGNORECASE)


def article_link(
    article_id: str,
    version: int | None = None,
    start: int | None = None,
    end: int | None = None,
    *,
    focus: tuple[int, int] | None = None,
    ui: str | None = None,
    panel: bool = False,
) -> str:
    """Return the path, query and fragment that show an article, at its passage if there is one.

    `focus` is the span of the words in the passage that answer.

    >>> article_link("خبر 1", 2, 10, 20)
    '/articles/%D8%AE%D8%A8%D8%B1%201?version=2&start=10&end=20#quote'
    >>> article_link("a", 1, 10, 20, focus=(12, 15))
    '/articles/a?version=1&start=10&end=20&focus=12-15#quote'
    >>> article_link("news/a.md"), article_link("/srv/a.md"), article_link("../a.md", panel=True)
    ('/articles/news/a.md', '/articles/%2Fsrv%2Fa.md', '/articles/..%2Fa.md?panel=1')
    """
    query = urlencode(
        {
            name: str(value)
            for name, value in (
                ("version", version),
                ("start", start),
                ("end", end),
                ("focus", focus and span_in_query(focus)),
                ("ui", ui),
                ("panel", 1 if panel else None),
            )
            if value is not None
        }
    )
    path = f"/articles/{id_in_path(article_id)}"
    return path + (f"?{query}" if query else "") + ("" if start is None else "#quote")


def span_in_query(span: tuple[int, int]) -> str:
    """Return a span as links write it.

    >>> span_in_query((12, 15))
    '12-15'
    """
    return "{}-{}".format(*span)


def id_in_path(article_id: str) -> str:
    """Return an article id as the last part of a path, percent-encoded."""
    # Browsers resolve dot segments, and proxies join slashes, before the server sees them.
    odd = {"", ".", ".."}.intersection(article_id.split("/"))
    return quote(article_id, safe="" if odd else "/")


def web_link(url: str | None) -> str | None:
    r"""Return `url` if a reader may be sent there, a page of the web; else `None`.

    Name and password before the host are left out: they are nobody's to read, and a name may look
    like another host.

    >>> web_link("https://example.org/a"), web_link("java\nscript:alert(1)//http://a.example/")
    ('https://example.org/a', None)
    >>> web_link("https://news.example:secret@evil.example/a"), web_link("https://a.example\\@b/")
    ('https://evil.example/a', None)
    """
    # Browsers read "\\" as "/", so that the host is another than it seems.
    if url is None or not url.isprintable() or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    user, _, _ = parts.netloc.rpartition("@")
    return url.replace(f"{user}@", "", 1) if "@" in parts.netloc else url


def without_name(place: str | None) -> str | None:
    """Return an address of any kind, or a path, without a name and password before its host.

    >>> without_name("ftp://amal:secret@files.example/a@b"), without_name("news/a@b.md")
    ('ftp://files.example/a@b', 'news/a@b.md')
    """
    return place and _NAMED.sub(r"\1", place, count=1)


class Anything(Convertor[str]):
    """An article id in a path: slashes and line breaks are characters like others."""

    regex = r"[\s\S]*"

    def convert(self, value: str) -> str:
        """Take the id as it is."""
        return value

    def to_string(self, value: str) -> str:
        """Give the id as it is."""
        return value


# The kind of a route's parameter, known to Starlette before a route names it.
ANYTHING = "anything"
register_url_convertor(ANYTHING, Anything())
