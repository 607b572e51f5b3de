"""Training with checkpoints: stopped at any moment, it goes on from the last of them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

import torch
from tokenizers import Tokenizer

from corpus.errors import DalilError
from index.training.reader.base import Base
from index.training.reader.examples import Example
from index.training.reader.model import ReadingModel, make_batch

_AT_ONCE = 512
_CHECKPOINT, _LOG = "checkpoint.pt", "log.jsonl"


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train: the rate falls linearly after a share of `warmup`, batches are of one length.

    `longest` is in pieces, `save_seconds` is the time between two checkpoints.  `bfloat16`
    multiplies in 16 bits, which halves the time on a processor made for it.
    """

    epochs: int = 1
    batch: int = 16
    rate: float = 8e-5
    warmup: float = 0.05
    longest: int = 256
    seed: int = 0
    save_seconds: float = 180.0
    bfloat16: bool = False


def train(
    model: ReadingModel,
    tokenizer: Tokenizer,
    examples: Sequence[Example],
    recipe: Recipe,
    out: Path,
    say: Callable[[str], None] = lambda _: None,
) -> None:
    """Train `model` in place, keeping checkpoints and a log in `out`, which is made if need be.

    A checkpoint holds what is trained, and the table of pieces isn't, which is most of the model.
    One there of the same recipe and as many examples is gone on from; `DalilError` is raised for
    one of another training, which would be lost.
    """
    out.mkdir(parents=True, exist_ok=True)
    sizes = lengths(examples, tokenizer, recipe.longest)
    steps = [batch for epoch in range(recipe.epochs) for batch in order(sizes, recipe, epoch)]
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=recipe.rate, weight_decay=0.01, fused=True)
    done = _resume(model, optimizer, recipe, len(examples), out)
    if done:
        say(f"Going on after {done:,} of {len(steps):,} batches.")
    saved = began = time.monotonic()
    model.train()
    for number in range(done, len(steps)):
        # Each step draws its own, so that one that is gone on to draws what it would have drawn.
        torch.manual_seed(recipe.seed * 1_000_003 + number)
        for group in optimizer.param_groups:
            group["lr"] = recipe.rate * _share(number, len(steps), recipe.warmup)
        batch = make_batch([examples[i] for i in steps[number]], tokenizer, recipe.longest)
        with torch.autocast("cpu", torch.bfloat16, enabled=recipe.bfloat16):
            loss = model.loss(batch)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        measured = loss.item()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        now = time.monotonic()
        last = number + 1 == len(steps)
        _log(out, {"batch": number + 1, "loss": round(measured, 4), "s": round(now - began, 1)})
        if last or now - saved > recipe.save_seconds:
            _save(model, optimizer, recipe, len(examples), number + 1, out)
            saved = now
            say(f"{number + 1:,} of {len(steps):,} batches, loss {measured:.2f}")
    model.eval()


def read_trained(base: Base, out: Path) -> tuple[ReadingModel, dict[str, Any]]:
    """Return the model of the last checkpoint in `out`, on `base`, with the recipe and what it did.

    Raises `DalilError` if there is none.
    """
    try:
        kept = torch.load(out / _CHECKPOINT, weights_only=True)
    except OSError as error:
        raise DalilError(
            f"{out} holds no checkpoint: train with python -m index.training.reader --out {out}"
        ) from error
    bert = base.bert()
    layers = {int(name.split(".")[3]) for name in kept["model"] if ".layer." in name}
    bert.encoder.layer = bert.encoder.layer[: len(layers)]
    model = ReadingModel(bert).eval()
    model.load_state_dict(kept["model"], strict=False)
    done = {"layers": len(layers), "examples": kept["examples"], "batches": kept["done"]}
    return model, kept["recipe"] | done


def lengths(examples: Sequence[Example], tokenizer: Tokenizer, longest: int) -> list[int]:
    """Return the pieces of each example, at most `longest`."""
    tokenizer.enable_truncation(longest)
    pairs = [(each.question, each.passage) for each in examples]
    return [
        sum(pieces.attention_mask)
        for first in range(0, len(pairs), _AT_ONCE)
        for pieces in tokenizer.encode_batch(pairs[first : first + _AT_ONCE])
    ]


def order(lengths: Sequence[int], recipe: Recipe, epoch: int) -> list[list[int]]:
    """Return the examples of each batch by number: alike in length, in an order of the epoch.

    `lengths` are in pieces; what shorter ones are filled up with costs as much as what is read.
    """
    random = Random(recipe.seed * 1_009 + epoch)
    numbers = list(range(len(lengths)))
    random.shuffle(numbers)
    chunk = recipe.batch * 50
    batches = []
    for first in range(0, len(numbers), chunk):
        of = sorted(numbers[first : first + chunk], key=lengths.__getitem__)
        batches += [of[at : at + recipe.batch] for at in range(0, len(of), recipe.batch)]
    random.shuffle(batches)
    return batches


def _share(number: int, steps: int, warmup: float) -> float:
    """Return the share of the rate at a step, which rises first and then falls to nothing."""
    rising = max(int(steps * warmup), 1)
    return min((number + 1) / rising, (steps - number) / max(steps - rising, 1), 1.0)


def _save(
    model: ReadingModel,
    optimizer: torch.optim.Optimizer,
    recipe: Recipe,
    examples: int,
    done: int,
    out: Path,
) -> None:
    trained = {name: one for name, one in model.named_parameters() if one.requires_grad}
    kept = {
        "recipe": asdict(recipe), "examples": examples, "done": done,
        "model": trained, "optimizer": optimizer.state_dict(),
    }  # fmt: skip
    draft = out / f"{_CHECKPOINT}.part"
    torch.save(kept, draft)
    draft.replace(out / _CHECKPOINT)


def _resume(
    model: ReadingModel,
    optimizer: torch.optim.Optimizer,
    recipe: Recipe,
    examples: int,
    out: Path,
) -> int:
    """Load a checkpoint of the same training, and return how many batches it has done.

    One more example of the same data is another training: it would be gone through in another
    order.
    """
    if not (out / _CHECKPOINT).is_file():
        return 0
    kept = torch.load(out / _CHECKPOINT, weights_only=True)
    trained = {**kept["recipe"], "examples": kept["examples"]}
    asked = {**asdict(recipe), "examples": examples}
    other = sorted(name for name in asked if trained.get(name) != asked[name])
    if other:
        said = ", ".join(f"{name} {trained.get(name)} and not {asked[name]}" for name in other)
        raise DalilError(
            f"{out} holds a checkpoint of another training, after {kept['done']:,} batches "
            f"({said}). Train into another folder with --out, or delete it if it is not needed."
        )
    model.load_state_dict(kept["model"], strict=False)
    optimizer.load_state_dict(kept["optimizer"])
    return int(kept["done"])


def _log(out: Path, entry: dict[str, float]) -> None:
    with (out / _LOG).open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry) + "\n")
