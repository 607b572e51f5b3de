"""The other side: a hybrid search as a LangChain program would have it.

A FAISS store and a BM25 retriever under an ensemble, all as they come, except that the store is
given vectors that are ready, as numpy rows: encoding is not what is compared, and lists of
floats would take three times the memory.  The only module that imports langchain_community
and langchain_classic; install them with `pip install '.[bench]'`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
from langchain_classic.embeddings.base import Embeddings
from langchain_classic.retrievers import EnsembleRetriever
from langchain_community.retrievers import BM25Retriever
from langchain_community.vectorstores import FAISS

from eval.bench.files import PASSAGES, STORE, VECTORS, Figures, Found, named, size
from eval.bench.sides.clock import Clock
from index.encoder import load_bundled

# As many passages a leg as Dalil's legs find, and as many fused as are judged.
_K, _SHOWN = 50, 10


class BundledEmbeddings(Embeddings):  # type: ignore[misc]
    """Dalil's bundled encoder as LangChain embeddings, so that both sides have one encoder."""

    def __init__(self) -> None:
        self._encoder = load_bundled()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return a vector for each text."""
        return list(self._encoder.encode_passages(texts).tolist())

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question."""
        return list(self._encoder.encode_queries([text])[0].tolist())


def build(folder: Path) -> Figures:
    """Make both indexes of the passages, and keep what can be kept: the FAISS store."""
    with (folder / PASSAGES).open(encoding="utf-8") as file:
        passages = [json.loads(line) for line in file]
    texts = [passage.pop("text") for passage in passages]
    vectors, embeddings = np.load(folder / VECTORS), BundledEmbeddings()
    clock = Clock()
    store = FAISS.from_embeddings(zip(texts, vectors, strict=True), embeddings, metadatas=passages)
    store.save_local(str(folder / STORE))
    # Not used here, but a program that has just indexed goes on to serve.
    lexical = BM25Retriever.from_texts(texts, metadatas=passages, k=_K)
    built = clock.build()
    return {
        "passages": len(lexical.docs),
        **built,
        "derived_mb": size(folder / STORE),
        "disk_mb": size(folder / STORE),
    }


def serve(folder: Path) -> Mapping[str, Callable[[str], object]]:
    """Load the FAISS store, build BM25 from its documents, and return the retrievers.

    BM25Retriever cannot be saved by any method of its own, so opening means building it again.
    """
    store = FAISS.load_local(
        # Unpickling is safe only because `build` has just written the file.
        str(folder / STORE), BundledEmbeddings(), allow_dangerous_deserialization=True
    )  # fmt: skip
    documents = [store.docstore.search(key) for key in store.index_to_docstore_id.values()]
    dense = store.as_retriever(search_kwargs={"k": _K})
    # Its own way to find words: whatever stands between spaces.
    lexical = BM25Retriever.from_documents(documents, preprocess_func=str.split, k=_K)
    both = EnsembleRetriever(retrievers=[lexical, dense], weights=[0.5, 0.5])
    return {"FAISS store": dense.invoke, "BM25Retriever": lexical.invoke, "ensemble": both.invoke}


def search(folder: Path) -> Mapping[str, Callable[[str], object]]:
    """Return the same retrievers under the names that all sides give their legs."""
    legs = serve(folder)
    ensemble = cast("Callable[[str], list[Any]]", legs["ensemble"])

    def both(question: str) -> Found:
        places = [document.metadata for document in ensemble(question)[:_SHOWN]]
        return Found([[named(place["article"], place["start"])] for place in places])

    return {"fused": both, "lexical": legs["BM25Retriever"], "dense": legs["FAISS store"]}
