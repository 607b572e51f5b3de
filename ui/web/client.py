"""The fetcher that the settings allow; the packages it needs are loaded here, when they are."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from corpus.errors import DalilError, InputError

if TYPE_CHECKING:
    from corpus.fetch.fetch import Fetcher
    from ui.settings.settings import Settings


def fetcher_of(settings: Settings, sleep: Callable[[float], object] = time.sleep) -> Fetcher:
    """Return what fetches from the places that `settings` allow, pausing by `sleep`.

    Raises `DalilError` where its packages are missing.
    """
    with _packages():
        from corpus.fetch.addresses import Allowed
        from corpus.fetch.fetch import Fetcher
    return Fetcher(
        Allowed(settings.connect, settings.connect_private),
        version=_version(),
        seconds=settings.connect_pause,
        sleep=sleep,
    )


class SharedFetcher:
    """The one fetcher of a server, made when it is first asked for.

    Whoever fetches keeps its pauses, so that a site is asked by one at a time.  To set `stop` ends
    the pauses.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._made: Fetcher | None = None
        self.stop = threading.Event()

    def get(self) -> Fetcher:
        """Return the fetcher; raises `DalilError` where its packages are missing."""
        with self._lock:
            self._made = self._made or fetcher_of(self._settings, self.stop.wait)
            return self._made


def read_address(url: str) -> str:
    """Return an address of the web as it is asked for; raises `DalilError` for another."""
    with _packages():
        from corpus.fetch.fetch import read_url
    return str(read_url(url))


def refusal(settings: Settings, address: str) -> str | None:
    """Return why the settings let nothing be fetched from an address, `None` if they do.

    Where its host's addresses lie is not looked at yet.  Raises `DalilError` where the packages
    for it are missing.
    """
    with _packages():
        from corpus.fetch.addresses import Allowed, ForbiddenError
        from corpus.fetch.fetch import host_of

    try:
        Allowed(settings.connect).check_host(host_of(address))
    except ForbiddenError as error:
        return str(error)
    return None


def allowed_address(settings: Settings, text: str) -> str:
    """Return an address as it is asked for.

    Raises `InputError` for what is none, and for one from which the settings let nothing be
    fetched.
    """
    try:
        # Where nothing may be fetched at all, that is said first.
        address = read_address(text) if settings.connect else text
    except DalilError as error:
        raise InputError(str(error)) from error
    if why := refusal(settings, address):
        raise InputError(why)
    return address


@contextmanager
def _packages() -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise DalilError(
            f"Links and feeds need packages that are not installed ({error.name}). "
            "Install them with: pip install '.[web]'"
        ) from error


def _version() -> str:
    try:
        return version("dalil")
    except PackageNotFoundError:
        # Run from a folder where it was never installed.
        return ""
