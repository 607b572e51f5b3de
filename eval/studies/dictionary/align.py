"""Which word of a sentence translates which of another: IBM model 1 with a pull to the diagonal.

Words are counted as types that the caller chose, such as stems.  Both directions are estimated by
expectation maximisation (Brown and others 1993); as in fast_align (Dyer and others 2013) a word
likes to stand as far into its sentence as its translation does.  A link counts as likely as both
directions say it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.encoder.pieces import ragged

# How strongly the diagonal pulls; fast_align begins with 4.
_TENSION = 4.0
# A word that nothing translates: fast_align's share of such words.
_NOTHING = 0.08
_ROUNDS = 6


@dataclass(frozen=True)
class Links:
    """Links between word tokens: `left` and `right` number the tokens of all sentences in order.

    `weights`, float32 in 0..1, are the product of what both directions give the link.
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    weights: NDArray[np.float32]


def align(pairs: Sequence[tuple[Sequence[str], Sequence[str]]], least: float = 0.1) -> Links:
    """Return the links of `pairs` of tokenised sentences that weigh at least `least`.

    >>> alone = [(["دار"], ["house"]), (["كبير"], ["big"])] * 5
    >>> links = align([(["دار", "كبير"], ["big", "house"]), *alone])
    >>> sorted(zip(links.left.tolist(), links.right.tolist()))[:3]
    [(0, 1), (1, 0), (2, 2)]
    """
    cells = _cells(pairs)
    types = _types(pairs)
    forward = _likelihoods(cells.left, cells.right, types, cells.pull)
    backward = _likelihoods(cells.right, cells.left, types[::-1], cells.pull)
    weights = (forward * backward).astype(np.float32)
    kept = weights >= least
    return Links(cells.left[kept], cells.right[kept], weights[kept])


@dataclass(frozen=True)
class _Cells:
    """Every token of a left sentence beside every one of its right sentence."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    pull: NDArray[np.float64]


def _cells(pairs: Sequence[tuple[Sequence[str], Sequence[str]]]) -> _Cells:
    rows = np.array([len(left) for left, _ in pairs], dtype=np.int64)
    columns = np.array([len(right) for _, right in pairs], dtype=np.int64)
    first_row, first_column = np.cumsum(rows) - rows, np.cumsum(columns) - columns
    owner = np.repeat(np.arange(len(pairs)), rows * columns)
    within = ragged(np.zeros(len(pairs), dtype=np.int64), rows * columns)
    row, column = within // columns[owner], within % columns[owner]
    off = np.abs((row + 0.5) / rows[owner] - (column + 0.5) / columns[owner])
    pull = np.exp(-_TENSION * off)
    return _Cells(first_row[owner] + row, first_column[owner] + column, pull)


def _types(
    pairs: Sequence[tuple[Sequence[str], Sequence[str]]],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    def numbered(sentences: list[Sequence[str]]) -> NDArray[np.int64]:
        known: dict[str, int] = {}
        tokens = [known.setdefault(t, len(known)) for sentence in sentences for t in sentence]
        return np.array(tokens, dtype=np.int64)

    return numbered([left for left, _ in pairs]), numbered([right for _, right in pairs])


def _likelihoods(
    source: NDArray[np.int64],
    target: NDArray[np.int64],
    types: tuple[NDArray[np.int64], NDArray[np.int64]],
    pull: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return for each cell how likely its target token comes from its source token."""
    width = int(types[1].max()) + 1
    joint, cell = np.unique(types[0][source] * width + types[1][target], return_inverse=True)
    begins = joint // width
    # A target's own type may always come from nothing, at the rate of its frequency.
    nothing = np.bincount(types[1], minlength=width) / len(types[1])
    from_nothing = _NOTHING * nothing[types[1]]
    pulled = np.bincount(target, pull, minlength=len(types[1]))
    prior = (1 - _NOTHING) * pull / pulled[target]
    given = np.full(len(joint), 1 / width)
    for _ in range(_ROUNDS):
        weight = prior * given[cell]
        total = np.bincount(target, weight, minlength=len(types[1])) + from_nothing
        likelihood: NDArray[np.float64] = weight / total[target]
        counts = np.bincount(cell, likelihood, minlength=len(joint))
        given = counts / np.bincount(begins, counts)[begins]
    return likelihood
