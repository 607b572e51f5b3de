"""How well names find themselves in Arabic script: `python -m eval.studies.names --data DIR`.

The names are the rows of google/transliteration's file that no choice in `corpus/text/names.toml`
was made from, every tenth.  A key meets if the English and the Arabic side share one.  For each
English name all Arabic ones are ranked by the terms they share, spelled keys counting double; a
name that shares nothing has reciprocal rank 0 and a tie counts as the worst rank of those tied.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import DalilError
from corpus.text.names import (
    name_key,
    name_terms,
    spelled_name_keys,
    strict_name_keys,
    without_article,
)
from corpus.text.words import Word, words
from index.training.data import NAMES_HELD_OUT_EVERY

Keys = Callable[[str], Iterable[str]]
_SPELLED_WEIGHT = 2


@dataclass(frozen=True, slots=True)
class Score:
    """One kind of key over the held-out names.

    `met` is the share of names that share a key with their own Arabic form, `others` how many
    other names' forms do on average, `words` how many distinct words of running text.
    """

    kind: str
    met: float
    others: float
    words: float
    mrr: float
    r_at_1: float


def _one(name: str) -> list[Word]:
    return [Word(0, len(name), name)]


def _loose(name: str) -> set[str]:
    return {key for form in (name, without_article(name)) if (key := name_key(form))}


# Each kind, as one word of a passage and as a name that is asked for.
KINDS: dict[str, Keys] = {
    "loose": _loose,
    "strict": strict_name_keys,
    "spelled": spelled_name_keys,
    "terms (strict and spelled)": lambda name: name_terms(_one(name)),
}


def measure(kind: str, names: Sequence[tuple[str, str]], running: Sequence[str]) -> Score:
    """Measure one kind of key on pairs of an English and an Arabic name, and on Arabic words."""
    keys = KINDS[kind]
    arabic, text = _postings((name for _, name in names), keys), _postings(running, keys)
    met = others = false = 0
    ranks = []
    for place, (english, _) in enumerate(names):
        scores: Counter[int] = Counter()
        found: set[int] = set()
        for key in set(keys(english)):
            found.update(text[key])
            for row in arabic[key]:
                scores[row] += _SPELLED_WEIGHT if key.startswith("=") else 1
        own = scores[place]
        met += bool(own)
        others += len(scores) - bool(own)
        false += len(found)
        ranks.append(sum(score >= own for score in scores.values()) if own else 0)
    count = len(names)
    return Score(
        kind,
        met / count,
        others / count,
        false / count,
        sum(1 / rank for rank in ranks if rank) / count,
        ranks.count(1) / count,
    )


def _postings(names: Iterable[str], keys: Keys) -> defaultdict[str, list[int]]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    for row, name in enumerate(names):
        for key in set(keys(name)):
            found[key].append(row)
    return found


def held_out(data: Path) -> list[tuple[str, str]]:
    """Read the held-out pairs; raise `DalilError` if the file is missing."""
    path = data / "lexicon" / "names.en-ar.tsv.gz"
    if not path.is_file():
        raise DalilError(f"{path} is missing: point --data at the folder that holds lexicon/.")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file][1:]
    return [(english, arabic) for english, arabic, *_ in rows[::NAMES_HELD_OUT_EVERY]]


def running_words(data: Path) -> list[str]:
    """Return the distinct Arabic-script words of XQuAD's development half, none without it."""
    path = data / "eval" / "xquad-dev" / "ar.json"
    if not path.is_file():
        return []
    articles = json.loads(path.read_text(encoding="utf-8"))["data"]
    texts = (paragraph["context"] for article in articles for paragraph in article["paragraphs"])
    found = {word.folded for text in texts for word in words(text)}
    return sorted(word for word in found if "\u0600" <= word[0] <= "\u06ff" and word.isalpha())


def table(scores: Sequence[Score]) -> str:
    """Return the scores as Markdown."""
    lines = [
        "| key | met | other names | words of text | MRR | R@1 |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {s.kind} | {s.met:.3f} | {s.others:.2f} | {s.words:.2f} "
        f"| {s.mrr:.3f} | {s.r_at_1:.3f} |"
        for s in scores
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m eval.studies.names", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with lexicon/")
    try:
        data = parser.parse_args(arguments).data
        names, running = held_out(data), running_words(data)
    except DalilError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(table([measure(kind, names, running) for kind in KINDS]) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
