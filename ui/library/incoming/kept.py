"""What the routes of links, feeds and folders need beside the queue: settings, and two tables."""

from __future__ import annotations

from contextlib import closing
from typing import Annotated

from fastapi import Depends, Request

from corpus.errors import DalilError
from index import Library
from index.store.database import DATABASE
from index.store.feeds import FeedTable
from index.store.followed import FollowedFolders
from ui.server.http.errors import errors
from ui.service import Service
from ui.settings.settings import Settings

# Of routes that read, and of those that change something.
READS, CHANGES = errors(503, 504), errors(400, 404, 422, 503, 504)


def _settings(request: Request) -> Settings:
    settings: Settings | None = request.app.state.settings
    if settings is None:
        raise DalilError("This server has no settings; start it with: dalil serve")
    return settings


SettingsOf = Annotated[Settings, Depends(_settings)]


def is_there(settings: Settings) -> bool:
    """Return whether there is a library."""
    return (settings.home / DATABASE).exists()


def feeds_of(settings: Settings) -> closing[FeedTable]:
    """Give the feeds of a library that is there to a block."""
    return closing(FeedTable.open(settings.home))


def followed_of(settings: Settings) -> closing[FollowedFolders]:
    """Give the folders that a library names, which is there, to a block."""
    return closing(FollowedFolders.open(settings.home))


def made_library(service: Service) -> Library:
    """Return the library, made if it was not there: the first link or feed may be what makes it."""
    assistant = service.assistant(create=True)
    if assistant is None:
        raise DalilError(service.missing)
    return assistant.library
