"""How well copies of a report are told from others: `python -m eval.studies.copies [PATH...]`.

Copies are made of the articles at PATH (the demo collection unless told): 1 to 3 of 10 words
changed for words of the other articles, each also with a third cut off, and always under another
first line.  What is no copy: every pair of different articles, pairs of reports on one event
(`copies.json`), and follow-ups, two fifths of which repeat an earlier report word for word.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from corpus.copies import Fingerprint, near
from corpus.load import load_articles
from corpus.text.language import script
from corpus.text.words import words

_DEMO = str(Path(__file__).parents[2] / "corpus" / "demo")
_SHARES, _KEPT, _REPEATED = (0.1, 0.2, 0.3), 2 / 3, 0.4

# Pairs of reports on one event, each by another hand.
_EVENTS = Path(__file__).with_name("copies.json")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts, whether the second is a copy of the first, and how the pair was made."""

    kind: str
    first: str
    second: str
    copy: bool


def pairs(texts: Sequence[str], seed: int = 1) -> Iterator[Pair]:
    """Yield pairs of copies and pairs of none, made of the texts."""
    chance = random.Random(seed)
    pool: dict[str, list[str]] = {}
    for text in texts:
        pool.setdefault(script(text), []).extend(_words(text))
    for place, text in enumerate(texts):
        for share in _SHARES:
            for kept in (1.0, _KEPT):
                kind = f"{share:.0%} changed" + (", a third cut off" if kept < 1 else "")
                edited = _edited(text, share, kept, pool[script(text)], chance)
                yield Pair(kind, text, edited, True)
        other = texts[(place + 1) % len(texts)]
        if script(other) == script(text):
            told = _words(text)
            repeated = told[: int(_REPEATED * len(told))]
            news = _words(other)[: len(told) - len(repeated)]
            yield Pair("follow-up", text, " ".join([*news, *repeated]), False)
    for first, second in combinations(texts, 2):
        yield Pair("different", first, second, False)
    for first, second in json.loads(_EVENTS.read_text(encoding="utf-8")):
        yield Pair("same event", first, second, False)


def found(pair: Pair) -> bool:
    """Return if a pair is taken for copies, as when the second is added after the first."""
    first, second = Fingerprint.of(pair.first), Fingerprint.of(pair.second)
    candidates = near(second.sketch(), np.stack([first.sketch()]))
    return bool(len(candidates)) and first.copies(second)


def _words(text: str) -> list[str]:
    return [text[word.start : word.end] for word in words(text)]


def _edited(
    text: str, share: float, kept: float, pool: Sequence[str], chance: random.Random
) -> str:
    told = _words(text)
    told = told[: max(int(kept * len(told)), 1)]
    changed = (chance.choice(pool) if chance.random() < share else word for word in told)
    return " ".join([*chance.sample(list(pool), 6), *changed])


def main(paths: Sequence[str]) -> None:
    """Print a row for each kind of pair, and precision and recall."""
    loaded = load_articles(*(paths or [str(_DEMO)]))
    texts = [each.article.text for each in loaded if each.article]
    counts: dict[tuple[str, bool], list[int]] = {}
    for pair in pairs(texts):
        count = counts.setdefault((pair.kind, pair.copy), [0, 0])
        count[0] += 1
        count[1] += found(pair)
    sys.stdout.write("| pairs | how many | taken for copies |\n|---|---|---|\n")
    for (kind, copy), (every, taken) in counts.items():
        sys.stdout.write(f"| {kind}{'' if copy else ' (no copy)'} | {every} | {taken} |\n")
    right = sum(taken for (_, copy), (_, taken) in counts.items() if copy)
    wrong = sum(taken for (_, copy), (_, taken) in counts.items() if not copy)
    every = sum(count for (_, copy), (count, _) in counts.items() if copy)
    precision, recall = right / (right + wrong), right / every
    sys.stdout.write(f"\nPrecision {precision:.3f}, recall {recall:.3f}.\n")


if __name__ == "__main__":
    main(sys.argv[1:])
