"""Files, folders and other sources to articles, with a sentence for all that cannot be read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path

from corpus.article import Article
from corpus.confined.process import read_confined
from corpus.errors import DalilError
from corpus.fields import FIELDS, Entry, NoTextError, draft, finish, known
from corpus.naming import Fault, Lacking
from corpus.readers.formats import KINDS, Format, format_in
from corpus.source import Source, cannot_read, file_source, kind_of, members
from corpus.text.characters import replace_surrogates


@dataclass(frozen=True, slots=True)
class Loaded:
    """One outcome of loading: an article, or the sentence that says why there is none.

    `label` is the source's: of a file, its path as the user gave it (a folder's name joined with
    the file's). `line` counts from 1 (lines of JSONL and CSV, articles of JSON, chapters of a
    book) and is `None` elsewhere. One of `article`
    and `error` is `None`. `notices` say what of the source is not in the article.
    """

    label: str
    line: int | None = None
    article: Article | None = None
    error: str | None = None
    notices: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """The label, with the line where there is one."""
        return self.label if self.line is None else f"{self.label}:{self.line}"


def load_articles(
    *paths: str | os.PathLike[str],
    clean: bool = True,
    fields: Mapping[str, str] | None = None,
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
    """
    names = _checked(fields or {})
    every = (loaded for path in paths for loaded in _load_path(os.fspath(path), clean, names))
    yield from _unique(every)


def load_sources(
    sources: Iterable[Source], *, clean: bool = True, fields: Mapping[str, str] | None = None
) -> Iterator[Loaded]:
    """Yield the articles of sources as `load_articles` does those of files, but for the identity.

    An article without `id` and `url` is identified by its source's `identity` (with `:LINE`).

    >>> from corpus.source import bytes_source
    >>> sent = [bytes_source("خبر.txt", "فُتح المعبر.".encode()), bytes_source("a.jsonl", b"{}")]
    >>> [(found.label, found.line, found.article is None) for found in load_sources(sent)]
    [('خبر.txt', None, False), ('a.jsonl', 1, True)]
    """
    names = _checked(fields or {})
    yield from _unique(loaded for source in sources for loaded in _load(source, clean, names))


def _checked(fields: Mapping[str, str]) -> Mapping[str, str]:
    for name in fields:
        if name not in FIELDS:
            known = ", ".join(FIELDS)
            raise DalilError(f'There is no field "{name}" to map; the fields are {known}.')
    return fields


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
    if known != digest:
        error = (
            f'The identity "{article.id}" stands for another article at {first_place}; '
            "give each article an id of its own."
        )
        yield replace(loaded, article=None, error=error)


def _load_path(path: str, cleaned: bool, names: Mapping[str, str]) -> Iterator[Loaded]:
    try:
        files = list(_members(path)) if Path(path).is_dir() else [path]
    except OSError as error:
        yield Loaded(path, error=cannot_read(error))
        return
    if not files:
        kinds = ", ".join(sorted(KINDS))
        yield Loaded(path, error=f"The folder holds no articles; Dalil reads {kinds} files.")
    for file in files:
        yield from _load(file_source(file), cleaned, names)


def _members(folder: str) -> Iterator[str]:
    """Yield the files of known kinds below a folder, in sorted order, without hidden ones."""
    return (file for file in members(folder, _raise) if kind_of(file) in KINDS)


def _raise(error: OSError) -> None:
    raise error


def _load(source: Source, cleaned: bool, names: Mapping[str, str]) -> Iterator[Loaded]:
    lacking = Lacking(source.label)
    try:
        form = format_in(source)
        found = read_confined(form.read, source) if form.confined else form.read(source)
        for entry in found:
            try:
                loaded = _outcome(source, form, entry, cleaned, names)
            except NoTextError:
                yield from map(_refused, lacking.enter(entry))
            else:
                if loaded.article:
                    yield from map(_refused, lacking.text_found())
                yield loaded
        yield from map(_refused, lacking.rest())
    except DalilError as error:
        yield from map(_refused, lacking.rest())
        yield Loaded(source.label, error=str(error))


def _refused(fault: Fault) -> Loaded:
    return Loaded(fault.label, fault.line, error=fault.error)


def _outcome(
    source: Source, form: Format, entry: Entry, cleaned: bool, names: Mapping[str, str]
) -> Loaded:
    """Return what an entry comes to; one that nothing can be made of names its line.

    Raises `NoTextError` for one whose fields have other names.
    """
    if entry.values is None:
        return Loaded(source.label, entry.line, error=entry.error)
    values = dict(entry.values)
    if form.names_fields:
        values |= {name: entry.values.get(other) for name, other in names.items()}
    if form.names_fields and values.get("exported") is not True:
        values = known(values)
    where = source.identity if entry.line is None else f"{source.identity}:{entry.line}"
    try:
        if cleaned and form.without_markup:
            values["text"] = form.without_markup(str(values["text"]))
        found = draft(values, where=where, source=source.label)
        found = replace(found, pages=entry.pages or found.pages)
        article = finish(found, cleaned=cleaned)
        return Loaded(source.label, entry.line, article, notices=entry.notices)
    except NoTextError:
        raise
    except DalilError as error:
        return Loaded(source.label, entry.line, error=str(error))
