"""`dalil feed`: feeds and news sitemaps whose new articles are fetched again and again."""

from __future__ import annotations

import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.console import DONE, FAULT, PARTLY, console, open_library, print_json, say
from ui.cli.options import AsJson, EncoderName, Home
from ui.settings.settings import Settings
from ui.shapes import feed_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from index.store.feeds import FeedTable, Fetching, StoredFeed
    from rag.answer import Json

app = typer.Typer(help="Follow feeds and news sitemaps.", no_args_is_help=True)

Url = Annotated[
    str, typer.Argument(metavar="URL", help="Address of an RSS or Atom feed or a news sitemap.")
]
_SECONDS = {"m": 60, "h": 3_600, "d": 86_400}
_LEAST_SECONDS, _MOST_SECONDS = 60, 30 * 86_400


@app.command()
def add(
    context: typer.Context,
    url: Url,
    every: Annotated[
        str, typer.Option(metavar="TIME", help="How often it is fetched, such as 30m, 6h or 1d.")
    ] = "1h",
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Follow a feed; `dalil serve` fetches it when it is due, `dalil feed fetch` at once."""
    from ui.web.client import refusal

    settings = _settings(context, home)
    address, seconds = _address(url), read_interval(every)
    with _feeds(settings, create=True) as feeds:
        feed = feeds.add(address, seconds)
    if why := refusal(settings, address):
        say(f"It cannot be fetched yet. {why}")
    if as_json:
        print_json(feed_json(feed))
    else:
        _print(f"Following {feed.url}, every {shown(feed.every)}.")


@app.command("list")
def list_feeds(context: typer.Context, home: Home = None, as_json: AsJson = False) -> None:
    """List the feeds: when each was fetched, what came of it, and when it is due."""
    settings = _settings(context, home)
    with _feeds(settings) as feeds:
        found = feeds.all()
    if as_json:
        print_json({"feeds": [feed_json(feed) for feed in found]})
        return
    for feed in found:
        _print(feed.url)
        due = f"due {feed_json(feed)['due_at']}" if not feed.paused else "paused"
        _print(f"    every {shown(feed.every)}, {_last(feed)}; {due}")
        if feed.error:
            _print(f"    {feed.error}")
    if not found:
        _print("There are no feeds. Follow one with: dalil feed add URL")


@app.command()
def remove(context: typer.Context, url: Url, home: Home = None, as_json: AsJson = False) -> None:
    """Follow a feed no longer; its articles stay."""
    with _feeds(_settings(context, home)) as feeds:
        feeds.remove(named := _named(feeds, url))
    if as_json:
        print_json({"removed": named})
    else:
        _print(f"Removed {named}.")


@app.command()
def pause(context: typer.Context, url: Url, home: Home = None, as_json: AsJson = False) -> None:
    """Leave a feed alone until it is added again."""
    with _feeds(_settings(context, home)) as feeds:
        feeds.change(named := _named(feeds, url), paused=True)
        feed = feeds.find(named)
    if as_json:
        print_json(feed_json(feed))
    else:
        _print(f"Paused {named}. It goes on with: dalil feed add {named}")


@app.command()
def fetch(
    context: typer.Context,
    url: Annotated[str | None, typer.Argument(metavar="URL", help="Default: every feed.")] = None,
    home: Home = None,
    encoder: EncoderName = None,
    as_json: AsJson = False,
) -> None:
    """Fetch a feed, or all of them, whether they are due or not."""
    from ui.web.client import fetcher_of
    from ui.web.feeds import fetch_feed

    settings = _settings(context, home, encoder)
    fetcher = fetcher_of(settings)
    library = open_library(settings)
    done: list[tuple[StoredFeed, Fetching]] = []
    with _feeds(settings) as feeds:
        for feed in [feeds.find(_address(url))] if url else feeds.all():
            done.append((feed, fetch_feed(feed, fetcher, library, feeds)))
            if not as_json:
                _tell(*done[-1])
        stored = [feed_json(feeds.find(feed.url)) for feed, _ in done]
    library.close()
    if as_json:
        print_json({"feeds": stored})
    failed = [result for _, result in done if result.error]
    raise typer.Exit(DONE if not failed else PARTLY if _came(done) else FAULT)


def read_interval(text: str) -> int:
    """Return a time such as 30m, 6h or 1d in seconds; a usage error for another.

    >>> read_interval("30m"), read_interval("1d")
    (1800, 86400)
    """
    found = re.fullmatch(r"(\d{1,6})\s*([mhd])", text.strip().lower(), re.ASCII)
    seconds = int(found[1]) * _SECONDS[found[2]] if found else 0
    if not _LEAST_SECONDS <= seconds <= _MOST_SECONDS:
        raise typer.BadParameter("--every wants a time from 1m to 30d, such as 30m, 6h or 1d.")
    return seconds


def shown(seconds: int) -> str:
    """Return a time in the largest unit that it is whole in.

    >>> shown(1800), shown(86400)
    ('30m', '1d')
    """
    unit = next(unit for unit in "dhm" if seconds % _SECONDS[unit] == 0 or unit == "m")
    return f"{seconds // _SECONDS[unit]}{unit}"


def told(report: Json | None) -> str:
    """Return what a fetch did, in words.

    >>> told({"added": 2, "updated": 0, "unchanged": 0, "failed": 1}), told({"added": 0})
    ('2 added, 1 failed', 'nothing new')
    """
    return ", ".join(f"{n} {what}" for what, n in (report or {}).items() if n) or "nothing new"


def _last(feed: StoredFeed) -> str:
    if feed.fetched_at is None:
        return "not fetched yet"
    times = "once" if feed.failures == 1 else f"{feed.failures} times"
    came = f"failed {times}" if feed.failures else told(dict(feed.report or {}))
    return f"fetched {feed.fetched_at}: {came}"


def _came(done: list[tuple[StoredFeed, Fetching]]) -> bool:
    return any(not result.failed for _, result in done)


def _tell(feed: StoredFeed, result: Fetching) -> None:
    _print(f"{feed.url}: {told(dict(result.report)) if not result.failed else 'failed'}")
    if result.error:
        _print(f"    {result.error}")


def _print(text: str) -> None:
    from ui.cli.terminal import harmless

    console().print(harmless(text), markup=False, soft_wrap=True)


def _named(feeds: FeedTable, url: str) -> str:
    """Return a feed's address as `feed list` shows it, however it is written."""
    return url if any(feed.url == url for feed in feeds.all()) else _address(url)


def _address(url: str) -> str:
    from ui.web.client import read_address

    return read_address(url)


def _settings(context: typer.Context, home: Path | None, encoder: str | None = None) -> Settings:
    before_home, before_encoder = context.obj
    return Settings.read(home or before_home, encoder or before_encoder)


@contextmanager
def _feeds(settings: Settings, *, create: bool = False) -> Iterator[FeedTable]:
    from index.store.feeds import FeedTable

    if create and not settings.home.exists():
        settings.home.mkdir(mode=0o700, parents=True)
    feeds = FeedTable.open(settings.home, create=create)
    try:
        yield feeds
    finally:
        feeds.close()
