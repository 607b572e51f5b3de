"""What a folder of a static encoder holds, and whether it is whole."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import DalilError

# Tells our `config.json` from those of other libraries.
FORMAT = "dalil-static-encoder"
SCHEMA = 2
FILES = ("table.npy", "scales.npy", "tokenizer.json")


def is_static(folder: Path) -> bool:
    """Whether `folder` was written by `index.training.train`, going by its `config.json`."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(config, dict) and config.get("format") == FORMAT


def read_config(folder: Path) -> dict[str, Any]:
    """The `config.json` of a complete folder.

    Raises `DalilError` when a file is missing, the schema is another, or the tokeniser or the
    scales are not the ones the configuration was written with; the table is too large to be
    hashed at each start, `read_table` checks its shape.
    """
    missing = [file for file in ("config.json", *FILES) if not (folder / file).is_file()]
    if missing:
        raise DalilError(
            f"{folder} is no complete encoder, {', '.join(missing)} is missing: "
            "train one with python -m index.training.train, or install Dalil again."
        )
    path = folder / "config.json"
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DalilError(f"{path} is damaged ({error}): install Dalil again.") from error
    schema = config.get("schema") if isinstance(config, dict) else None
    if schema != SCHEMA:
        raise DalilError(
            f"{path} has schema {schema!r} and this Dalil reads {SCHEMA}: "
            "use the Dalil that the encoder was made with, or train it again."
        )
    for name in ("scales.npy", "tokenizer.json"):
        if _checksum(folder / name) != config["checksums"][name]:
            raise DalilError(f"{folder / name} is damaged: install Dalil or copy the folder again.")
    return dict(config)


def read_table(folder: Path, dimension: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """The memory-mapped int8 rows and their float32 scales; `DalilError` if they do not fit."""
    scales = np.load(folder / "scales.npy").astype(np.float32)
    try:
        table: NDArray[np.int8] = np.load(folder / "table.npy", mmap_mode="r")
    except ValueError as error:
        raise DalilError(f"{folder / 'table.npy'} is damaged ({error}): copy it again.") from error
    if table.shape != (len(scales), dimension) or table.dtype != np.int8:
        raise DalilError(f"{folder}: table.npy does not fit scales.npy: copy the folder again.")
    return table, scales


def checksums(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file that the vectors depend on."""
    return {file: _checksum(folder / file) for file in FILES}


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def fingerprint(sums: dict[str, str], settings: dict[str, object]) -> str:
    """One SHA-256 over the checksums and the settings that the vectors depend on."""
    text = json.dumps([sums, settings], sort_keys=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()
