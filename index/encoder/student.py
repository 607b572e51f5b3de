"""The table while it learns: batches, losses and the loop. The only module that needs torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from index.encoder.pieces import PieceStore, ragged

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a training run does beyond its data; saved beside the weights."""

    dimension: int = 256
    pieces: int = 112_000
    epochs: int = 4
    batch: int = 1024
    learning_rate: float = 5e-3
    scale: float = 20.0
    token_dropout: float = 0.1
    seed: int = 20261121


@dataclass(frozen=True, slots=True)
class Task:
    """Rows of two texts that belong together; `teacher` rows are -1 where the teacher is silent.

    `left`, `right`: numbers of texts. `teacher`: `(n,)` row of the teacher's vector of `left`.
    """

    name: str
    left: Ids
    right: Ids
    teacher: Ids
    repeats: int = 1


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

    def draw(self, texts: Ids, random: np.random.Generator, dropout: float) -> tuple[Ids, Ids]:
        """Token ids of `texts`, a share of them left out at random, and where each text starts."""
        counts = self._counts[texts]
        ids = self._ids[ragged(self._starts[texts], counts)]
        if dropout:
            owner = np.repeat(np.arange(len(texts)), counts)
            kept = random.random(len(ids)) >= dropout
            # The first token stays, so no text becomes empty.
            kept[np.cumsum(counts) - counts] = True
            ids, counts = ids[kept], np.bincount(owner[kept], minlength=len(texts))
        return ids, np.cumsum(counts) - counts


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

    def encode(self, ids: Ids, starts: Ids) -> torch.Tensor:
        """Float32 `(len(starts), dimension)` of texts whose token ids lie one after another."""
        rows, places = np.unique(ids, return_inverse=True)
        self._clear()
        self._rows = torch.from_numpy(rows)
        self._part = self.table.detach()[self._rows].requires_grad_()
        bags = functional.embedding_bag(
            torch.from_numpy(places), self._part, torch.from_numpy(starts)
        )
        return functional.normalize(bags, dim=1)

    def _clear(self) -> None:
        if self.table.grad is not None:
            self.table.grad[self._rows] = 0

    def gather(self) -> None:
        """Put the gradients of the last encoded batch where the optimiser looks for them."""
        if self.table.grad is not None and self._part.grad is not None:
            self.table.grad[self._rows] = self._part.grad


def contrast(scores: torch.Tensor, same: torch.Tensor) -> torch.Tensor:
    """In-batch contrast: each row must find its own column among all of the batch.

    `same[i, j]` marks pairs that are no negatives because a side of theirs is the same text.
    """
    masked = scores.masked_fill(same, float("-inf"))
    return functional.cross_entropy(masked, torch.arange(len(scores)))


def batches(
    tasks: Sequence[Task], recipe: Recipe, random: np.random.Generator
) -> list[tuple[Task, Ids]]:
    """One epoch: each task's rows shuffled and cut, the batches of all tasks mixed."""
    cut: list[tuple[Task, Ids]] = []
    for task in tasks:
        for _ in range(task.repeats):
            order = random.permutation(len(task.left))
            pieces = max(1, round(len(order) / recipe.batch))
            cut.extend((task, rows) for rows in np.array_split(order, pieces) if len(rows) > 1)
    return [cut[i] for i in random.permutation(len(cut))]


def learn(
    table: NDArray[np.float32],
    bags: Bags,
    tasks: Sequence[Task],
    teacher: NDArray[np.float32],
    recipe: Recipe,
) -> NDArray[np.float32]:
    """The table after `recipe.epochs` passes over the tasks; same seed, same result."""
    torch.manual_seed(recipe.seed)
    random = np.random.default_rng(recipe.seed)
    student = Student(table.copy())
    optimiser = torch.optim.Adam([student.table], lr=recipe.learning_rate, fused=True)
    plan = [batch for _ in range(recipe.epochs) for batch in batches(tasks, recipe, random)]
    total = 0.0
    for step, (task, rows) in enumerate(plan):
        for group in optimiser.param_groups:
            group["lr"] = recipe.learning_rate * (1 - step / len(plan))
        loss = batch_loss(student, bags, task, rows, teacher, recipe, random)
        loss.backward()  # type: ignore[no-untyped-call]
        student.gather()
        optimiser.step()
        total += float(loss.detach())
        if (step + 1) % 200 == 0:
            print(f"step {step + 1:,} of {len(plan):,}: loss {total / 200:.3f}", flush=True)  # noqa: T201
            total = 0.0
    return student.table.detach().numpy()


def batch_loss(
    student: Student,
    bags: Bags,
    task: Task,
    rows: Ids,
    teacher: NDArray[np.float32],
    recipe: Recipe,
    random: np.random.Generator,
) -> torch.Tensor:
    """Contrast of the two sides, and of the right one with the teacher's view of the left.

    Where the sides are one text, the contrast with the teacher alone.
    """
    left_texts, right_texts = task.left[rows], task.right[rows]
    same = torch.from_numpy(_same(left_texts) | _same(right_texts))
    alone = bool((left_texts == right_texts).all())
    drawn = right_texts if alone else np.concatenate([left_texts, right_texts])
    vectors = student.encode(*bags.draw(drawn, random, recipe.token_dropout))
    left, right = vectors[: len(rows)], vectors[-len(rows) :]
    loss = torch.zeros(())
    if not alone:
        scores = left @ right.T * recipe.scale
        loss = contrast(scores, same) + contrast(scores.T, same)
    if (task.teacher[rows] >= 0).all():
        target = torch.from_numpy(teacher[task.teacher[rows]])
        scores = right @ target.T * recipe.scale
        loss = loss + contrast(scores, same) + 1 - scores.diagonal().mean() / recipe.scale
        if not alone:
            loss = loss + 1 - (left * target).sum(1).mean()
    return loss


def _same(texts: Ids) -> NDArray[np.bool_]:
    """Off-diagonal pairs of one and the same text."""
    same: NDArray[np.bool_] = texts[:, None] == texts[None, :]
    np.fill_diagonal(same, False)
    return same
