"""Any sentence-transformers model as an encoder, with the prompts that it was trained with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from corpus.errors import DalilError
from index.encoder.batching import batch_size
from index.encoder.protocol import Vectors, without_surrogates

# Encoded to tell two models of one name apart: scripts and digits that models treat differently.
_PROBE = "Dalil دلیل ەێ 10,000 Straße ığ"

INSTALL = "pip install '.[models]'"

# Names under which models keep the prompt of a passage.
_PASSAGE_PROMPTS = ("document", "passage", "corpus")


class SentenceTransformersEncoder:
    """A sentence-transformers model by name or folder, with its own query and passage prompts.

    Raises `DalilError` when the library is not installed or the model cannot be loaded. Loading
    reads from the folder or the Hugging Face cache, and downloads only what is in neither.
    """

    def __init__(self, name_or_folder: str) -> None:
        self.name = name_or_folder
        self._model = _load(name_or_folder)
        probe = self.encode_passages([_PROBE])
        self.dimension = int(probe.shape[1])
        self.fingerprint = _fingerprint(self._model, self.name, probe)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Float32 `(len(texts), dimension)`, by the model's `encode_query`."""
        return self._encode(self._model.encode_query, texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Float32 `(len(texts), dimension)`, by the model's `encode_document`."""
        return self._encode(self._model.encode_document, texts, self._passage_prompt)

    @cached_property
    def _passage_prompt(self) -> str | None:
        """The name of the model's prompt for passages.

        The library gives every model an empty prompt "document", which then goes before a
        "passage" prompt that is there.
        """
        named = [name for name in _PASSAGE_PROMPTS if self._model.prompts.get(name)]
        return named[0] if named else None

    @cached_property
    def _at_once(self) -> int:
        return batch_size(self._model, self.dimension)

    def _encode(
        self, encode: Callable[..., Any], texts: Sequence[str], prompt: str | None = None
    ) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        vectors = encode(
            [without_surrogates(text) for text in texts],
            prompt_name=prompt,
            # A single text, such as the probe and each question, needs no measuring.
            batch_size=self._at_once if len(texts) > 1 else 1,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return np.ascontiguousarray(vectors, dtype=np.float32)


def _load(name_or_folder: str) -> Any:  # noqa: ANN401 - the library has no types
    if is_missing_folder(name_or_folder):
        raise _unloadable(name_or_folder, "there is no such folder")
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise DalilError(
            f"The encoder {name_or_folder!r} needs sentence-transformers: {INSTALL}."
        ) from error
    try:
        return SentenceTransformer(name_or_folder)
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise _unloadable(name_or_folder, first_line(error)) from error


def _unloadable(name_or_folder: str, why: str) -> DalilError:
    return DalilError(
        f"The encoder {name_or_folder!r} cannot be loaded ({why}): "
        "give a sentence-transformers folder or a model name, and connect once to fetch it."
    )


def is_missing_folder(name_or_folder: str) -> bool:
    """Whether it can only mean a folder, and there is none: no need to import torch for that.

    >>> [is_missing_folder(name) for name in ("/no/such/model", "owner/model", ".")]
    [True, False, False]
    """
    # No name of a model starts like these.
    only_a_folder = name_or_folder.startswith((".", "~")) or Path(name_or_folder).is_absolute()
    return only_a_folder and not Path(name_or_folder).is_dir()


def first_line(error: Exception) -> str:
    """The first line of what a library says is wrong, to stand inside a sentence."""
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")


def _fingerprint(model: Any, name: str, probe: Vectors) -> str:  # noqa: ANN401
    """A SHA-256 over name, settings and the vector of a probe text.

    The vector is rounded to two digits, since its last ones differ between processors.
    """
    settings = {
        "name": name,
        "prompts": dict(model.prompts),
        "longest": model.max_seq_length,
        "probe": [round(float(value), 2) + 0.0 for value in probe[0]],
    }
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode("utf-8")).hexdigest()
