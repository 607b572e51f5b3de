"""The shipped reader as a model to train on from: what `graph.py` did to its layers, undone.

Weights come back as the 7 bits left them, within half a step of each column's scale; what the
checkpoint also held, the optimizer's moments, is gone.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from corpus.errors import DalilError
from index.training.reader.model import LAYERS, ReadingModel

if TYPE_CHECKING:
    from index.training.reader.base import Base, Floats

_TABLE = "bert.embeddings.word_embeddings.weight"
_POSITIONS = "bert.embeddings.position_embeddings.weight"
_TYPES = "bert.embeddings.token_type_embeddings.weight"
# Rows of the heads' common layer in the graph, in its order.
_HEADS = {"of_sentence": slice(0, 1), "of_words": slice(1, 3), "of_none": slice(3, 4)}


def read_shipped(base: Base, folder: Path) -> ReadingModel:
    """Return the model of `folder`, as `index.training.reader.export` wrote it, on `base`.

    The table of pieces is the base's, of which the folder holds the rows it kept.  Raises
    `DalilError` for a folder without layers that fit the base.
    """
    try:
        held = {one.name: one for one in onnx.load(folder / LAYERS).graph.initializer}
        constants = {name: numpy_helper.to_array(one) for name, one in held.items()}
        state = _state(constants, base.sizes.types)
        model = _sized(base, state)
        lacking = {*model.state_dict()} - {*state, _TABLE}
        model.load_state_dict({name: torch.from_numpy(one) for name, one in state.items()}, False)
    except Exception as error:
        # onnx and torch have kinds of errors of their own.
        raise DalilError(
            f"{folder} holds no reader that goes with these weights ({error}): name a folder that "
            "python -m index.training.reader.export wrote, and the base it was trained from."
        ) from error
    if lacking:
        raise DalilError(
            f"The reader in {folder} lacks {', '.join(sorted(lacking)[:3])}: install Dalil again."
        )
    return model.eval()


def _sized(base: Base, state: dict[str, Floats]) -> ReadingModel:
    bert = base.bert()
    layers = {int(name.split(".")[3]) for name in state if ".layer." in name}
    bert.encoder.layer = bert.encoder.layer[: len(layers)]
    return ReadingModel(bert)


def _state(constants: dict[str, Floats], types: int) -> dict[str, Floats]:
    """Return the constants of a graph by the names of the model, which knows so many types."""
    state = {
        name: one.astype(np.float32)
        for name, one in constants.items()
        if name.startswith("bert.") and name.endswith((".weight", ".bias"))
    }
    for name in [name.removesuffix(".scale") for name in constants if name.endswith(".scale")]:
        weight = state[f"{name}.weight"] * constants[f"{name}.scale"]
        state[f"{name}.weight"] = (weight * constants[f"{name}.in"][:, None]).T.copy()
    # The graph adds both before it knows a text, so the sum can stand in either.
    positions = constants["positions"][0]
    state[_POSITIONS] = positions.copy()
    state[_TYPES] = np.zeros((types, positions.shape[1]), np.float32)
    for name, rows in _HEADS.items():
        state[f"{name}.weight"] = constants["heads.weight"].T[rows].copy()
        state[f"{name}.bias"] = constants["heads.bias"][rows].copy()
    return state
