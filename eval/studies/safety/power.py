"""What a power failure does to a library: `python -m eval.studies.safety.power [--every N]`.

A process makes a library, adds, edits, replaces and removes articles, saves an answer, builds the
index anew, re-encodes, backs up and restores, and says what it has done as it goes.  Everything it
writes is recorded.  Then the power fails between any two of its writes, and the disk holds what was
synced and any part of the rest.  What is left is opened: the library must hold what had been
said by then, or what was being done, whole; and `dalil doctor` must find nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.article import Article
from corpus.errors import DalilError
from eval.studies.safety.crashes import WAYS, Disk, put
from eval.studies.safety.recording import Change, record
from index import Library, load_encoder
from index.encoder import Encoder
from index.encoder.protocol import Vectors
from index.reencoding import reencode
from index.store.database import DATABASE, Store
from index.store.safety.backup import back_up, restore
from index.store.safety.checking import of_rows

_HOME, _COPY = "library", "copy.sqlite"
_TEXT = "The market of Tell Halaf opened again on Tuesday. {} traders came. سوق تل حلف."
_HEADER = 100
# Where a folder in memory is on Linux: opening what is left syncs much, and none of it has to last.
_MEMORY = Path("/dev/shm")
# What a library or a backup holds: articles with versions and titles, and answers; `None` if it was
# damaged on purpose.
State = dict[str, Any] | None


@dataclass(frozen=True)
class OtherEncoder:
    """The bundled encoder under another name, to re-encode with."""

    of: Encoder
    name: str = "other"
    fingerprint: str = "0" * 64

    @property
    def dimension(self) -> int:
        """As `Encoder.dimension`."""
        return self.of.dimension

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """As `Encoder.encode_queries`."""
        return self.of.encode_queries(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """As `Encoder.encode_passages`."""
        return self.of.encode_passages(texts)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was left after `done` changes: a sentence if something was lost, else `None`."""

    way: str
    step: str
    done: int
    lost: str | None


def work(root: Path, say: Callable[[str, dict[str, State]], None]) -> None:
    """Do what people do with a library below `root`; `say` gets each step that is done."""
    home, encoder = root / _HOME, load_encoder("bundled")

    def told(step: str) -> None:
        say(step, {"library": state_of(home / DATABASE)})

    library = Library.open(home, encoder, create=True)
    told("make")
    library.add([_article(n) for n in range(3)], batch=1, on_batch=lambda _: told("add"))
    library.save_answer("one", "{}", [])
    told("answer")
    library.edits.edit(["article-0"], {"title": "A market"})
    told("edit")
    library.add([_article(1, "Fifty")])
    told("update")
    library.remove(["article-2"])
    told("remove")
    back_up(home, root / _COPY)
    say("back up", {"library": state_of(home / DATABASE), "backup": state_of(root / _COPY)})
    library.add([_article(3)])
    told("add")
    library.rebuild()
    told("rebuild")
    library.close()
    told("close")
    reencode(home, OtherEncoder(encoder))
    told("re-encode")
    Library.open(home, OtherEncoder(encoder)).rebuild()
    told("rebuild")
    restore(home, root / _COPY, lambda _: None)
    told("restore")
    with (home / DATABASE).open("r+b") as file:
        file.write(bytes(_HEADER))
        os.fsync(file.fileno())
    say("damage", {"library": None})
    restore(home, root / _COPY, lambda _: None)
    told("replace")


def _article(number: int, traders: str = "Forty") -> Article:
    return Article(f"article-{number}", _TEXT.format(traders), title=f"Market {number}")


def state_of(path: Path) -> dict[str, Any]:
    """Return what the library's file at `path` holds."""
    with closing(Store(path)) as store, store.reading():
        articles = [[a.id, a.version, a.title, a.text] for a in store.articles(texts=True)]
        answers = [row[0] for row in store.execute("SELECT id FROM answers ORDER BY id")]
    return {"articles": articles, "answers": answers}


def crashes(
    changes: list[Change], every: int, chance: random.Random
) -> Iterator[tuple[int, str, dict[str, bytes | None]]]:
    """Yield after every so many changes what the disk may hold: count, way, files."""
    disk, first = Disk(), chance.randrange(every)
    for done, change in enumerate(changes, start=1):
        disk.see(change)
        if done % every == first:
            for way in WAYS:
                yield done, way, disk.lose_power(way, chance)


def said(changes: list[Change]) -> list[tuple[int, str, dict[str, State]]]:
    """Return what the process said: after how many changes, which step, and the states."""
    found = []
    for done, change in enumerate(changes, start=1):
        if change.kind == "said":
            for line in change.data.decode("utf-8").splitlines():
                step, states = json.loads(line)
                found.append((done, str(step), states))
    return found


def judge(
    done: int, way: str, files: dict[str, bytes | None], steps: list[tuple[int, str, Any]]
) -> Outcome:
    """Open what is left of a crash and compare it with what had been promised."""
    before = [states for at, _, states in steps if at <= done]
    after = [(step, states) for at, step, states in steps if at > done]
    step = after[0][0] if after else "end"
    allowed = before[-1:] + [states for _, states in after[:1]]
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        put(files, Path(folder))
        lost = _lost(Path(folder), [each["library"] for each in allowed], promised=bool(before))
        backups = [each["backup"] for each in before if "backup" in each]
        lost = lost or _lost_backup(Path(folder, _COPY), backups)
    return Outcome(way, step, done, lost)


def _lost(root: Path, allowed: list[State], *, promised: bool) -> str | None:
    home = root / _HOME
    if not (home / DATABASE).exists():
        return "the library is gone" if promised else None
    try:
        state = state_of(home / DATABASE)
        if state not in allowed:
            return f"what was promised is not there: {_told(state)}"
        with closing(_opened(home)) as library:
            # Builds the index, if what is left of it is not sound.
            library.count_passages()
            faults = library.faults()
    except DalilError as error:
        return None if None in allowed else str(error)
    return faults[0] if faults else None


def _opened(home: Path) -> Library:
    encoder = load_encoder("bundled")
    with suppress(DalilError):
        return Library.open(home, encoder)
    return Library.open(home, OtherEncoder(encoder))


def _lost_backup(path: Path, promised: list[State]) -> str | None:
    """Return what is wrong with a backup: half of one must never stand under its name."""
    if not path.exists():
        return "the backup is gone" if promised else None
    try:
        with closing(Store(path)) as store, store.reading():
            faults = of_rows(store, lambda *_: None)
        if promised and state_of(path) not in promised:
            return "the backup holds something else"
    except DalilError as error:
        return str(error)
    return faults[0] if faults else None


def _told(state: dict[str, Any]) -> str:
    named = [f"{article} v{version}" for article, version, *_ in state["articles"]]
    return ", ".join(named) or "no article"


def main(arguments: list[str] | None = None) -> int:
    """Run the study; 1 if anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="changes between two failures")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, metavar="FOLDER", help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.work:
        work(chosen.work, _say)
        return 0
    changes = recorded()
    tried = tried_on(changes, chosen.every, chosen.seed)
    sys.stdout.write(report(tried, len(changes)))
    return int(any(one.lost for one in tried))


def tried_on(changes: list[Change], every: int, seed: int) -> list[Outcome]:
    """Let the power fail after every so many changes, in all ways, and judge what is left."""
    steps = said(changes)
    return [judge(*crash, steps) for crash in crashes(changes, every, random.Random(seed))]


def recorded() -> list[Change]:
    """Return what `work` changes."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        return record([sys.executable, "-m", __spec__.name, "--work", str(root)], root)


def _say(step: str, states: dict[str, State]) -> None:
    sys.stdout.write(json.dumps([step, states]) + "\n")
    sys.stdout.flush()


def report(tried: list[Outcome], changes: int) -> str:
    """Return a row for each step, and what was lost, the commonest first."""
    lines = [f"{changes} changes, {len(tried)} failures of power", ""]
    lines += ["| during | " + " | ".join(WAYS) + " | lost |", "|---" * (len(WAYS) + 2) + "|"]
    for step in dict.fromkeys(one.step for one in tried):
        of = [one for one in tried if one.step == step]
        counts = [str(sum(one.way == way for one in of)) for way in WAYS]
        lines.append(f"| {step} | {' | '.join(counts)} | {sum(bool(one.lost) for one in of)} |")
    lost = Counter((one.step, one.way, one.lost) for one in tried if one.lost)
    lines += [f"{n} x {step}, {way}: {why}" for (step, way, why), n in lost.most_common(20)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
