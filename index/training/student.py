"""The table while it learns: batches, the pooled loss and the loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from index.encoder.pieces import PieceStore, ragged
from index.training.interaction import both_ways, contrast, late_scores

Ids = NDArray[np.int64]
Kind = Literal["words", "questions", "pairs", "through English"]

# Adam's usual one.
_SECOND_BETA = 0.999


@dataclass(frozen=True, slots=True)
class Stage:
    """One descent. `batch` counts rows with sentences, batches of words have `wordy` times more.

    `momentum` is Adam's first beta. `late` weighs late interaction beside pooling, 0 leaves it
    out. Questions with their answers are gone through `questions` times an epoch, in shuffled
    batches or, where `neighbours` is not 0, in runs of so many rows of the file, which lie near
    each other in one article and are hard to tell apart. Texts are cut after `longest` tokens.
    Pairs that meet `through_english` are left out or used.
    """

    epochs: int
    batch: int
    learning_rate: float
    momentum: float
    late: float = 0.0
    wordy: int = 1
    questions: int = 2
    neighbours: int = 0
    longest: int = 1_000
    through_english: bool = False


# Pooling first: it is fast and puts each word near its translations.
POOLING = Stage(epochs=4, batch=1024, learning_rate=5e-3, momentum=0.9)
# Then words are compared one by one, as a search does it. A word that is seen once in a while
# must not wait for its momentum, since only the words of a batch are in the graph.
LATE = Stage(
    epochs=1, batch=384, learning_rate=2e-3, momentum=0.0, late=1.0, wordy=4, questions=4,
    neighbours=160, longest=96, through_english=True,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a training run does beyond its data; saved beside the weights."""

    dimension: int = 256
    pieces: int = 112_000
    stages: tuple[Stage, ...] = (POOLING, LATE)
    scale: float = 20.0
    token_dropout: float = 0.1
    seed: int = 20261121


@dataclass(frozen=True, slots=True)
class Task:
    """Rows of two texts that belong together; `teacher` rows are -1 where the teacher is silent.

    `left`, `right`: numbers of texts. `teacher`: `(n,)` row of the teacher's vector of `left`.
    `kind` is "words" for rows of single words and names, "questions" where the right side
    answers the left one, "pairs" where both say the same, "through English" where both are
    translations of the same text.
    """

    name: str
    left: Ids
    right: Ids
    teacher: Ids
    kind: Kind = "pairs"


class Bags:
    """The token ids of every text, ready to be drawn as the input of an embedding bag."""

    def __init__(self, store: PieceStore, texts: Sequence[str]) -> None:
        ids, counts = store.ids(texts)
        self._ids = ids.astype(np.int64)
        self._counts = counts
        self._starts = np.cumsum(counts) - counts

    def __len__(self) -> int:
        return len(self._counts)

    @property
    def empty(self) -> NDArray[np.bool_]:
        """Which texts have no known token."""
        empty: NDArray[np.bool_] = self._counts == 0
        return empty

    def frequency(self, size: int) -> NDArray[np.int64]:
        """`(size,)`: how often each token occurs in all texts."""
        return np.bincount(self._ids, minlength=size)

    def draw(
        self, texts: Ids, random: np.random.Generator, dropout: float, longest: int
    ) -> tuple[Ids, Ids]:
        """Token ids of `texts`, a share of them left out at random, and how many each text has."""
        counts = np.minimum(self._counts[texts], longest)
        ids = self._ids[ragged(self._starts[texts], counts)]
        if dropout:
            owner = np.repeat(np.arange(len(texts)), counts)
            kept = random.random(len(ids)) >= dropout
            # The first token stays, so no text becomes empty.
            kept[np.cumsum(counts) - counts] = True
            ids, counts = ids[kept], np.bincount(owner[kept], minlength=len(texts))
        return ids, counts


class Student:
    """The table under training. A text's vector is the mean of its tokens' rows, unit length.

    Only the rows that a batch uses enter the graph; their gradients are put into one buffer of
    the table's size. That spares a hundred megabytes a step, two thirds of its time.
    """

    def __init__(self, table: NDArray[np.float32]) -> None:
        self.table = torch.nn.Parameter(torch.from_numpy(table))
        self.table.grad = torch.zeros_like(self.table)
        self._rows = torch.zeros(0, dtype=torch.int64)
        self._part = torch.zeros(0)

    def take(self, ids: Ids) -> tuple[torch.Tensor, Ids]:
        """The rows of the distinct tokens of a batch, and the place of each of `ids` in them."""
        if self.table.grad is not None:
            self.table.grad[self._rows] = 0
        rows, places = np.unique(ids, return_inverse=True)
        self._rows = torch.from_numpy(rows)
        self._part = self.table.detach()[self._rows].requires_grad_()
        return self._part, places

    def gather(self) -> None:
        """Put the gradients of the last encoded batch where the optimiser looks for them."""
        if self.table.grad is not None and self._part.grad is not None:
            self.table.grad[self._rows] = self._part.grad


def pool(rows: torch.Tensor, places: Ids, counts: Ids) -> torch.Tensor:
    """Float32 `(len(counts), dimension)` of texts whose tokens lie one after another."""
    starts = torch.from_numpy(np.cumsum(counts) - counts)
    bags = functional.embedding_bag(torch.from_numpy(places), rows, starts)
    return functional.normalize(bags, dim=1)


def batches(
    tasks: Sequence[Task], stage: Stage, random: np.random.Generator
) -> list[tuple[Task, Ids]]:
    """One epoch: each task's rows shuffled and cut, the batches of all tasks mixed."""
    cut: list[tuple[Task, Ids]] = []
    for task in tasks:
        if task.kind == "through English" and not stage.through_english:
            continue
        for _ in range(stage.questions if task.kind == "questions" else 1):
            cut.extend((task, rows) for rows in _cut(task, stage, random) if len(rows) > 1)
    return [cut[i] for i in random.permutation(len(cut))]


def _cut(task: Task, stage: Stage, random: np.random.Generator) -> list[Ids]:
    if task.kind == "questions" and stage.neighbours:
        first = int(random.integers(0, stage.neighbours))
        return np.split(np.arange(len(task.left)), range(first, len(task.left), stage.neighbours))
    size = stage.batch * (stage.wordy if task.kind == "words" else 1)
    order = random.permutation(len(task.left))
    return np.array_split(order, max(1, round(len(order) / size)))


def learn(
    table: NDArray[np.float32],
    bags: Bags,
    tasks: Sequence[Task],
    teacher: NDArray[np.float32],
    recipe: Recipe,
) -> NDArray[np.float32]:
    """The table after all stages of the recipe; same seed, same result."""
    torch.manual_seed(recipe.seed)
    random = np.random.default_rng(recipe.seed)
    for number, stage in enumerate(recipe.stages, start=1):
        student = Student(table.copy())
        optimiser = torch.optim.Adam(
            [student.table],
            lr=stage.learning_rate,
            betas=(stage.momentum, _SECOND_BETA),
            fused=True,
        )
        plan = [batch for _ in range(stage.epochs) for batch in batches(tasks, stage, random)]
        total = 0.0
        for step, (task, rows) in enumerate(plan):
            for group in optimiser.param_groups:
                group["lr"] = stage.learning_rate * (1 - step / len(plan))
            loss = batch_loss(student, bags, task, rows, teacher, recipe, stage, random)
            loss.backward()  # type: ignore[no-untyped-call]
            student.gather()
            optimiser.step()
            total += float(loss.detach())
            if (step + 1) % 200 == 0:
                message = f"stage {number}, step {step + 1:,} of {len(plan):,}: {total / 200:.3f}"
                print(message, flush=True)  # noqa: T201
                total = 0.0
        table = student.table.detach().numpy()
    return table


def batch_loss(
    student: Student,
    bags: Bags,
    task: Task,
    rows: Ids,
    teacher: NDArray[np.float32],
    recipe: Recipe,
    stage: Stage,
    random: np.random.Generator,
) -> torch.Tensor:
    """Contrast of the two sides, and of the right one with the teacher's view of the left.

    Where the sides are one text, the contrast with the teacher alone.
    """
    left_texts, right_texts = task.left[rows], task.right[rows]
    same = torch.from_numpy(_same(left_texts) | _same(right_texts))
    alone = bool((left_texts == right_texts).all())
    drawn = right_texts if alone else np.concatenate([left_texts, right_texts])
    ids, counts = bags.draw(drawn, random, recipe.token_dropout, stage.longest)
    vectors, places = student.take(ids)
    pooled = pool(vectors, places, counts)
    left, right = pooled[: len(rows)], pooled[-len(rows) :]
    loss = torch.zeros(())
    if not alone:
        loss = both_ways(left @ right.T * recipe.scale, same)
        if stage.late and task.kind != "words":
            scores = late_scores(vectors, places, counts, one_way=task.kind == "questions")
            for late in scores:
                loss = loss + stage.late * contrast(late * recipe.scale, same)
    if (task.teacher[rows] >= 0).all():
        target = torch.from_numpy(teacher[task.teacher[rows]])
        scores_of = right @ target.T * recipe.scale
        loss = loss + contrast(scores_of, same) + 1 - scores_of.diagonal().mean() / recipe.scale
        if not alone:
            loss = loss + 1 - (left * target).sum(1).mean()
    return loss


def _same(texts: Ids) -> NDArray[np.bool_]:
    """Off-diagonal pairs of one and the same text."""
    same: NDArray[np.bool_] = texts[:, None] == texts[None, :]
    np.fill_diagonal(same, False)
    return same
