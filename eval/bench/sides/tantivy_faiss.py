"""tantivy beside FAISS, fused by rank: a search engine in Rust, as its Python package comes.

Words are split, lower-cased and stemmed by tantivy's own analyser, in Arabic, the language of the
collection.  A question is the disjunction of its words: a colon or a hyphen in it would be an
operator to the query parser.  The only module that imports tantivy; install it with
`pip install '.[bench]'`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import tantivy

from eval.bench.files import Figures, Found, size
from eval.bench.sides.clock import Clock
from eval.bench.sides.dense import DEPTH, Dense, fused, texts

_HOME, _ANALYSER = "tantivy", "arabic"


def build(folder: Path) -> Figures:
    """Make both indexes of the passages and keep them."""
    home = folder / _HOME
    clock = Clock()
    Dense.build(folder, home)
    index, schema = _index(home), _schema()
    # One thread as all sides have.
    writer = index.writer(num_threads=1)
    for row, text in enumerate(texts(folder)):
        writer.add_document(tantivy.Document.from_dict({"text": text, "row": row}, schema))
    writer.commit()
    writer.wait_merging_threads()
    return {**clock.build(), "disk_mb": size(home)}


def search(folder: Path) -> Mapping[str, Callable[[str], object]]:
    """Open both indexes and return the legs."""
    home = folder / _HOME
    dense, index, schema, analyser = Dense.open(home), _index(home), _schema(), _analyser()
    searcher = index.searcher()

    def words(question: str) -> list[int]:
        asked = [
            (tantivy.Occur.Should, tantivy.Query.term_query(schema, "text", word))
            for word in dict.fromkeys(analyser.analyze(question))
        ]
        hits = searcher.search(tantivy.Query.boolean_query(asked), DEPTH, count=False).hits
        return [int(row) for row in searcher.fast_field_values("row", [place for _, place in hits])]

    def both(question: str) -> Found:
        return fused(words(question), dense.search(question))

    return {"fused": both, "lexical": words, "dense": dense.search}


def _analyser() -> tantivy.TextAnalyzer:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    kept = builder.filter(tantivy.Filter.lowercase())
    return kept.filter(tantivy.Filter.stemmer("arabic")).build()


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", tokenizer_name=_ANALYSER, index_option="freq")
    builder.add_unsigned_field("row", fast=True)
    return builder.build()


def _index(home: Path) -> tantivy.Index:
    folder = home / "words"
    folder.mkdir(parents=True, exist_ok=True)
    index = tantivy.Index(_schema(), path=str(folder))
    index.register_tokenizer(_ANALYSER, _analyser())
    return index
