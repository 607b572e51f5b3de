"""What adding a few articles costs as a library grows: it should not depend on its size."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path

from eval.bench import generated, machine
from eval.bench.beside.articles import Fields, recombined
from eval.bench.collection import WORDS_A_PASSAGE, from_archives, limited
from eval.bench.files import ARTICLES, MORE, Figures
from eval.bench.processes import step

# The steps of `eval.bench.sides.adding`, by how many articles they add.
_STEPS = {1: "one", 10: "ten", 100: "hundred"}
_FIGURES = {
    "add (s)": "add_s", "its CPU (s)": "add_cpu_s", "written (MB)": "written_mb",
    "a reader sees it (s)": "seen_s", "a search before, CPU (ms)": "before_ms",
    "the first after": "first_ms", "others after": "after_ms",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Added:
    """What it took to add so many `articles` to a library of `passages`."""

    passages: int
    articles: int
    figures: Figures


def measure(news: Path | None, sizes: Sequence[int], say: Callable[[str], None]) -> list[Added]:
    """Build a library of about each of `sizes` passages, and add to copies of it.

    Articles are those of the archives in `news`, or generated if it is `None`.
    """
    found = []
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="dalil-bench-") as home:
            folder = Path(home)
            _write(folder, news, size)
            say(f"{size:,} passages: building.")
            passages = int(step("dalil", "gather", folder)["passages"])
            for count, name in _STEPS.items():
                say(f"{size:,} passages: adding {count}.")
                found.append(Added(passages, count, step("adding", name, folder)))
    return found


def table(rows: Sequence[Added]) -> str:
    """Return the figures as Markdown, and as multiples of those at the smallest size.

    Before, what is searched is one part, and after it several.
    """
    least = {row.articles: row for row in reversed(rows)}
    lines = [
        f"{datetime.now(UTC).date()}, commit {machine.commit()}; {machine.cpu()}, one thread.",
        "",
        f"| passages | articles added | {' | '.join(_FIGURES)} | as multiples |",
        f"|---:|---:|{'---:|' * (len(_FIGURES) + 1)}",
    ]
    for row in rows:
        values = [row.figures[name] for name in _FIGURES.values()]
        of_least = [least[row.articles].figures[name] for name in _FIGURES.values()]
        times = (a / b if b else 1.0 for a, b in zip(values, of_least, strict=True))
        cells = [*(f"{value:.3g}" for value in values), ", ".join(f"{each:.2g}" for each in times)]
        lines.append(f"| {row.passages:,} | {row.articles} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def as_json(rows: Sequence[Added]) -> str:
    """Return the figures, with what they were measured on."""
    of = {"date": f"{datetime.now(UTC).date()}", "commit": machine.commit()}
    return json.dumps({**of, "machine": machine.described(), "rows": [*map(asdict, rows)]})


def _write(folder: Path, news: Path | None, passages: int) -> None:
    """Write a collection, and the articles that come after it, one more than are ever added."""
    found: Iterator[Fields]
    found = (
        iter(generated.articles()) if news is None else chain(from_archives(news), recombined(news))
    )
    for name, some in (
        (ARTICLES, limited(found, passages * WORDS_A_PASSAGE)),
        (MORE, islice(found, max(_STEPS) + 1)),
    ):
        with (folder / name).open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(article, ensure_ascii=False) + "\n" for article in some)
