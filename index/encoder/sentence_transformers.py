"""Any sentence-transformers model as an encoder, with the prompts that it was trained with."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from corpus.errors import DalilError
from corpus.text.characters import replace_surrogates
from index.encoder.protocol import Vectors

# Encoded to tell two models of one name apart: scripts and digits that models treat differently.
_PROBE = "Dalil دلیل ەێ 10,000 Straße ığ"

INSTALL = "pip install '.[models]'"

# Names under which models keep the prompt of a passage.
_PASSAGE_PROMPTS = ("document", "passage", "corpus")
# Float32 values a token needs at a time, in vectors of the model's width: input, queries, keys,
# values, what they mix to, two feed-forward layers of four widths each, and room for copies.
_VECTORS_A_TOKEN = 24
# The rest is for the weights, the library and everybody else.
_SHARE = 4
_FEWEST, _MOST, _MOST_ON_GPU = 4, 64, 512
# What is taken to be free where the system does not say.
_UNKNOWN_FREE = 2 << 30
# What most models read, where one does not say.
_USUAL_LONGEST = 512


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
            [replace_surrogates(text) for text in texts],
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


def texts_at_once(free: int, longest: int, width: int, *, on_gpu: bool) -> int:
    """A power of two: texts of `longest` tokens that fit in a quarter of `free` bytes.

    Never below 4, nor above 64 on a processor, where more only adds padding, or 512 on a GPU.
    `width` is the number of components of a token's vector.

    >>> [texts_at_once(free << 30, 512, 384, on_gpu=False) for free in (16, 1)]
    [64, 8]
    >>> [texts_at_once(40 << 30, longest, 1024, on_gpu=True) for longest in (512, 8192)]
    [128, 8]
    """
    fitting = free // _SHARE // (longest * width * _VECTORS_A_TOKEN * 4)
    most = _MOST_ON_GPU if on_gpu else _MOST
    return 1 << (min(max(fitting, _FEWEST), most).bit_length() - 1)


def batch_size(model: Any, width: int) -> int:  # noqa: ANN401 - the library has no types
    """`texts_at_once` for a loaded model and the device that it chose (CUDA where there is one)."""
    longest = min(model.max_seq_length or _USUAL_LONGEST, 1 << 20)
    device = model.device
    on_gpu = device.type == "cuda"
    return texts_at_once(_free(device, on_gpu=on_gpu), longest, width, on_gpu=on_gpu)


def _free(device: Any, *, on_gpu: bool) -> int:  # noqa: ANN401
    if on_gpu:
        import torch

        return int(torch.cuda.mem_get_info(device)[0])
    return free_memory()


def free_memory(told: Path = Path("/proc/meminfo")) -> int:
    """Bytes that programs can still take on this machine; elsewhere half of all its memory.

    Linux counts what it can drop from its caches as available, `sysconf` does not.
    """
    try:
        for line in told.read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    except (OSError, ValueError):
        return _UNKNOWN_FREE
