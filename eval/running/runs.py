"""Runs: what was asked of what, kept as a folder that describes itself.

`run.json` is the manifest, `outcomes.jsonl` holds a case a line; a report is made from both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import DalilError
from eval.files import read_json, read_lines, write_json, write_lines
from eval.judging.outcome import Outcome

FORMAT = 1
_MANIFEST, _OUTCOMES = "run.json", "outcomes.jsonl"


@dataclass(frozen=True, slots=True)
class Collection:
    """What was searched: how many articles and passages, and a digest of all their texts."""

    name: str
    articles: int
    passages: int
    digest: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What made a run: everything needed to know whether another one can be compared with it.

    `started` is an ISO time in UTC; `commit` is that of the checkout, with "+changes" where files
    differed from it, and `None` outside of a checkout.  `settings` holds every setting by name.
    """

    name: str
    started: str
    seconds: float
    version: str
    commit: str | None
    machine: str
    encoder: str
    fingerprint: str
    settings: Mapping[str, float | int | str | bool | None]
    cases: str
    collection: Collection
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Run:
    """A manifest with the outcomes of all cases, in the order of the cases."""

    manifest: Manifest
    outcomes: Sequence[Outcome]


def write_run(run: Run, folder: Path) -> None:
    """Write a run into a folder, which is made where it is missing.

    Raises `DalilError` where it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_lines(folder / _OUTCOMES, run.outcomes)
        write_json(folder / _MANIFEST, run.manifest)
    except OSError as error:
        raise DalilError(
            f"The run cannot be written to {folder} ({error.strerror}); name another folder with "
            "--out."
        ) from error


def read_run(folder: Path) -> Run:
    """Read a run; raise `DalilError` if the folder holds none, or one of another format."""
    if not (folder / _MANIFEST).is_file():
        raise DalilError(
            f"{folder} is no run (it has no {_MANIFEST}); name a folder of `dalil eval`."
        )
    manifest = read_json(folder / _MANIFEST, Manifest)
    if manifest.format != FORMAT:
        raise DalilError(
            f"{folder} was written in format {manifest.format} and this Dalil reads {FORMAT}; "
            "run `dalil eval` again."
        )
    return Run(manifest, [outcome for _, outcome in read_lines(folder / _OUTCOMES, Outcome)])
