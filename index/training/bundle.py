"""Write a trained table as the folder that `StaticEncoder` opens."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from corpus.errors import DalilError
from index.encoder.static import FILES, FORMAT, SCHEMA, checksums, fingerprint
from index.training.tokenizer import UNKNOWN, save_tokenizer

# What a wheel and a checkout can carry without complaint; the whole folder, in bytes.
LARGEST = 32_000_000


def quantise(table: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
    """8-bit rows, and the scale of each that makes its largest component 127.

    >>> rows, scales = quantise(np.array([[1.0, -0.25], [0.0, 0.0]], dtype=np.float32))
    >>> rows.tolist(), round(float(scales[0]) * 127, 2)
    ([[127, -32], [0, 0]], 1.0)
    """
    largest = np.abs(table).max(axis=1)
    # Rounded up to a 16-bit float first, so that no component leaves the range.
    scales = np.nextafter((largest / 127).astype(np.float16), np.float16(np.inf))
    scales[largest == 0] = 0
    divisor = np.where(largest == 0, 1, scales.astype(np.float32))
    return np.rint(table / divisor[:, None]).astype(np.int8), scales


def write_bundle(
    folder: Path,
    table: NDArray[np.float32],
    tokenizer: Tokenizer,
    recipe: Mapping[str, object],
) -> None:
    """Write table, scales, tokeniser and `config.json`; files of an older encoder are replaced.

    Raises `DalilError` when the folder would be larger than `LARGEST`.
    """
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    rows, scales = quantise(table)
    np.save(part / "table.npy", rows)
    np.save(part / "scales.npy", scales)
    save_tokenizer(tokenizer, part / "tokenizer.json")
    _write_config(part, table.shape, tokenizer, recipe)
    size = sum(path.stat().st_size for path in part.iterdir())
    if size > LARGEST:
        shutil.rmtree(part)
        raise DalilError(f"The encoder would take {size:,} bytes, {LARGEST:,} are allowed.")
    folder.mkdir(exist_ok=True)
    for name in (*FILES, "config.json"):
        os.replace(part / name, folder / name)  # noqa: PTH105
    part.rmdir()


def _write_config(
    folder: Path, shape: tuple[int, ...], tokenizer: Tokenizer, recipe: Mapping[str, object]
) -> None:
    settings: dict[str, object] = {
        "format": FORMAT,
        "schema": SCHEMA,
        "dimension": shape[1],
        "vocabulary_size": shape[0],
        "unknown": UNKNOWN,
        # The mean of distinct tokens, each times the root of its count.
        "pooling": "root",
        "normalised": True,
    }
    sums = checksums(folder)
    config = {
        **settings,
        "checksums": sums,
        "fingerprint": fingerprint(sums, settings),
        "recipe": dict(recipe),
    }
    text = json.dumps(config, indent=2, ensure_ascii=False)
    (folder / "config.json").write_text(text + "\n", encoding="utf-8")
