"""What a site's robots.txt allows us (RFC 9309), by Protego, which is imported here only."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx

from corpus.errors import DalilError
from corpus.fetch.addresses import ForbiddenError
from corpus.fetch.connections import Reply

if TYPE_CHECKING:
    from protego import Protego

# By this name a site's robots.txt may speak to Dalil.
PRODUCT = "Dalil"
# The RFC lets a copy be used for a day; a site that opens up should not wait that long.
_KEPT_SECONDS = 3_600.0
# A longer one asks us to stay away in effect, and would hold the other links for minutes.
_LONGEST_DELAY_SECONDS = 30.0


class Robots:
    """The rules of the sites that were asked for them, each kept for an hour."""

    def __init__(self, fetch: Callable[[httpx.URL], Reply]) -> None:
        self._fetch = fetch
        self._known: dict[str, tuple[float, Protego]] = {}

    def check(self, url: httpx.URL) -> float:
        """Return the seconds to wait between two requests that a site asks for, 0 for none.

        Raises `ForbiddenError` for an address that its robots.txt keeps from us, and `DalilError`
        where the site fails to say.
        """
        rules = self._rules(url)
        if not rules.can_fetch(str(url), PRODUCT):
            raise ForbiddenError(
                f"The robots.txt of {url.host} keeps this address from programs. Ask the site, or "
                "save the page in a browser and add the file."
            )
        return min(float(rules.crawl_delay(PRODUCT) or 0.0), _LONGEST_DELAY_SECONDS)

    def _rules(self, url: httpx.URL) -> Protego:
        from protego import Protego

        place = url.copy_with(raw_path=b"/robots.txt", fragment=None)
        origin = str(place)
        kept = self._known.get(origin)
        if kept is not None and time.monotonic() - kept[0] < _KEPT_SECONDS:
            return kept[1]
        reply = self._fetch(place)
        if reply.status >= 500 or reply.status == 429:
            raise DalilError(
                f"{url.host} does not say what programs may read (robots.txt: {reply.status}). "
                "Try again later."
            )
        # Without the file everything is allowed (RFC 9309, 2.3.1.3).
        text = reply.content.decode("utf-8", "replace") if reply.status == 200 else ""
        rules: Protego = Protego.parse(text)
        self._known[origin] = (time.monotonic(), rules)
        return rules
