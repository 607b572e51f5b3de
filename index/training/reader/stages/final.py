"""The last stage: everything once more, with what a passage nearly answers and with translations.

After the first two stages a reader finds what answers and cannot tell when nothing does, and reads
one language better than two.  Both need examples by the ten thousand, which are made here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from random import Random

from index.encoder import load_bundled
from index.training.questions.written import WrittenQuestion
from index.training.reader.examples import (
    SQUAD,
    Example,
    asked_of_documents,
    of_pairs,
    of_squad,
    prepared,
)
from index.training.reader.stages.crossing import read_dictionaries, switched
from index.training.reader.stages.parallel import of_parallel
from index.training.reader.stages.unanswerable import elsewhere, exchanged

# Versions of its document that a question of our own is asked of, by weight, and how many.
_VERSIONS = {"ar": 8, "en": 5, "fr": 1, "de": 1, "tr": 1, "fa": 1, "ckb": 1, "es": 1, "ru": 1}
DRAWN = 4
# Of the answered examples of a group so many are also asked with something exchanged.
_EXCHANGED = {"own": 0.3, "qa/arcd-train.json": 0.6, "qa/tydi-goldp.en.json.gz": 0.6, "pairs": 0.45}
_EXCHANGED_ELSE = 0.25
_PARALLEL, _SWITCHED, _ELSEWHERE, _WITHHELD = 2_500, 4_000, 2_000, 0.15
_NEAR = ("qa/arcd-train.json", "qa/tydi-goldp.en.json.gz")


def final_examples(data: Path, measured: Sequence[str], seed: int = 0) -> list[Example]:
    """Return the examples of this stage in an order of their own, without those that measure."""
    random = Random(seed)
    dictionaries = read_dictionaries(data)
    own = list(asked_of_documents(data, random, _VERSIONS, DRAWN))
    groups = grouped(data, random, own)
    english = [*groups["pairs"], *groups.get("qa/tydi-goldp.en.json.gz", [])]
    ours = [(question.document, each) for question, each in own]
    theirs = [(each.passage, each) for name in _NEAR for each in groups.get(name, [])]
    encoder = load_bundled()
    near = [
        made
        for held in (ours, theirs)
        for made in drawn(_ELSEWHERE, list(elsewhere(held, encoder, random)), random)
    ]
    found = [
        *(each for group in groups.values() for each in group),
        *exchanged(groups, shares(groups), random),
        *near,
        *(switched(each, dictionaries, random) for each in drawn(_SWITCHED, english, random)),
        *of_parallel(data, dictionaries, measured, random, _PARALLEL),
    ]
    return prepared(found, measured, random, data, _WITHHELD)


def grouped(
    data: Path, random: Random, own: Iterable[tuple[WrittenQuestion, Example]]
) -> dict[str, list[Example]]:
    """Return the examples of each file, and those of our `own` by the language of the question."""
    groups = {name: list(of_squad(data, [name])) for name in SQUAD if (data / name).is_file()} | {
        "pairs": list(of_pairs(data, random))
    }
    for question, each in own:
        groups.setdefault(f"own {question.language}", []).append(each)
    return groups


def shares(groups: Mapping[str, Sequence[Example]]) -> dict[str, float]:
    """Return how many of the answered examples of each group are asked with an exchange, 0 to 1."""
    return {name: _EXCHANGED.get(name.split()[0], _EXCHANGED_ELSE) for name in groups}


def drawn(most: int, examples: Sequence[Example], random: Random) -> list[Example]:
    """Return at most so many of the examples, drawn at random."""
    return random.sample(examples, min(most, len(examples)))
