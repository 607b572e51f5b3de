"""Whether readers wait while a library grows: `python -m eval.studies.safety.pauses`.

The server is the command as people start it.  A client searches without a pause, titles in turns,
while articles are added and removed: by the command in a process of its own, and through the API,
in the server's own.  Told is after how many seconds from the commit a search shows each change, and
what searches took meanwhile beside those of the same run while nothing changed.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from math import inf
from pathlib import Path
from urllib.parse import urlencode

from eval.bench import collection
from eval.bench.stack import percentile
from eval.studies.safety.changing import Texts
from eval.studies.safety.serving import Api, add, run, serving
from index.store.database import DATABASE, Store

# What an operator of a newsroom is promised.
SEEN_SECONDS, PAUSE_MS = 2.0, 100.0
COUNTS = (1, 10, 100)
COMMAND, SERVER = "command", "server"
_ASKED = 60
_LOOK_SECONDS = 0.02
# After so long a change counts as never seen.
LONGEST_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Phase:
    """What was measured during one kind of change, or during none.

    `ms` are the times of the searches, `seen` the seconds from the commit of each change until a
    search showed it.
    """

    kind: str
    ms: Sequence[float]
    seen: Sequence[float] = ()


def measure(
    library: Path,
    titles: Sequence[str],
    counts: Sequence[int],
    quiet: float,
    rounds: int = 1,
    ways: Sequence[str] = (COMMAND, SERVER),
) -> list[Phase]:
    """Serve a copy of `library`, search for `titles`, and change it, each kind `rounds` times.

    So many articles of `counts` are added and removed, by each of `ways`.
    The first phase is of `quiet` seconds without changes; each other one lasts until its changes
    are seen, and as long again, since parts are put together afterwards.
    """
    with tempfile.TemporaryDirectory(prefix="dalil-pauses-") as name:
        home = Path(name, "home")
        shutil.copytree(library, home)
        with (
            serving(home, Path(name, "log")) as port,
            closing(Store(home / DATABASE)) as store,
            _Searches(Api(port), titles) as searches,
        ):
            changes = _Changes(home, Api(port), store, Path(name))
            # The first search opens the library.
            searches.during(lambda: time.sleep(min(quiet, 1.0)))
            found = [Phase("nothing", searches.during(lambda: changes.none(quiet))[0])]
            for kind, change in changes.kinds(counts, ways):
                phases = [searches.during(change) for _ in range(rounds)]
                times = [ms for all_of_it, _ in phases for ms in all_of_it]
                found.append(Phase(kind, times, [seen for _, seen in phases]))
            return found


class _Searches:
    """A client that searches without a pause, while its block runs."""

    def __init__(self, api: Api, titles: Sequence[str]) -> None:
        self._api, self._titles = api, titles
        self._ms: list[float] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> _Searches:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        for title in cycle(self._titles):
            if self._stop.is_set():
                return
            began = time.perf_counter()
            self._api.send("GET", f"/api/search?{urlencode({'question': title})}")
            self._ms.append(1000 * (time.perf_counter() - began))

    def during(self, change: Callable[[], float | None]) -> tuple[list[float], float]:
        """Return the times of the searches that ended while `change` ran, and what it returned."""
        first = len(self._ms)
        seen = change() or 0.0
        # One has begun meanwhile.
        last = len(self._ms) + 1
        while len(self._ms) < last and self._thread.is_alive():
            time.sleep(_LOOK_SECONDS)
        return self._ms[first:last], seen


class _Changes:
    """Adds articles to a library that is served, and removes them, and looks when that is seen."""

    def __init__(self, home: Path, api: Api, store: Store, folder: Path) -> None:
        self._home, self._api, self._store, self._folder = home, api, store, folder
        self._texts = Texts()
        self._added: list[tuple[int, str]] = []

    def kinds(
        self, counts: Sequence[int], ways: Sequence[str]
    ) -> Iterator[tuple[str, Callable[[], float]]]:
        """Yield what each change is, and what makes it and returns after how long it was seen."""
        for count in counts:
            for way in ways:
                yield f"{count} added by the {way}", partial(self._add, count, way)
                yield f"{count} removed by the {way}", partial(self._remove, count, way)

    def none(self, seconds: float) -> None:
        """Change nothing for so long, and look all the same."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._shows(0, "")
            time.sleep(_LOOK_SECONDS)

    def _new(self, count: int) -> list[dict[str, str]]:
        made = [self._texts.new() for _ in range(count)]
        self._added += [(number, f"new-{number}") for number, _ in made]
        return [{"id": f"new-{number}", "text": text} for number, text in made]

    def _add(self, count: int, way: str) -> float:
        articles = self._new(count)
        if way == SERVER:
            return self._seen(
                lambda: self._api.send("POST", "/api/articles", {"articles": articles})
            )
        file = self._folder / "more.jsonl"
        lines = (json.dumps(article) + "\n" for article in articles)
        file.write_text("".join(lines), encoding="utf-8")
        return self._seen(lambda: add(self._home, file))

    def _remove(self, count: int, way: str) -> float:
        gone, self._added = self._added[-count:], self._added[:-count]
        ids = [name for _, name in gone]

        def remove() -> None:
            if way == SERVER:
                for article_id in ids:
                    self._api.send("DELETE", f"/api/articles/{article_id}")
            else:
                run(self._home, "remove", *ids)

        return self._seen(remove, gone[-1])

    def _seen(self, change: Callable[[], object], gone: tuple[int, str] | None = None) -> float:
        """Make a change in a thread; return the seconds from its last commit until it is seen.

        `gone` is what is to be shown no more; else it is what was added last.  Then as long
        again passes as all took.
        """
        began, revision = time.monotonic(), self._store.revision
        number, article_id = gone or self._added[-1]
        changing = threading.Thread(target=change)
        changing.start()
        committed, looked = None, began
        while True:
            newest = self._store.revision
            if newest != revision:
                # It was no earlier than the look before.
                revision, committed = newest, looked
            looked = time.monotonic()
            shown = self._shows(number, article_id)
            late = time.monotonic() - began > LONGEST_SECONDS
            if late or (committed is not None and shown == (gone is None)):
                break
            time.sleep(_LOOK_SECONDS)
        seen = inf if late else time.monotonic() - (committed or began)
        changing.join()
        self.none(time.monotonic() - began)
        return seen

    def _shows(self, number: int, article_id: str) -> bool:
        query = urlencode({"question": f"What came with report {number}?", "k": 10})
        hits = self._api.send("GET", f"/api/search?{query}")["hits"]
        return article_id in {one["article_id"] for hit in hits for one in (hit, *hit["also"])}


def kept(phases: Sequence[Phase]) -> bool:
    """Tell whether every change was seen in time, and no search was held up for too long."""
    quiet, *others = phases
    longest = percentile(quiet.ms, 50) + PAUSE_MS
    return all(max(each.ms) <= longest and max(each.seen) <= SEEN_SECONDS for each in others)


def report(phases: Sequence[Phase]) -> str:
    """Return the figures as Markdown; ratios are to the times while nothing changed."""
    lines = [
        "| change | searches | p50 / p99 / longest (ms) | p50, p99 as multiples | seen after (s) |",
        "|---|---:|---:|---:|---:|",
    ]
    quiet = phases[0].ms
    for phase in phases:
        figures = [percentile(phase.ms, 50), percentile(phase.ms, 99)]
        of_quiet = [percentile(quiet, 50), percentile(quiet, 99)]
        times = ", ".join(f"{a / b:.2g}" for a, b in zip(figures, of_quiet, strict=True))
        told = " / ".join(f"{each:.0f}" for each in (*figures, max(phase.ms)))
        seen = ", ".join(f"{each:.2f}" for each in phase.seen)
        lines.append(f"| {phase.kind} | {len(phase.ms)} | {told} | {times} | {seen} |")
    return "\n".join(lines) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Run the study; 1 if a change was seen late, or a search was held up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=10_000, help="about how many")
    parser.add_argument("--news", type=Path, help="folder of zipped articles, else generated ones")
    parser.add_argument("--library", type=Path, help="a library to copy instead")
    parser.add_argument("--quiet", type=float, default=10.0, help="seconds without changes")
    parser.add_argument("--rounds", type=int, default=3, help="changes of each kind")
    parser.add_argument("--counts", type=int, nargs="*", default=COUNTS, help="articles a change")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="dalil-pauses-") as name:
        library = chosen.library or Path(name, "library")
        if chosen.library is None:
            file = Path(name, "articles.jsonl")
            collection.write(file, chosen.news, chosen.passages)
            add(library, file)
        with closing(Store(library / DATABASE)) as store:
            titles = [article.title for article in store.articles() if article.title][:_ASKED]
        found = measure(library, titles, chosen.counts, chosen.quiet, chosen.rounds)
    sys.stdout.write(report(found))
    return int(not kept(found))


if __name__ == "__main__":
    sys.exit(main())
