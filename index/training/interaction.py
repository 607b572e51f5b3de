"""How well texts of a batch match, and the loss that makes each find its own.

Late interaction (Khattab and Zaharia 2020, "ColBERT") over static vectors: each token of one text
counts the best cosine that it finds in the other.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

Ids = NDArray[np.int64]

# A token that more texts of a batch have, or something this near to it, tells them apart less.
_MET = 0.5
_TINY = 1e-6


def contrast(scores: torch.Tensor, same: torch.Tensor) -> torch.Tensor:
    """In-batch contrast: each row must find its own column among all of the batch.

    `same[i, j]` marks pairs that are no negatives because a side of theirs is the same text.
    """
    masked = scores.masked_fill(same, float("-inf"))
    return functional.cross_entropy(masked, torch.arange(len(scores)))


def both_ways(scores: torch.Tensor, same: torch.Tensor) -> torch.Tensor:
    """The contrast of rows with columns and of columns with rows."""
    return contrast(scores, same) + contrast(scores.T, same)


def late_scores(
    rows: torch.Tensor, places: Ids, counts: Ids, *, one_way: bool
) -> list[torch.Tensor]:
    """Late interaction of the first half of a batch's texts with the second, `(n, n)`.

    `rows` float32 `(v, dimension)` are the batch's tokens, `places` those of its `2n` texts one
    after another, `counts` `(2n,)` of them each. Without `one_way`, that of the second half with
    the first too. Scores lie between 0 and 1.
    """
    half = len(counts) // 2
    cut = int(counts[:half].sum())
    lengths = rows.norm(dim=1)
    units = rows / (lengths[:, None] + _TINY)
    left, left_places = np.unique(places[:cut], return_inverse=True)
    right, right_places = np.unique(places[cut:], return_inverse=True)
    left_rows, right_rows = torch.from_numpy(left), torch.from_numpy(right)
    cosines = functional.relu(units[right_rows] @ units[left_rows].T)
    asking = (left_places, counts[:half])
    answering = (right_places, counts[half:])
    found = [_one_way(cosines, lengths[left_rows], asking, answering)]
    if not one_way:
        found.append(_one_way(cosines.T.contiguous(), lengths[right_rows], answering, asking))
    return found


def _one_way(
    cosines: torch.Tensor,
    weights: torch.Tensor,
    asking: tuple[Ids, Ids],
    answering: tuple[Ids, Ids],
) -> torch.Tensor:
    """Scores `(n, m)` of asking texts over answering ones.

    `cosines` `(answering tokens, asking tokens)`, `weights` of the asking tokens; each side as
    the places of its tokens and how many each of its texts has.
    """
    tokens, firsts = _bags(answering)
    best = functional.embedding_bag(tokens, cosines, firsts, mode="max")
    met = (best.detach() > _MET).float().sum(0)
    count = len(answering[1])
    # Rarity as a search weighs it, of the meaning and not of the token.
    weights = weights * torch.log1p((count - met + 0.5) / (met + 0.5))
    token, starts = _bags(asking)
    shares = weights[token]
    sums = functional.embedding_bag(token, best.T, starts, mode="sum", per_sample_weights=shares)
    owners = torch.from_numpy(np.repeat(np.arange(len(asking[1])), asking[1]))
    totals = torch.zeros(len(asking[1])).index_add(0, owners, shares)
    return sums / (totals[:, None] + _TINY)


def _bags(texts: tuple[Ids, Ids]) -> tuple[torch.Tensor, torch.Tensor]:
    places, counts = texts
    return torch.from_numpy(places), torch.from_numpy(np.cumsum(counts) - counts)
