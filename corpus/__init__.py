"""From files to passages: articles are loaded, cleaned, and split into whole sentences.

Everything that reads the outside world or knows about human writing lives here, and nothing
here knows about the index. Spans are half-open and count code points of `Article.text`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from corpus.article import Article, Passage
from corpus.split import split
from corpus.text.sentences import sentence_spans

if TYPE_CHECKING:
    from corpus.furniture.clean import clean
    from corpus.load import load_articles

# In pipeline order.
__all__ = ["Article", "load_articles", "clean", "sentence_spans", "split", "Passage"]  # noqa: RUF022

# Asking reads no files, so what reads and cleans them is loaded when it is used.
_LATE = {"clean": "corpus.furniture.clean", "load_articles": "corpus.load"}


def __getattr__(name: str) -> object:
    if name not in _LATE:
        raise AttributeError(f"module 'corpus' has no attribute {name!r}")
    return getattr(import_module(_LATE[name]), name)
