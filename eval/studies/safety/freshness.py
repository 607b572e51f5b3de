"""How soon what was fetched is found while others ask: `python -m eval.studies.safety.freshness`.

The server is the command as people start it, on the demo collection.  While clients ask, a feed
names new pages, links are added, and files of a followed folder come, change and go, round by
round.  Told is after how many seconds a search shows each, from the last byte that the site sent,
or the end of writing the file, to the end of the search, which is made twice a second.  Told
is also what is missing at the end, and what came or was fetched twice.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from eval.bench.clients import OK, Address, Reply, ask_together
from eval.bench.stack import percentile
from eval.cases.case import read_cases
from eval.running.evaluate import CASES, DEMO
from eval.studies.safety.changing import ChangingFolder, ChangingSite, Texts
from eval.studies.safety.serving import Api, add, serving

BOUND_SECONDS = 5.0
# New pages that the feed names in a round.
_NAMED = 3
# A feed is made due in each round; by itself it is fetched after an hour.
_EVERY_SECONDS = 3_600
# Of one round, so that each is searched for at the same time as the others.
_CHANGES = _NAMED + 4
_LOOK_SECONDS, _LONGEST_SECONDS = 0.5, 60.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was measured.

    `seconds` are those until each change was seen, by its kind; `unseen` are changes that never
    were, `lost` articles that are missing at the end, `twice` those that are there and should not
    be, and pages that were fetched more than once.
    """

    replies: Sequence[Reply]
    seconds: Mapping[str, Sequence[float]]
    unseen: Sequence[str] = ()
    lost: Sequence[str] = ()
    twice: Sequence[str] = ()

    @property
    def failed(self) -> int:
        """How many questions were not answered."""
        return sum(reply.status != OK for reply in self.replies)

    @property
    def kept(self) -> bool:
        """Whether everything was seen in time, nothing is lost or twice, and no question failed."""
        slowest = max((second for times in self.seconds.values() for second in times), default=0.0)
        wrong = self.failed or self.unseen or self.lost or self.twice
        return not wrong and slowest <= BOUND_SECONDS


@dataclass(frozen=True, slots=True)
class _Change:
    """An article that a search for `number` is to show, or to show no more.

    `since` returns the time from which it could be read, `None` until it was.
    """

    kind: str
    number: int
    article_id: str
    since: Callable[[], float | None]
    gone: bool = False
    made: float = field(default_factory=time.monotonic)


def measure(clients: int, rounds: int, pause: float) -> Outcome:
    """Start a server that fetches and follows, and change what it follows while clients ask.

    `pause` is between two requests to the site (the setting `connect_pause`), in seconds.  Raises
    `DalilError` when the server does not start or refuses a change.
    """
    questions = [case.question for case in read_cases(CASES)]
    allowed = {
        "DALIL_CONNECT": "127.0.0.1",
        "DALIL_CONNECT_PRIVATE": "127.0.0.1/32",
        "DALIL_CONNECT_PAUSE": str(pause),
    }
    with tempfile.TemporaryDirectory(prefix="dalil-freshness-") as name, ChangingSite() as site:
        home, folder = Path(name, "home"), ChangingFolder(Path(name, "news"))
        add(home, DEMO)
        with serving(home, Path(name, "log"), environment=allowed) as port:
            api = Api(port)
            changes = _Changes(api, site, folder)
            api.send("POST", "/api/library/folders", {"path": str(folder.path)})
            replies = ask_together(
                Address(api.url), questions, clients, 0, before_end=lambda: changes.make(rounds)
            )
            return changes.outcome(replies)


class _Changes:
    """Changes a site and a folder, and looks when each change is seen."""

    def __init__(self, api: Api, site: ChangingSite, folder: ChangingFolder) -> None:
        self._api, self._site, self._folder = api, site, folder
        self._texts = Texts()
        self._before = set(api.article_ids())
        self._open: list[_Change] = []
        self._seconds: dict[str, list[float]] = defaultdict(list)
        self._unseen: list[str] = []
        # The numbers of the articles that are to be there at the end, by id.
        self._there: dict[str, int] = {}

    def make(self, rounds: int) -> None:
        """Make so many rounds of changes; each ends when all of its changes are seen."""
        with ThreadPoolExecutor(_CHANGES + 1) as threads:
            for number in range(rounds):
                self._write(number)
                for _ in range(_NAMED):
                    self._publish("feed", named=True)
                feed = {"url": self._site.feed, "every_seconds": _EVERY_SECONDS}
                self._api.send("POST", "/api/library/feeds", feed)
                link = {"link": self._publish("link", named=False)}
                adding = threads.submit(self._api.send, "POST", "/api/library/links", link)
                while self._open and not (adding.done() and adding.exception()):
                    self._look(threads)
                    time.sleep(_LOOK_SECONDS)
                adding.result()

    def _write(self, number: int) -> None:
        """Write a file, change the one before it, remove the one before that."""
        self._file("file", number)
        if number:
            self._file("changed file", number - 1)
        if number > 1:
            path = self._folder.remove(f"{number - 2}.txt")
            told = self._there.pop(path)
            self._open.append(_Change("removed file", told, path, _now(), gone=True))

    def _file(self, kind: str, name: int) -> None:
        number, text = self._texts.new()
        path = self._folder.write(f"{name}.txt", text)
        self._expect(_Change(kind, number, path, _now()))

    def _publish(self, kind: str, *, named: bool) -> str:
        """Publish a page; return its address."""
        number, text = self._texts.new()
        path = self._site.publish(number, text, named=named)
        sent, url = self._site.sent, self._site.url + path
        self._expect(_Change(kind, number, url, lambda: next(iter(sent[path]), None)))
        return url

    def _expect(self, change: _Change) -> None:
        self._there[change.article_id] = change.number
        self._open.append(change)

    def _look(self, threads: ThreadPoolExecutor) -> None:
        """Search for each change that was not seen yet."""
        looked = list(zip(self._open, threads.map(self._taken, self._open), strict=True))
        for change, taken in looked:
            if taken is None:
                continue
            self._open.remove(change)
            if math.isfinite(taken):
                self._seconds[change.kind].append(taken)
            else:
                self._unseen.append(f"{change.kind} {change.article_id}")

    def _taken(self, change: _Change) -> float | None:
        """Return after how many seconds a change is seen, `inf` if never, `None` if not yet."""
        since = change.since()
        if since is not None and self._shows(change) != change.gone:
            return time.monotonic() - since
        return math.inf if time.monotonic() - change.made > _LONGEST_SECONDS else None

    def _shows(self, change: _Change) -> bool:
        """Return whether a search for a report's number shows its article, if as a copy."""
        query = urlencode({"question": f"What came with report {change.number}?", "k": 10})
        hits = self._api.send("GET", f"/api/search?{query}")["hits"]
        shown = (one["article_id"] for hit in hits for one in (hit, *hit["also"]))
        return change.article_id in shown

    def outcome(self, replies: Sequence[Reply]) -> Outcome:
        """Return what was seen, and how the library is now beside what should be in it."""
        ids = set(self._api.article_ids())
        expected = self._before | self._there.keys()
        fetched = [path for path, at in self._site.sent.items() if "report" in path and len(at) > 1]
        twice = [*sorted(ids - expected), *fetched]
        return Outcome(replies, self._seconds, self._unseen, sorted(expected - ids), twice)


def _now() -> Callable[[], float]:
    at = time.monotonic()
    return lambda: at


def report(found: Outcome, clients: int) -> str:
    """Return the figures, a line each."""
    asked = [reply.ms / 1_000 for reply in found.replies if reply.status == OK] or [0.0]
    rows = [
        f"{clients} clients asked {len(found.replies)} questions, {found.failed} failed, "
        f"{percentile(asked, 50):.1f} s p50"
    ]
    for kind, times in sorted(found.seconds.items()):
        p50, p95 = percentile(times, 50), percentile(times, 95)
        rows.append(
            f"{kind}: {len(times)} seen, {p50:.1f} s p50, {p95:.1f} s p95, {max(times):.1f} s max"
        )
    for name in ("unseen", "lost", "twice"):
        named: Sequence[str] = getattr(found, name)
        rows.append(f"{name}: {', '.join(named) or 'nothing'}")
    return "\n".join(rows) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Run the study; 1 if anything was seen late or never, is lost or there twice, or failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--pause", type=float, default=1.0, help="between two requests, seconds")
    chosen = parser.parse_args(arguments)
    found = measure(chosen.clients, chosen.rounds, chosen.pause)
    sys.stdout.write(report(found, chosen.clients))
    return int(not found.kept)


if __name__ == "__main__":
    sys.exit(main())
