"""What the routes of links, feeds and folders take and give."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from ui.server.http.fields import Text
from ui.words.sentences import Said

LONGEST_ADDRESS, LONGEST_PATH = 2_048, 4_096
_HOUR = 3_600
# From a minute to thirty days, as `dalil feed add --every` takes.
Every = Annotated[int, Field(ge=60, le=30 * 24 * _HOUR)]
Address = Annotated[Text, Field(min_length=1, max_length=LONGEST_ADDRESS)]


class LinkBody(BaseModel):
    """The address of a page that holds an article."""

    link: Address = Field(description="An `http` or `https` address.")


class FeedBody(BaseModel):
    """A feed that is to be followed."""

    url: Address = Field(description="Of an RSS or Atom feed or a news sitemap.")
    every_seconds: Every = Field(default=_HOUR, description="How often it is fetched.")


class FeedChange(BaseModel):
    """What is to be different about a feed; what is left out stays as it is."""

    every_seconds: Every | None = None
    paused: bool | None = Field(
        default=None, description="`false` makes it due at once, whether it was paused or not."
    )


class Feed(BaseModel):
    """A feed and what came of it; times are ISO times in UTC."""

    url: str
    every_seconds: int
    added_at: str
    fetched_at: str | None = Field(description="`null` before the first time.")
    due_at: str | None = Field(description="When it is fetched next, `null` while it is paused.")
    paused: bool
    report: dict[str, int] | None = Field(
        description="How many articles the last fetch `added`, `updated`, left `unchanged`, and "
        "how many `failed`; nothing where the feed itself could not be read."
    )
    error: Said | None = Field(description="The first thing that went wrong in it, a sentence.")
    failures: int = Field(description="How often in a row the feed could not be read.")


class FeedList(BaseModel):
    """All feeds, in the order in which they were added."""

    connects: bool = Field(description="Whether the setting `connect` lets pages be fetched.")
    feeds: list[Feed]


class RemovedFeed(BaseModel):
    """A feed that is followed no longer; its articles stay."""

    removed: str


class FolderBody(BaseModel):
    """A folder that is to be followed."""

    path: Text = Field(
        min_length=1, max_length=LONGEST_PATH, description="Absolute, on the server's machine."
    )


class UnreadFile(BaseModel):
    """A file, or a line of one, that could not be read."""

    file: str
    error: Said = Field(description="A sentence that says why.")


class Folder(BaseModel):
    """A folder that is followed, or was."""

    path: str
    followed: bool = Field(description="Whether this server follows it.")
    fixed: bool = Field(description="Whether the setting `server.watch` says so.")
    checked_at: str | None = Field(
        description="ISO time, UTC, when following it last changed something or began; `null` "
        "before it was looked at."
    )
    articles: int = Field(description="How many came from it and are there.")
    failures: int = Field(description="How many files, or lines of one, could not be read.")
    failed: list[UnreadFile] = Field(description="Some of them, at most 20.")
    error: Said | None = Field(description="Why the folder itself could not be followed.")


class FolderList(BaseModel):
    """All folders that are followed or ever were, by path."""

    folders: list[Folder]
