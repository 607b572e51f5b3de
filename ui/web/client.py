"""The fetcher that the settings allow; the packages it needs are loaded here, when they are."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from corpus.errors import DalilError

if TYPE_CHECKING:
    from corpus.fetch.fetch import Fetcher
    from ui.settings.settings import Settings


def fetcher_of(settings: Settings, sleep: Callable[[float], object] = time.sleep) -> Fetcher:
    """Return what fetches from the places that `settings` allow, pausing by `sleep`.

    Raises `DalilError` where its packages are missing.
    """
    try:
        from corpus.fetch.addresses import Allowed
        from corpus.fetch.fetch import Fetcher
    except ImportError as error:
        raise DalilError(
            f"Links and feeds need packages that are not installed ({error.name}). "
            "Install them with: pip install '.[web]'"
        ) from error
    return Fetcher(
        Allowed(settings.connect, settings.connect_private),
        version=_version(),
        seconds=settings.connect_pause,
        sleep=sleep,
    )


def _version() -> str:
    try:
        return version("dalil")
    except PackageNotFoundError:
        # Run from a folder where it was never installed.
        return ""
