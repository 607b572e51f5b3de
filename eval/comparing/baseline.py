"""The baseline: the results of a run, small enough to be kept beside the code.

It holds a case a line, sorted, so that a change of it shows which cases came out differently.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from corpus.errors import DalilError
from eval.comparing.matching import Scored, scored
from eval.files import read_json
from eval.judging.measures import MEASURES
from eval.judging.outcome import EVERYTHING, Attempt, Outcome
from eval.running.runs import Run

FORMAT = 1
# What `dalil eval gate` compares with.
BASELINE = Path(__file__).with_name("baseline.json")


@dataclass(frozen=True, slots=True)
class Kept:
    """The results of a case, as `matching.scored` has them; its groups are not kept."""

    digest: str
    answered: bool
    attempt: Attempt | None
    scores: dict[str, float]

    @property
    def scored(self) -> Scored:
        """What is compared of it, which counts in the group of everything."""
        return Scored(self.digest, (EVERYTHING,), self.scores, self.attempt)


@dataclass(frozen=True, slots=True)
class Baseline:
    """The results of a run by case, with what says whether another can be compared with it.

    `collection` is the digest of the articles, `cases` says which cases were asked.
    """

    format: int
    started: str
    commit: str | None
    encoder: str
    fingerprint: str
    collection: str
    cases: str
    outcomes: Mapping[str, Kept]


@dataclass(frozen=True, slots=True)
class _Format:
    format: int


def reduce(run: Run) -> Baseline:
    """Return what is kept of a run; cases without any score are left out."""
    manifest = run.manifest
    by_id = {outcome.case.id: _kept(outcome) for outcome in run.outcomes if outcome.scores}
    return Baseline(
        FORMAT,
        manifest.started,
        manifest.commit,
        manifest.encoder,
        manifest.fingerprint,
        manifest.collection.digest,
        manifest.cases,
        {name: by_id[name] for name in sorted(by_id)},
    )


def _kept(outcome: Outcome) -> Kept:
    reduced = scored(outcome)
    scores = {m.name: reduced.scores[m.name] for m in MEASURES if m.name in reduced.scores}
    return Kept(reduced.digest, outcome.status == "answered", reduced.attempt, scores)


def write_baseline(run: Run, path: Path) -> None:
    """Write the baseline of a run; raise `DalilError` if the file cannot be written."""
    baseline = reduce(run)
    head = [
        f" {_json(name)}: {_json(getattr(baseline, name))},\n"
        for name in Baseline.__dataclass_fields__
        if name != "outcomes"
    ]
    cases = ",\n".join(f"  {_json(n)}: {_json(kept)}" for n, kept in baseline.outcomes.items())
    text = "{\n" + "".join(head) + ' "outcomes": {\n' + cases + "\n }\n}\n"
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DalilError(
            f"The baseline cannot be written to {path} ({error.strerror}); name another file with "
            "--baseline."
        ) from error


def read_baseline(path: Path) -> Baseline:
    """Read a baseline; raise `DalilError` if there is none, or it is of another format."""
    if not path.is_file():
        raise DalilError(
            f"There is no baseline at {path}; keep one with `dalil eval gate --update`, or name "
            "another file with --baseline."
        )
    if (found := read_json(path, _Format).format) != FORMAT:
        raise DalilError(
            f"{path} was written in format {found} and this Dalil reads {FORMAT}; write it again "
            "with `dalil eval gate --update`."
        )
    return read_json(path, Baseline)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
