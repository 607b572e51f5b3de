"""A run from its plan: a library of the articles, all cases asked of it, and the manifest."""

from __future__ import annotations

import os
import platform
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from time import perf_counter

from corpus.article import Article
from corpus.errors import DalilError
from corpus.load import load_articles
from eval.cases.case import Case, place
from eval.running.parameters import Parameters
from eval.running.runs import Collection, Manifest, Run
from eval.running.system import System, dalil, measure
from index import Library, load_encoder
from rag.llm import ChatModel, Limits
from rag.llm.prompts import version
from rag.reader import load_reader
from rag.rerankers.cross_encoder import CrossEncoderReranker

ROOT = Path(__file__).parents[2]
CASES = Path(__file__).parents[1] / "cases"
DEMO = ROOT / "corpus" / "demo"
# So many times fewer cases are asked for a quick look.
_QUICK = 3

# Takes library, parameters, reranker and `reader`, and with `llm` and `limits` a plan's model.
Answering = Callable[..., System]


@dataclass(frozen=True)
class Plan:
    """What is to be asked of what.

    `articles` make a library for the time of the run; without them the library at `home` is
    asked, and left as it is.  `llm` writes the answers within `limits`.  `cases_name` and
    `collection` are what the manifest calls them.
    """

    name: str
    cases: Sequence[Case]
    cases_name: str
    collection: str
    articles: Sequence[Article] | None = None
    home: Path | None = None
    encoder: str = "bundled"
    reranker: str | None = None
    reader: str = "bundled"
    parameters: Parameters | None = None
    llm: ChatModel | None = None
    limits: Limits | None = None


def evaluate(
    plan: Plan,
    on_case: Callable[[int, int], None] = lambda done, total: None,
    *,
    answering: Answering = dalil,
) -> Run:
    """Carry out a plan; `on_case` is told how many of how many cases are done.

    Every case is checked before the first is asked.  Raises `DalilError` for cases that do not
    fit the collection, and for a library or a model that cannot be opened.
    """
    if not plan.cases:
        raise DalilError(f"There is no case in {plan.cases_name}; name a file with cases.")
    started, began = datetime.now(UTC), perf_counter()
    reader = load_reader(plan.reader)
    parameters = plan.parameters or Parameters.shipped(reader=reader is not None)
    reranker = CrossEncoderReranker(plan.reranker) if plan.reranker else None
    with _library(plan) as library:
        articles = [library.article(found.id) for found in library.articles()]
        cases = place(plan.cases, articles)
        written = {"llm": plan.llm, "limits": plan.limits} if plan.llm else {}
        system = answering(library, parameters, reranker, reader=reader, **written)
        outcomes = measure(system, cases, library, on_case)
        manifest = Manifest(
            name=plan.name,
            started=started.isoformat(timespec="seconds"),
            seconds=round(perf_counter() - began, 1),
            version=metadata.version("dalil"),
            commit=_commit(),
            machine=_machine(),
            encoder=library.encoder.name,
            fingerprint=library.encoder.fingerprint,
            settings={
                "reranker": plan.reranker,
                "reader": plan.reader,
                "llm": plan.llm.name if plan.llm else None,
                "prompt": version("answer") if plan.llm else None,
                **parameters.by_name(),
            },
            cases=plan.cases_name,
            collection=Collection(
                plan.collection, len(articles), library.count_passages(), _digest(articles)
            ),
        )
    return Run(manifest, outcomes)


def quick(cases: Sequence[Case]) -> list[Case]:
    """Return about a third of the cases; which ones follows from their ids alone."""
    return [case for case in cases if is_quick(case.id)]


def is_quick(case_id: str) -> bool:
    """Whether a quick look asks the case of this id."""
    return sha256(case_id.encode("utf-8", "replace")).digest()[2] % _QUICK == 0


def read_articles(folder: Path) -> list[Article]:
    """Return the articles of a folder or file; raise `DalilError` for the first that is none."""
    articles = []
    for loaded in load_articles(folder):
        if loaded.article is None:
            line = f", line {loaded.line}" if loaded.line else ""
            raise DalilError(f"{loaded.label}{line}: {loaded.error}")
        articles.append(loaded.article)
    return articles


@contextmanager
def _library(plan: Plan) -> Iterator[Library]:
    encoder = load_encoder(plan.encoder)
    if plan.articles is None:
        if plan.home is None:
            raise DalilError("Name the articles to ask, or the library that holds them.")
        yield Library.open(plan.home, encoder)
        return
    with tempfile.TemporaryDirectory() as home:
        library = Library.open(home, encoder, create=True)
        library.add(plan.articles)
        yield library
        library.close()


def _digest(articles: Sequence[Article]) -> str:
    """Return sixteen hexadecimal digits that change with any text of the collection."""
    seen = sha256()
    for article in sorted(articles, key=lambda a: a.id):
        seen.update(repr((article.id, article.title, article.text)).encode("utf-8", "replace"))
    return seen.hexdigest()[:16]


def _machine() -> str:
    python = f"Python {platform.python_version()}"
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {python}"


def _commit() -> str | None:
    """Return the checkout's commit, "+changes" behind it if files differ, `None` outside one."""
    try:
        commit = _git("rev-parse", "--short=12", "HEAD")
        return commit + ("+changes" if _git("status", "--porcelain", "-uno") else "")
    except (OSError, subprocess.CalledProcessError):
        return None


def _git(*arguments: str) -> str:
    if not (ROOT / ".git").exists():
        raise FileNotFoundError(ROOT / ".git")
    command = ["git", "-C", str(ROOT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
