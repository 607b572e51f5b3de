"""Train the bundled encoder: `python -m index.training.train --data DIR --out DIR`.

From data to weights in one command: read the allowed files, drop what nearly equals evaluation
texts, learn the word pieces, ask the teacher, train the table, write the folder.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from corpus.errors import DalilError
from index.encoder.pieces import PieceStore
from index.training.bundle import write_bundle
from index.training.data import PairSet, WordList, read_pairs, read_word_lists
from index.training.evaluation import read_evaluation_texts, screen
from index.training.overlap import THRESHOLD
from index.training.teacher import TEACHER, teach
from index.training.tokenizer import UNKNOWN, train_tokenizer

try:
    from index.training.student import LATE, POOLING, Bags, Kind, Recipe, Task, learn
except ImportError as missing:
    raise SystemExit(
        "Training needs PyTorch. Install it with: pip install '.[models]'"
    ) from missing

# Weight of a token that fills this share of all text is halved before training: smooth inverse
# frequency (Arora, Liang and Ma, 2017).
_COMMON = 1e-3

_KINDS: dict[str, Kind] = {
    "lexicon": "words", "names": "words", "squad": "questions", "tsv-questions": "questions",
}  # fmt: skip
# Of texts with more translations than this, such as "Yes.", the rest says nothing new.
_TRANSLATIONS = 2
_LEAST_PIVOTED = 50


class Texts:
    """Every text once, numbered in order of arrival."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        """The number of `text`, a new one if it is new."""
        return self.numbers.setdefault(text, len(self.numbers))


def make_tasks(
    pair_sets: Sequence[PairSet], word_lists: Sequence[WordList]
) -> tuple[list[str], list[Task], list[str]]:
    """All texts, the tasks over them, and the English texts the teacher must encode."""
    texts, english = Texts(), Texts()
    tasks: list[Task] = []
    for pairs in pair_sets:
        left = [texts.number(row[0]) for row in pairs.rows]
        right = [texts.number(row[1]) for row in pairs.rows]
        taught = pairs.left == "en" and pairs.right != "en"
        teacher = [english.number(row[0]) if taught else -1 for row in pairs.rows]
        if pairs.left == pairs.right == "en":
            for row in pairs.rows:
                english.number(row[0])
                english.number(row[1])
        tasks.append(_task(f"{pairs.name} {pairs.right}", left, right, teacher, pairs.kind))
    for words in word_lists:
        if words.language == "en":
            for word, _ in words.counts:
                english.number(word)
    for pairs in through_english(pair_sets):
        left = [texts.number(row[0]) for row in pairs.rows]
        right = [texts.number(row[1]) for row in pairs.rows]
        task = _task(pairs.name, left, right, [-1] * len(left), pairs.kind)
        tasks.append(replace(task, kind="through English"))
    alone = [texts.number(text) for text in english.numbers]
    tasks.append(_task("english", alone, alone, list(range(len(alone))), "lexicon"))
    return list(texts.numbers), tasks, list(english.numbers)


def _task(name: str, left: list[int], right: list[int], teacher: list[int], kind: str) -> Task:
    return Task(
        name,
        np.array(left, dtype=np.int64),
        np.array(right, dtype=np.int64),
        np.array(teacher, dtype=np.int64),
        _KINDS.get(kind, "pairs"),
    )


def through_english(pair_sets: Sequence[PairSet]) -> list[PairSet]:
    """Pairs of Arabic and another language that one source translates from the same English.

    >>> english = "The road is closed."
    >>> sets = [
    ...     PairSet("pairs/x.tsv", "sentences", "en", "ar", ((english, "الطريق مغلق."),) * 50),
    ...     PairSet("pairs/x.tsv", "sentences", "en", "de", ((english, "Gesperrt."),) * 50),
    ... ]
    >>> [(s.left, s.right, s.rows[0]) for s in through_english(sets)]
    [('de', 'ar', ('Gesperrt.', 'الطريق مغلق.'))]
    """
    found: list[PairSet] = []
    arabic: dict[str, dict[str, list[str]]] = {}
    translated = [s for s in pair_sets if s.kind in ("sentences", "questions") and s.left == "en"]
    for pairs in translated:
        if pairs.right == "ar":
            known = arabic.setdefault(_source(pairs), {})
            for english, text in pairs.rows:
                known.setdefault(english, []).append(text)
    for pairs in translated:
        known = arabic.get(_source(pairs), {})
        rows = tuple(
            (text, meant)
            for english, text in pairs.rows
            for meant in known.get(english, [])[:_TRANSLATIONS]
        )
        if pairs.right != "ar" and len(rows) >= _LEAST_PIVOTED:
            name = f"{pairs.name} {pairs.right}-ar"
            found.append(PairSet(name, pairs.kind, pairs.right, "ar", rows))
    return found


def _source(pairs: PairSet) -> str:
    """A source keeps its languages in one file or in one file each: "pairs/tatoeba"."""
    return pairs.name.split(".")[0]


def without_empty(tasks: Sequence[Task], bags: Bags) -> list[Task]:
    """The tasks without rows of which a side has no known token."""
    result = []
    for task in tasks:
        kept = ~(bags.empty[task.left] | bags.empty[task.right])
        if kept.sum() > 1:
            result.append(
                Task(task.name, task.left[kept], task.right[kept], task.teacher[kept], task.kind)
            )
    return result


def reduce(vectors: NDArray[np.float16], dimension: int) -> NDArray[np.float32]:
    """The teacher's vectors in their `dimension` strongest directions, unit length."""
    sample = vectors[:: max(1, len(vectors) // 100_000)].astype(np.float32)
    _, directions = np.linalg.eigh(sample.T @ sample)
    reduced = vectors.astype(np.float32) @ directions[:, ::-1][:, :dimension].astype(np.float32)
    return np.ascontiguousarray(reduced / np.linalg.norm(reduced, axis=1, keepdims=True))


def first_table(
    tokenizer: Tokenizer,
    bags: Bags,
    english: Sequence[str],
    teacher: NDArray[np.float32],
    recipe: Recipe,
) -> NDArray[np.float32]:
    """English words start from the teacher's vector, all else at random; common tokens small."""
    size = tokenizer.get_vocab_size()
    random = np.random.default_rng(recipe.seed)
    table = random.normal(0, 0.3 / recipe.dimension**0.5, (size, teacher.shape[1]))
    vocabulary = tokenizer.get_vocab()
    for row, text in enumerate(english):
        token = vocabulary.get(text)
        if token is not None:
            table[token] = teacher[row]
    frequency = bags.frequency(size)
    share = frequency / max(1, frequency.sum())
    table *= (_COMMON / (_COMMON + share))[:, None]
    table[vocabulary[UNKNOWN]] = 0
    return table.astype(np.float32)


def train(data: Path, out: Path, evaluation: Path, cache: Path, recipe: Recipe) -> None:
    """Everything from the files below `data` to the folder `out`; see the module's docstring.

    Raises `DalilError` when there is nothing to train on or to check against, or when a file
    overlaps the evaluation files.
    """
    pair_sets = screen(read_pairs(data), read_evaluation_texts(evaluation))
    word_lists = read_word_lists(data)
    tokenizer = train_tokenizer(pair_sets, word_lists, recipe.pieces)
    texts, tasks, english = make_tasks(pair_sets, word_lists)
    bags = Bags(PieceStore(tokenizer, UNKNOWN), texts)
    teacher = reduce(teach(english, cache), recipe.dimension)
    table = first_table(tokenizer, bags, english, teacher, recipe)
    table = learn(table, bags, without_empty(tasks, bags), teacher, recipe)
    write_bundle(out, table, tokenizer, describe(pair_sets, recipe))


def describe(pair_sets: Sequence[PairSet], recipe: Recipe) -> dict[str, object]:
    """What is saved about a run: settings, teacher, rows used of each file."""
    return {
        **asdict(recipe),
        "teacher": TEACHER,
        "refused_above_trigram_jaccard": THRESHOLD,
        "rows": {
            f"{pairs.name} {pairs.left}-{pairs.right}": len(pairs.rows) for pairs in pair_sets
        },
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m index.training.train", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with pairs/")
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    parser.add_argument("--eval", type=Path, help="evaluation files to keep out; DATA/eval")
    parser.add_argument("--cache", type=Path, help="where the teacher's vectors are kept")
    parser.add_argument("--epochs", type=int, default=POOLING.epochs, help="of pooling")
    parser.add_argument("--late-epochs", type=int, default=LATE.epochs, help="of late interaction")
    parser.add_argument("--pieces", type=int, default=Recipe().pieces)
    parser.add_argument("--threads", type=int, default=1, help="1 makes a run repeatable")
    given = parser.parse_args(arguments)
    import torch

    torch.set_num_threads(given.threads)
    cache = given.cache or Path(tempfile.gettempdir()) / "dalil-teacher"
    stages = (replace(POOLING, epochs=given.epochs), replace(LATE, epochs=given.late_epochs))
    recipe = Recipe(pieces=given.pieces, stages=stages)
    try:
        train(given.data, given.out, given.eval or given.data / "eval", cache, recipe)
    except DalilError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
