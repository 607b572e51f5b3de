"""Encoders: texts to unit vectors, with the bundled static model or any sentence-transformers one.

Importing this package imports neither torch nor sentence_transformers.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from index.encoder.pieces import TokenizedText
from index.encoder.protocol import Encoder, WordTable
from index.encoder.saved import is_static
from index.encoder.static import StaticEncoder

__all__ = [
    "Encoder", "StaticEncoder", "TokenizedText", "WordTable", "load_bundled", "load_encoder",
    "table_of",
]  # fmt: skip

_BUNDLED = Path(__file__).parent / "bundled"


def load_encoder(name_or_folder: str) -> Encoder:
    """The encoder of that name: "bundled", a folder, or the name of a sentence-transformers model.

    A folder that `index.training.train` wrote opens as a `StaticEncoder`, any other as a
    sentence-transformers model. Raises `DalilError` when it cannot be opened.

    >>> load_encoder("bundled").encode_queries(["Who leads the media centre?"]).shape
    (1, 256)
    """
    if name_or_folder == "bundled":
        return load_bundled()
    if is_static(Path(name_or_folder)):
        return StaticEncoder(name_or_folder)
    from index.encoder.sentence_transformers import SentenceTransformersEncoder

    return SentenceTransformersEncoder(name_or_folder)


@cache
def load_bundled() -> StaticEncoder:
    """The encoder that ships inside the package, with its token level; one for the process."""
    return StaticEncoder(_BUNDLED, name="bundled")


def table_of(encoder: Encoder) -> StaticEncoder:
    """The token table beside an encoder: itself if it is one, else the bundled one."""
    return encoder if isinstance(encoder, StaticEncoder) else load_bundled()
