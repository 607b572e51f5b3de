"""Dalil's side: import articles, build the index anew, open it, hand its passages over."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from time import perf_counter

import numpy as np

from corpus.article import Article
from corpus.load import load_articles
from corpus.split import split
from eval.bench.files import ARTICLES, LIBRARY, PASSAGES, VECTORS, Figures, Found, named, size
from eval.bench.sides.clock import Clock
from eval.bench.sides.legs import legs
from index import Library, load_encoder
from index.embedded.segments.kept import DERIVED
from index.store.database import DATABASE
from rag import Assistant

_TEXTS_AT_ONCE = 1_000
# As many passages are judged of every side.
_SHOWN = 10


def add(folder: Path) -> Figures:
    """Import the articles of the collection as `dalil add` does."""
    began = perf_counter()
    found = [a.article for a in load_articles(folder / ARTICLES) if a.article]
    read = perf_counter()
    library = Library.open(folder / LIBRARY, load_encoder("bundled"), create=True)
    library.add(found)
    done = perf_counter()
    return {"articles": len(found), "read_s": read - began, "import_s": done - began}


def build(folder: Path) -> Figures:
    """Build the derived files anew from what SQLite holds: passages, and their vectors."""
    library = Library.open(folder / LIBRARY, load_encoder("bundled"))
    began = perf_counter()
    library.rebuild()
    return {"build_s": perf_counter() - began}


def export(folder: Path) -> Figures:
    """Write the passages as JSONL and their vectors, float32 (n, dimension), for other stacks."""
    library = Library.open(folder / LIBRARY, load_encoder("bundled"))
    texts: list[str] = []
    with (folder / PASSAGES).open("w", encoding="utf-8") as file:
        for article in library.articles():
            for passage in split(library.article(article.id)):
                texts.append(passage.text)
                fields = {"article": article.id, "start": passage.start, "text": passage.text}
                file.write(json.dumps(fields, ensure_ascii=False) + "\n")
    vectors = [
        library.encoder.encode_passages(texts[first : first + _TEXTS_AT_ONCE])
        for first in range(0, len(texts), _TEXTS_AT_ONCE)
    ]
    np.save(folder / VECTORS, np.concatenate(vectors))
    home = folder / LIBRARY
    return {
        "passages": len(texts),
        "derived_mb": size(home / DERIVED),
        "stored_mb": size(home / DATABASE),
    }


def gather(folder: Path) -> Figures:
    """Import the articles as they are read, never all at once.

    `read_s` is what reading and cleaning them took, `build_s` the rest: to split, encode, analyse,
    store and index them, and to commit.
    """
    library = Library.open(folder / LIBRARY, load_encoder("bundled"), create=True)
    began, clock = perf_counter(), Clock()

    def found() -> Iterator[Article]:
        loaded = iter(load_articles(folder / ARTICLES))
        while True:
            clock.pause()
            one = next(loaded, None)
            clock.go()
            if one is None:
                return
            if one.article:
                yield one.article

    library.add(found())
    built = clock.build()
    read_s = perf_counter() - began - built["build_s"]
    figures = {**built, "read_s": read_s, "articles": len(library)}
    passages = library.count_passages()
    # Closed first, so that what SQLite's log holds counts once.
    library.close()
    return {**figures, "passages": passages, "disk_mb": size(folder / LIBRARY)}


def search(folder: Path) -> Mapping[str, Callable[[str], object]]:
    """Open the library and return the search under the names that all sides give their legs."""
    library = Library.open(folder / LIBRARY, load_encoder("bundled"))
    library.engine.follow(writing=False)
    assistant = Assistant(library)
    single = legs(library, assistant)

    def both(question: str) -> Found:
        hits, _ = assistant.search(question, k=_SHOWN)
        places = [named(hit.article.id, hit.passage.start) for hit in hits]
        reports = [[hit.article.id, *(article.id for article in hit.also)] for hit in hits]
        return Found([[place, *ids] for place, ids in zip(places, reports, strict=True)])

    return {"fused": both, "lexical": single["lexical"], "dense": single["dense"]}


def answers(folder: Path) -> Mapping[str, Callable[[str], object]]:
    """Open the library and return the way from a question to an answer with citations."""
    assistant = Assistant(Library.open(folder / LIBRARY, load_encoder("bundled")))
    assistant.library.engine.follow(writing=False)
    return {"answer": assistant.ask}


def answers_unread(folder: Path) -> Mapping[str, Callable[[str], object]]:
    """Return the same without the reader: sentences are ranked by how well words are met."""
    assistant = Assistant(Library.open(folder / LIBRARY, load_encoder("bundled")), reader=None)
    assistant.library.engine.follow(writing=False)
    return {"answer": assistant.ask}


def serve(folder: Path) -> Mapping[str, Callable[[str], object]]:
    """Open the library and return its legs."""
    library = Library.open(folder / LIBRARY, load_encoder("bundled"))
    library.engine.follow(writing=False)
    return legs(library, Assistant(library))
