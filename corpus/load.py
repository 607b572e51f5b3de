"""Files, folders and other sources to articles, with a sentence for all that cannot be read."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from corpus.article import Article
from corpus.confined.ahead import read_ahead
from corpus.confined.process import read_confined
from corpus.confined.stream import read_streamed
from corpus.dates.future import is_ahead, left_out
from corpus.errors import DalilError
from corpus.fields import FIELDS, Entry, NoTextError, draft, finish, known
from corpus.naming import Alike, Fault, Lacking
from corpus.profiles.profile import Profile, Profiles
from corpus.readers.formats import KINDS, Format, format_in, quick_reader
from corpus.readers.warc.tally import Tally
from corpus.source import Source, cannot_read, file_source, kind_of, members
from corpus.text.characters import replace_surrogates
from corpus.unread import Notice


@dataclass(frozen=True, slots=True)
class Loaded:
    """One outcome of loading: an article, or the sentence that says why there is none.

    `label` is the source's: of a file, its path as the user gave it (a folder's name joined with
    the file's). `line` counts from 1 (lines of JSONL and CSV, articles of JSON, chapters of a
    book, records of a web archive) and is `None` elsewhere. One of `article` and `error` is `None`.
    Pages that were `captured` may come again, in this archive or another; the first counts.
    """

    label: str
    line: int | None = None
    article: Article | None = None
    error: str | None = None
    captured: bool = False

    @property
    def place(self) -> str:
        """The label, with the line where there is one."""
        return self.label if self.line is None else f"{self.label}:{self.line}"


class _How(NamedTuple):
    """How sources are read."""

    cleaned: bool
    names: Mapping[str, str]
    profiles: tuple[Profile, ...]
    tell: Callable[[Notice], object]


def nobody(told: Notice) -> None:
    """Tell nobody."""


# A library without profiles.
NO_PROFILES = Profiles()
# Bad records of an archive that are named each; the rest is counted.
_NAMED = 20


def load_articles(
    *paths: str | os.PathLike[str],
    clean: bool = True,
    fields: Mapping[str, str] | None = None,
    profiles: Profiles = NO_PROFILES,
    tell: Callable[[Notice], object] = nobody,
) -> Iterator[Loaded]:
    """Yield the articles of files and folders, one at a time, and what could not be read.

    Folders are walked in sorted order, hidden files and unknown kinds passed over; a file that
    is named itself is read as text when its kind is unknown. `fields` maps the names of this
    project to those of JSONL files, as `{"text": "body"}`. An article is identified by its
    `id`, else its `url`, else the absolute path of its file (with `:LINE` for JSONL), since the
    same relative path means other files in other folders; `source` is the path as given.
    The same identity twice is one article if all else is equal too, else a failure. Nothing
    is raised for bad input, except `DalilError` for unknown names in `fields`. With `clean`
    off, texts stay as they are in the file, unpaired surrogates and byte order mark apart.
    `profiles` say how the pages of a site are read. `tell` gets what stops nothing: what of an
    archive was passed over, and profiles that cannot be used.
    """
    how = _how(clean, fields, profiles, tell)
    every = (loaded for path in paths for loaded in _load_path(os.fspath(path), how))
    yield from _unique(every)


def load_sources(
    sources: Iterable[Source],
    *,
    clean: bool = True,
    fields: Mapping[str, str] | None = None,
    profiles: Profiles = NO_PROFILES,
    tell: Callable[[Notice], object] = nobody,
) -> Iterator[Loaded]:
    """Yield the articles of sources as `load_articles` does those of files, but for the identity.

    An article without `id` and `url` is identified by its source's `identity` (with `:LINE`).

    >>> from corpus.source import bytes_source
    >>> sent = [bytes_source("خبر.txt", "فُتح المعبر.".encode()), bytes_source("a.jsonl", b"{}")]
    >>> [(found.label, found.line, found.article is None) for found in load_sources(sent)]
    [('خبر.txt', None, False), ('a.jsonl', 1, True)]
    """
    how = _how(clean, fields, profiles, tell)
    yield from _unique(loaded for source in sources for loaded in _load(source, how))


def _how(
    clean: bool,
    fields: Mapping[str, str] | None,
    profiles: Profiles,
    tell: Callable[[Notice], object],
) -> _How:
    for name in fields or {}:
        if name not in FIELDS:
            known = ", ".join(FIELDS)
            raise DalilError(f'There is no field "{name}" to map; the fields are {known}.')
    for fault in profiles.faults:
        path, _, reason = fault.partition(": ")
        tell(Notice(replace_surrogates(path), reason))
    return _How(clean, fields or {}, profiles.every, tell)


def _unique(every: Iterable[Loaded]) -> Iterator[Loaded]:
    """Yield an article the first time its identity occurs, and a failure when it then differs."""
    seen: dict[str, tuple[bytes, str]] = {}
    for found in every:
        # File names that are not UTF-8 reach Python as surrogates, which cannot be printed.
        loaded = replace(found, label=replace_surrogates(found.label))
        if loaded.article is None:
            yield loaded
        else:
            yield from _once(loaded, loaded.article, seen)


def _once(loaded: Loaded, article: Article, seen: dict[str, tuple[bytes, str]]) -> Iterator[Loaded]:
    # A digest in place of the article keeps a large import out of memory.
    content = repr(replace(article, source=None)).encode("utf-8", "surrogatepass")
    digest = blake2b(content, digest_size=16).digest()
    if article.id not in seen:
        seen[article.id] = (digest, loaded.place)
        yield loaded
        return
    known, first_place = seen[article.id]
    if known != digest and not loaded.captured:
        error = (
            f'The identity "{article.id}" stands for another article at {first_place}; '
            "give each article an id of its own."
        )
        yield replace(loaded, article=None, error=error)


def _load_path(path: str, how: _How) -> Iterator[Loaded]:
    try:
        files = list(_members(path)) if Path(path).is_dir() else [path]
    except OSError as error:
        yield Loaded(path, error=cannot_read(error))
        return
    if not files:
        kinds = ", ".join(sorted(KINDS))
        yield Loaded(path, error=f"The folder holds no articles; Dalil reads {kinds} files.")
    sources = (replace(file_source(file), profiles=how.profiles) for file in files)
    for source, found in read_ahead(sources, quick_reader):
        yield from _load(source, how, found)


def _members(folder: str) -> Iterator[str]:
    """Yield the files of known kinds below a folder, in sorted order, without hidden ones."""
    return (file for file in members(folder, _raise) if kind_of(file) in KINDS)


def _raise(error: OSError) -> None:
    raise error


def _load(source: Source, how: _How, found: Iterator[Entry] | None = None) -> Iterator[Loaded]:
    """Yield what a source comes to, of which `found` has been read already."""
    source = replace(source, profiles=how.profiles)
    lacking, alike = Lacking(source.label), Alike(source.label)
    try:
        form = format_in(source)
        if form.archive:
            yield from _archive(source, form, read_streamed(form.archive, source), how)
            return
        confined = partial(read_confined, form.read, quick=form.quick)
        for entry in found or (confined if form.confined else form.read)(source):
            try:
                loaded = _outcome(source, form, entry, how)
            except NoTextError:
                yield from map(_refused, lacking.enter(entry))
            else:
                if loaded.article:
                    yield from map(_refused, lacking.text_found())
                if not loaded.error or alike.told(loaded.error):
                    yield loaded
        yield from map(_refused, (*lacking.rest(), *alike.rest()))
    except DalilError as error:
        yield from map(_refused, lacking.rest())
        yield Loaded(source.label, error=str(error))


def _archive(source: Source, form: Format, entries: Iterator[Entry], how: _How) -> Iterator[Loaded]:
    """Yield the pages of an archive, and tell what else was in it, which stops nothing."""
    tally, notices = Tally(), Counter[str]()
    stopped: str | None = None
    try:
        yield from _pages(source, form, entries, how, tally, notices)
    except DalilError as error:
        stopped = str(error)
    label = replace_surrogates(source.label)
    for notice, count in notices.items():
        how.tell(Notice(label, notice if count == 1 else f"{count} pages: {notice}"))
    if tally.read:
        how.tell(Notice(label, f"{tally}." if stopped is None else f"{tally}. {stopped}"))
    if stopped is not None:
        yield Loaded(source.label, error=stopped)
    elif not tally.read:
        yield Loaded(source.label, error=f"The archive holds no page of an article ({tally}).")


def _pages(
    source: Source,
    form: Format,
    entries: Iterator[Entry],
    how: _How,
    tally: Tally,
    notices: Counter[str],
) -> Iterator[Loaded]:
    """Yield the pages of an archive; count the rest in `tally`, and what to tell in `notices`."""
    for entry in entries:
        if entry.skipped:
            tally.skip(entry.skipped)
        elif entry.error:
            tally.skip("unreadable record")
            if tally["unreadable record"] <= _NAMED:
                place = f"{replace_surrogates(source.label)}:{entry.line}"
                how.tell(Notice(place, entry.error))
        elif (loaded := _outcome(source, form, entry._replace(notices=()), how)).article:
            tally.read += 1
            notices.update(entry.notices)
            yield replace(loaded, captured=True)
        else:
            tally.skip("page without text")


def _refused(fault: Fault) -> Loaded:
    return Loaded(fault.label, fault.line, error=fault.error)


def _outcome(source: Source, form: Format, entry: Entry, how: _How) -> Loaded:
    """Return what an entry comes to; one that nothing can be made of names its line.

    Raises `NoTextError` for one whose fields have other names.
    """
    if entry.values is None:
        return Loaded(source.label, entry.line, error=entry.error)
    values = dict(entry.values)
    if form.names_fields:
        values |= {name: entry.values.get(other) for name, other in how.names.items()}
    if form.names_fields and values.get("exported") is not True:
        values = known(values)
    place = "" if entry.line is None else f":{entry.line}"
    try:
        if how.cleaned and form.without_markup:
            values["text"] = form.without_markup(str(values["text"]))
        found = draft(values, where=source.identity + place, source=source.label)
        found = replace(found, pages=entry.pages or found.pages)
        article = finish(found, cleaned=how.cleaned)
        notices = entry.notices
        if article.published and is_ahead(article.published):
            notices = (*notices, left_out(article.published))
            article = replace(article, published=None)
        for notice in notices:
            how.tell(Notice(replace_surrogates(source.label) + place, notice))
        return Loaded(source.label, entry.line, article)
    except NoTextError:
        raise
    except DalilError as error:
        return Loaded(source.label, entry.line, error=str(error))
