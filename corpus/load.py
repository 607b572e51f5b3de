"""Files and folders to articles, with a sentence for everything that cannot be read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path

from corpus.article import Article
from corpus.errors import DalilError
from corpus.fields import FIELDS, draft, finish
from corpus.readers.decode import cannot_read, read_bytes, read_text
from corpus.readers.html import read_page
from corpus.readers.jsonl import read_lines
from corpus.readers.markdown import read_front_matter, without_markup
from corpus.text.characters import replace_surrogates

_PAGES = frozenset({".html", ".htm", ".xhtml"})
_MARKDOWN = frozenset({".md", ".markdown"})
_JSONL = frozenset({".jsonl", ".ndjson"})
_KNOWN = _PAGES | _MARKDOWN | _JSONL | {".txt", ".text"}


@dataclass(frozen=True, slots=True)
class Loaded:
    """One outcome of loading: an article, or the sentence that says why there is none.

    `path` is as the user gave it (a folder's name joined with the file's), `line` counts from 1
    in JSONL files and is `None` elsewhere. One of `article` and `error` is `None`.
    """

    path: str
    line: int | None = None
    article: Article | None = None
    error: str | None = None


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
    seen: dict[str, tuple[bytes, str]] = {}
    for path in paths:
        for found in _load_path(os.fspath(path), cleaned=clean, names=names):
            # File names that are not UTF-8 reach Python as surrogates, which cannot be printed.
            loaded = replace(found, path=replace_surrogates(found.path))
            if loaded.article is None:
                yield loaded
            else:
                yield from _once(loaded, loaded.article, seen)


def _checked(fields: Mapping[str, str]) -> Mapping[str, str]:
    for name in fields:
        if name not in FIELDS:
            known = ", ".join(FIELDS)
            raise DalilError(f'There is no field "{name}" to map; the fields are {known}.')
    return fields


def _once(loaded: Loaded, article: Article, seen: dict[str, tuple[bytes, str]]) -> Iterator[Loaded]:
    """Yield an article the first time its identity occurs, and a failure when it then differs."""
    place = loaded.path if loaded.line is None else f"{loaded.path}:{loaded.line}"
    # A digest in place of the article keeps a large import out of memory.
    content = repr(replace(article, source=None)).encode("utf-8", "surrogatepass")
    digest = blake2b(content, digest_size=16).digest()
    if article.id not in seen:
        seen[article.id] = (digest, place)
        yield loaded
        return
    known, first_place = seen[article.id]
    if known != digest:
        error = (
            f'The identity "{article.id}" stands for another article at {first_place}; '
            "give each article an id of its own."
        )
        yield replace(loaded, article=None, error=error)


def _load_path(path: str, *, cleaned: bool, names: Mapping[str, str]) -> Iterator[Loaded]:
    try:
        files = list(_members(path)) if Path(path).is_dir() else [path]
    except OSError as error:
        yield Loaded(path, error=cannot_read(error))
        return
    if not files:
        kinds = ", ".join(sorted(_KNOWN))
        yield Loaded(path, error=f"The folder holds no articles; Dalil reads {kinds} files.")
    for file in files:
        if Path(file).suffix.lower() in _JSONL:
            yield from _load_lines(file, cleaned=cleaned, names=names)
        else:
            yield _load_file(file, cleaned=cleaned)


def _members(folder: str) -> Iterator[str]:
    """Yield the files of known kinds below a folder, in sorted order, without hidden ones."""
    for parent, folders, files in os.walk(folder, onerror=_raise):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith(".") and Path(name).suffix.lower() in _KNOWN:
                # Not by `Path`, which would drop the "./" that the user gave.
                yield parent.rstrip(os.sep) + os.sep + name


def _raise(error: OSError) -> None:
    raise error


def _load_file(path: str, *, cleaned: bool) -> Loaded:
    try:
        values = _read(Path(path), cleaned=cleaned)
        found = draft(values, where=_absolute(path), source=path)
        return Loaded(path, article=finish(found, cleaned=cleaned))
    except DalilError as error:
        return Loaded(path, error=str(error))


def _absolute(path: str) -> str:
    return os.path.normpath(Path(path).absolute())


def _read(path: Path, *, cleaned: bool) -> Mapping[str, object]:
    kind = path.suffix.lower()
    if kind in _PAGES:
        return read_page(read_bytes(path))
    text = read_text(path)
    if kind not in _MARKDOWN:
        return {"text": text}
    values = read_front_matter(text)
    return values | {"text": without_markup(str(values["text"]))} if cleaned else values


def _load_lines(path: str, *, cleaned: bool, names: Mapping[str, str]) -> Iterator[Loaded]:
    absolute, empty = _absolute(path), True
    for number, values, error in read_lines(Path(path)):
        empty = False
        if values is None:
            yield Loaded(path, number, error=error)
            continue
        renamed = dict(values) | {name: values.get(other) for name, other in names.items()}
        try:
            found = draft(renamed, where=f"{absolute}:{number}", source=path)
            yield Loaded(path, number, article=finish(found, cleaned=cleaned))
        except DalilError as problem:
            yield Loaded(path, number, error=str(problem))
    if empty:
        yield Loaded(path, error="The file holds no articles; write one JSON object on each line.")
