"""Which articles carry the same report: MinHash over runs of their words.

Broder 1997, "On the resemblance and containment of documents"; sketches are those of `rensa`.
"""

from __future__ import annotations

from collections.abc import Sequence

from rensa import RMinHash

from corpus.text.words import words

# An error of about 1 / sqrt(128), .09, is small beside what parts a copy from another report.
_PERMUTATIONS, _SEED = 128, 1
_SHINGLE = 3
# Agencies' reports are shortened and given another first line, and still share half their runs.
_SAME = 0.5


def groups_of(texts: Sequence[str]) -> list[list[int]]:
    """Return the places of the texts in groups of near duplicates, in the order of the first.

    >>> text = "Engineers reopened the bridge over the river on Monday after five months of work."
    >>> groups_of([text, "Rain fell on the plain.", text + " AFP"])
    [[0, 2], [1]]
    """
    sketches = [_sketch(text) for text in texts]
    groups: list[list[int]] = []
    for place, sketch in enumerate(sketches):
        same = next((g for g in groups if sketches[g[0]].jaccard(sketch) >= _SAME), None)
        if same is None:
            groups.append([place])
        else:
            same.append(place)
    return groups


def _sketch(text: str) -> RMinHash:
    folded = [word.folded for word in words(text)]
    runs = range(max(len(folded) - _SHINGLE + 1, 1))
    sketch = RMinHash(_PERMUTATIONS, _SEED)
    sketch.update([" ".join(folded[at : at + _SHINGLE]) for at in runs])
    return sketch
