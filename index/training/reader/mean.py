"""The mean of two readers' weights, one trained on from the other.

Between two such readers the loss is flat enough that a mean of their weights often reads better
than either (Wortsman et al. 2022, "Model soups"; Izmailov et al. 2018).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from corpus.errors import DalilError

if TYPE_CHECKING:
    from torch import Tensor

    from index.training.reader.model import ReadingModel

_POSITIONS = "bert.embeddings.position_embeddings.weight"
_TYPES = "bert.embeddings.token_type_embeddings.weight"


def take_mean(model: ReadingModel, other: ReadingModel, share: float) -> None:
    """Set the weights of `model` to `share` of its own and the rest of `other`'s.

    `share` lies between 0 and 1.  Raises `DalilError` for any other share, and for readers that
    differ in their layers.
    """
    if not 0 < share < 1:
        raise DalilError(
            f"A share of {share:g} is no mean of two readers: give one between 0 and 1."
        )
    own, others = _weights(model), _weights(other)
    if {name: one.shape for name, one in own.items()} != {
        name: one.shape for name, one in others.items()
    }:
        raise DalilError(
            "The two readers differ in their layers: take the mean with the one that the training "
            "began from."
        )
    model.load_state_dict(
        {name: torch.lerp(others[name], one, share) for name, one in own.items()}, strict=False
    )


def _weights(model: ReadingModel) -> dict[str, Tensor]:
    """Return the weights, the type of a text added to its positions.

    Only the first type is ever read, and a shipped reader holds no more than that sum.
    """
    weights = {
        name: one.detach() for name, one in model.state_dict().items() if one.is_floating_point()
    }
    weights[_POSITIONS] = weights[_POSITIONS] + weights[_TYPES][0]
    weights[_TYPES] = torch.zeros_like(weights[_TYPES])
    return weights
