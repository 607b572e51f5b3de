"""Late interaction: each word of the question finds what meets it best in a text.

A pooled vector lets the topic of a passage drown the word that was asked for; comparing words
keeps it.  How well each word is met is the library's to say (`Library.compare`, `Candidate.met`);
here that becomes one score for each text.
Source of the sum of best matches: Khattab and Zaharia 2020, "ColBERT", here over static vectors.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Below the first the cosine of two words is chance, from the second on they mean the same.
_CHANCE, _MET = 0.2, 0.6
_LEAST_RARITY = 0.1


def sharpen(similarities: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return 0 for similarities that chance gives, 1 for those of translations, float32 (n, w).

    A word that is met in another language lies at .5 or .6 from its translation, and must not
    count for half of one that is met by itself.
    """
    return np.asarray(((similarities - _CHANCE) / (_MET - _CHANCE)).clip(0.0, 1.0), np.float32)


def rarity(met: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return an idf for each word of the question over texts, float32 (w,), from how many meet it.

    `met` float32 (n, w) are sharpened similarities.  In a collection on one topic the topic's
    words meet every text and tell nothing; what is asked about it does.
    """
    rarities = np.maximum(np.log((len(met) + 1) / (met.sum(axis=0) + 0.5)), _LEAST_RARITY)
    return np.asarray(rarities, np.float32)


def score(similarities: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the mean similarity of each text, float64 (n,), words weighted by `weights`."""
    total = float(weights.sum())
    return np.asarray(similarities @ weights / (total or 1.0), np.float64)
