"""What a full disk does: `python -m eval.studies.safety.full_disk [--points N]`.

It runs where disks can be mounted; for others than root that is behind `unshare --user
--map-root-user --mount`.  A library lies on a disk in memory that is made so large that a change
finds room for none, some or all of what it writes.  The change must be done whole, or told in a
sentence and undone whole; `dalil doctor` must find nothing; and with room the change must succeed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.article import Article
from corpus.errors import DISK_FAULTS, DalilError
from eval.studies.safety.damage import demo_articles
from eval.studies.safety.power import OtherEncoder, state_of
from index import Library, load_encoder
from index.encoder import Encoder
from index.reencoding import reencode
from index.store.database import DATABASE
from index.store.safety.backup import back_up
from rag import Assistant

_PLENTY = 256 * 2**20
_PAGE = 4096
_ARTICLES = 12
_QUESTION = "What bounty was announced for Hajji Abdullah?"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a change with `room` bytes: "done", "told", or what was wrong, in a sentence."""

    change: str
    room: int
    ended: str

    @property
    def survived(self) -> bool:
        """Whether it was done whole, or told and undone whole."""
        return self.ended in ("done", "told")


class Disk:
    """A disk in memory at `root`, whose size can be changed; `begun` is what a change found."""

    def __init__(self, root: Path) -> None:
        self.root, self.begun = root, 0

    def resize(self, size: int) -> None:
        """Give the disk a size in bytes, which its pages round."""
        _mount("-o", f"remount,size={max(_PAGE, size)}", self.root)

    def leave(self, room: int) -> None:
        """Leave so much room beside what is there."""
        self.resize(self.used + room)

    @property
    def used(self) -> int:
        """How many bytes are taken."""
        now = os.statvfs(self.root)
        return (now.f_blocks - now.f_bfree) * now.f_frsize


@contextmanager
def disk(folder: Path) -> Iterator[Disk]:
    """Mount a disk at a folder while the block runs; raise `DalilError` where one may not."""
    _mount("-t", "tmpfs", "-o", f"size={_PLENTY}", "dalil", folder)
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def _mount(*options: str | Path) -> None:
    done = subprocess.run(
        ["mount", *map(str, options)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise DalilError(
            f"No disk can be mounted here ({done.stderr.strip()}). Run it with: unshare --user "
            "--map-root-user --mount python -m eval.studies.safety.full_disk"
        )


Change = Callable[[Path, Encoder], None]


def changes() -> Mapping[str, Change]:
    """Return what is done to a library, by name."""
    demo = demo_articles()
    longer = Article(demo[0].id, f"{demo[0].text}\n\n{demo[1].text}", demo[0].title)

    def within(work: Callable[[Library], object]) -> Change:
        def change(home: Path, encoder: Encoder) -> None:
            with closing(Library.open(home, encoder)) as library:
                work(library)

        return change

    def answer(library: Library) -> None:
        found = Assistant(library).ask(_QUESTION)
        if found.answer_id is None:
            # It is given all the same, and says that it was not saved.
            raise DalilError(str(found.notice))

    return {
        "add": within(lambda library: library.add(demo[_ARTICLES:])),
        "update": within(lambda library: library.add([longer])),
        "edit": within(lambda library: library.edits.edit([demo[2].id], {"title": "A market"})),
        "remove": within(lambda library: library.remove([demo[3].id])),
        "answer": within(answer),
        "rebuild": within(lambda library: library.rebuild()),
        "re-encode": lambda home, encoder: _switch(home, encoder),
        "back up": lambda home, _: _backed_up(home),
    }


def _switch(home: Path, encoder: Encoder) -> None:
    reencode(home, OtherEncoder(encoder))


def _backed_up(home: Path) -> None:
    back_up(home, home.parent / "copy.sqlite")


def try_change(
    disk: Disk, made: Path, name: str, change: Change, room: int, encoder: Encoder
) -> Outcome:
    """Copy the library `made` to a disk, leave `room` there, and see what comes of a change."""
    disk.resize(_PLENTY)
    for each in disk.root.iterdir():
        shutil.rmtree(each) if each.is_dir() else each.unlink()
    home = Path(shutil.copytree(made, disk.root / "library"))
    before = state_of(home / DATABASE)
    for left in home.glob(f"{DATABASE}-*"):
        left.unlink()
    disk.begun = disk.used
    disk.leave(room)
    try:
        change(home, encoder)
        ended = "done"
    except DalilError:
        ended = "told"
    except OSError as error:
        # The commands and the server tell of these.
        ended = "told" if error.errno in DISK_FAULTS else _crash(error)
    except Exception as error:
        ended = _crash(error)
    disk.resize(_PLENTY)
    if ended in ("done", "told"):
        ended = _lost(disk, name, change, encoder, before, ended) or ended
    return Outcome(name, room, ended)


def _crash(error: Exception) -> str:
    return f"a traceback: {type(error).__name__}: {error}"[:200]


def _lost(
    disk: Disk, name: str, change: Change, encoder: Encoder, before: dict[str, Any], ended: str
) -> str | None:
    """Return what is wrong after a change, with room again, `None` if nothing is."""
    home = disk.root / "library"
    after = state_of(home / DATABASE)
    changing = name not in ("rebuild", "re-encode", "back up")
    if changing and ended == "done" and after == before:
        return "It was said to be done, and was not."
    if ended == "told" and after != before:
        return "It was said to have failed, and was kept."
    current = OtherEncoder(encoder) if name == "re-encode" and ended == "done" else encoder
    try:
        with closing(Library.open(home, current)) as library:
            # An index that could not be kept is made when something is asked.
            library.count_passages()
            faults = library.faults()
        if ended == "told":
            change(home, encoder)
    except DalilError as error:
        return f"With room again: {error}"
    return f"doctor: {faults[0]}" if faults else None


def tried(root: Path, points: int) -> list[Outcome]:
    """Try every change with `points` amounts of room, from none to what it needs."""
    encoder = load_encoder("bundled")
    made = root / "made"
    with closing(Library.open(made, encoder, create=True)) as library:
        library.add(demo_articles()[:_ARTICLES])
    (root / "disk").mkdir()
    outcomes = []
    with disk(root / "disk") as small:
        for name, change in changes().items():
            outcomes.append(try_change(small, made, name, change, _PLENTY // 2, encoder))
            # What it takes meanwhile, such as its log, may be twice of what it leaves.
            needed = max(2 * (small.used - small.begun), points * _PAGE)
            for point in range(points):
                room = needed * point // points // _PAGE * _PAGE
                outcomes.append(try_change(small, made, name, change, room, encoder))
    return outcomes


def report(outcomes: list[Outcome]) -> int:
    """Print a row for each change; return 1 if anything was lost or not told in a sentence."""
    lines = ["| change | tried | done | told | lost |", "|---|---|---|---|---|"]
    for name in dict.fromkeys(one.change for one in outcomes):
        of = [one for one in outcomes if one.change == name]
        counts = [sum(one.ended == ended for one in of) for ended in ("done", "told")]
        lost = sum(not one.survived for one in of)
        lines.append(f"| {name} | {len(of)} | {counts[0]} | {counts[1]} | {lost} |")
    lines += [f"{o.change}, {o.room} bytes: {o.ended}" for o in outcomes if not o.survived]
    sys.stdout.write("\n".join(lines) + "\n")
    return int(not all(one.survived for one in outcomes))


def main(arguments: list[str] | None = None) -> int:
    """Run the study; 1 if anything was lost, or no disk can be mounted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=12, help="amounts of room for each change")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        try:
            return report(tried(Path(folder), chosen.points))
        except DalilError as error:
            sys.stderr.write(f"{error}\n")
            return 1


if __name__ == "__main__":
    sys.exit(main())
