"""How often a word-for-word gloss holds the right word: `python -m eval.studies.gloss --data DIR`.

The sentences are FLORES-200's, which nothing was made from.  A content word of an Arabic sentence
is met if one of the meanings that its gloss shows, two at most, has the stem of a word of the
English sentence; `found` is the share of the English content words that some gloss holds.  How
often that happens by chance is measured against the English of the next sentence.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from corpus.errors import DalilError
from corpus.text.stems import stem
from corpus.text.words import fold, words
from eval.studies.dictionary.sources import Row, read_bitext
from index.encoder import load_bundled
from rag.gloss import Gloss, gloss
from rag.gloss.dictionary import BUNDLED, Dictionary
from rag.gloss.word_by_word import Table

_SENTENCES = "eval/bitext/flores-devtest.tsv.gz"
# Words that carry no meaning of their own, as they stand in a sentence; folded when they are used.
_ARABIC = (
    "في من إلى على عن مع بين حتى منذ خلال عند لدى قبل بعد حول ضد دون أن إن أنه إنه أنها إنها أنهم "
    "كان كانت كانوا يكون تكون ليس ليست هو هي هم هما نحن أنا أنت هذا هذه ذلك تلك هؤلاء أولئك "
    "الذي التي الذين اللذين ما ماذا لماذا كيف متى أين هل لا لم لن لو إذا إذ كما لكن أو أم ثم قد "
    "فقد كل بعض غير أي أية أيضا أيضًا هناك هنا به بها بهم له لها لهم لنا منه منها منهم فيه فيها "
    "عليه عليها عليهم عنه عنها إليه إليها معه معها مما عندما بينما حيث لأن لأنه بأن بأنه كانا مثل "
    "نحو تم يتم سوف"
)
_ENGLISH = (
    "a an the of in on at to for from by with without about into over under between during after "
    "before since until through against and or but nor so as than that this these those which who "
    "whom whose what when where why how i you he she it we they me him her us them my your his its "
    "our their is are was were be been being am do does did done have has had having will would "
    "can could may might must shall should not no there here if then also only very more most "
    "some any each other such own same too just up down out off again s t"
)


@dataclass(frozen=True, slots=True)
class Score:
    """Shares of content words, and the median time of a sentence in milliseconds."""

    kind: str
    met: float
    chance: float
    found: float
    unknown: float
    ms: float


def measure(kind: str, rows: Sequence[Row], dictionary: Dictionary, table: Table | None) -> Score:
    """Gloss the Arabic side of `rows` and compare it with the English one."""
    met = chance = found = wanted = unknown = content = 0
    times: list[float] = []
    stems = [_stems(english) for english, _ in rows]
    for place, (_, arabic) in enumerate(rows):
        began = time.perf_counter()
        glossed = gloss(arabic, "ar", "en", table, dictionary)
        times.append((time.perf_counter() - began) * 1000)
        own, others = stems[place], stems[(place + 1) % len(rows)]
        held: set[str] = set()
        for each in glossed:
            said = {s for meaning in each.words for s in _stems(meaning)}
            held |= said
            if _carries(each, arabic):
                content += 1
                met += bool(said & own)
                chance += bool(said & others)
                unknown += each.kind in ("sound", "unknown")
        targets = own - _function_words(_ENGLISH, "en")
        wanted += len(targets)
        found += len(targets & held)
    least = max(content, 1)
    return Score(
        kind, met / least, chance / least, found / max(wanted, 1), unknown / least, median(times)
    )


def _carries(each: Gloss, text: str) -> bool:
    """Whether a gloss is of a content word; Latin words and digits need no gloss."""
    folded = fold(text[each.start : each.end])
    bare = folded[1:] if folded[0] in "وف" else folded
    function = _function_words(_ARABIC, "ar")
    return each.kind != "same" and not folded.isdigit() and function.isdisjoint((folded, bare))


def _function_words(listed: str, language: str) -> frozenset[str]:
    folded = (fold(word) for word in listed.split())
    return frozenset(folded if language == "ar" else (stem(word, "en") for word in folded))


def _stems(text: str) -> set[str]:
    return {stem(word.folded, "en") for word in words(text)}


def table_of(scores: Sequence[Score]) -> str:
    """Return the scores as a Markdown table."""
    columns = ("made from", "met", "by chance", "found", "unknown", "ms a sentence")
    head = f"| {' | '.join(columns)} |\n{'|---' * len(columns)}|"
    lines = [
        f"| {s.kind} | {s.met:.3f} | {s.chance:.3f} | {s.found:.3f} | {s.unknown:.3f} "
        f"| {s.ms:.1f} |"
        for s in scores
    ]
    return "\n".join((head, *lines)) + "\n"


def main() -> None:
    """Print the scores with and without learnt meanings and the token table."""
    parser = argparse.ArgumentParser(prog="python -m eval.studies.gloss", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="The data folder.")
    parser.add_argument("--folder", type=Path, default=BUNDLED, help="Another dictionary.")
    given = parser.parse_args()
    path = given.data / _SENTENCES
    if not path.is_file():
        sys.exit(str(DalilError(f"{path} is not there: point --data at the folder that has it.")))
    rows = read_bitext(path)
    encoder = load_bundled()
    listed = Dictionary(given.folder, learnt=False, news=False)
    learnt = Dictionary(given.folder, news=False)
    scores = [
        measure("dictionaries", rows, listed, None),
        measure("dictionaries, token table", rows, listed, encoder),
        measure("dictionaries, learnt", rows, learnt, None),
        measure("dictionaries, learnt, token table", rows, learnt, encoder),
        measure("all, with our list of the news", rows, Dictionary(given.folder), encoder),
    ]
    size = sum(file.stat().st_size for file in given.folder.iterdir())
    sys.stdout.write(f"{table_of(scores)}\n{size:,} bytes on disk, {len(rows):,} sentences\n")


if __name__ == "__main__":
    main()
