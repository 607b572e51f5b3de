"""Dalil's side: import articles, build the index anew, open it, hand its passages over."""

from __future__ import annotations

import json
import pickle
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import IO

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
    seconds = {"read_s": read - began, "import_s": done - began}
    return {"articles": len(found), **seconds}


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
    """Read the articles into a file, as `dalil add` does, and import them, never all at once.

    `read_s` is what reading and cleaning them took, `build_s` the rest: to split, encode, analyse,
    store and index them, and to commit.
    """
    began = perf_counter()
    with tempfile.TemporaryFile(dir=folder) as file:
        for one in load_articles(folder / ARTICLES):
            if one.article:
                pickle.dump(one.article, file)
        file.seek(0)
        library = Library.open(folder / LIBRARY, load_encoder("bundled"), create=True)
        # Before the clock runs: what indexes beside the import would work while it reads.
        read_s, clock = perf_counter() - began, Clock()
        library.add(_pickled(file))
    figures = {**clock.build(), "read_s": read_s, "articles": len(library)}
    passages = library.count_passages()
    # Closed first, so that what SQLite's log holds counts once.
    library.close()
    disk = {"passages": passages, "disk_mb": size(folder / LIBRARY)}
    return {**figures, **disk}


def _pickled(file: IO[bytes]) -> Iterator[Article]:
    with suppress(EOFError):
        while True:
            yield pickle.load(file)


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
