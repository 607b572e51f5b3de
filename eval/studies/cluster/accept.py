"""What only a real cluster of Qdrant shows, tried step by step for whoever keeps one.

A library of its own is made and moved there.  Nothing else on the cluster is touched, and the
collection is deleted at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

from corpus.errors import DalilError
from eval.studies.cluster.nodes import Cluster, Nodes
from eval.studies.cluster.trials import Extent, SkippedError, Step, Trials


class Outcome(StrEnum):
    """How a step ended; what could not be tried is no failure."""

    PASS = "PASS"
    FAIL = "FAIL"
    SKIP = "SKIP"


@dataclass(frozen=True, slots=True)
class Result:
    """A step, and in a sentence what was seen, or why it failed and what to do."""

    step: str
    outcome: Outcome
    told: str

    def __str__(self) -> str:
        return f"{self.outcome}  {self.step}: {self.told}"


def accept(cluster: Cluster, extent: Extent) -> Iterator[Result]:
    """Try every step on the cluster, and yield how each ended.

    What builds on a step that failed is not tried.
    """
    with TemporaryDirectory(prefix="dalil-accept-") as folder, ExitStack() as opened:
        nodes = opened.enter_context(Nodes(cluster.members or [cluster.address]))
        trials = Trials(cluster, extent, Path(folder), nodes, opened)
        failed = ""
        for step in trials.steps():
            if failed:
                yield Result(step.name, Outcome.SKIP, f'not tried, since "{failed}" failed.')
                continue
            yield (result := _run(step))
            if result.outcome is Outcome.FAIL and step.needed:
                failed = step.name
        yield _run(trials.leave())


def _run(step: Step) -> Result:
    try:
        return Result(step.name, Outcome.PASS, step.run())
    except SkippedError as why:
        return Result(step.name, Outcome.SKIP, str(why))
    except DalilError as error:
        return Result(step.name, Outcome.FAIL, f"{error} What to do: {step.remedy}")
