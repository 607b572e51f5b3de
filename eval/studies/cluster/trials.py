"""The steps that are tried on a cluster of Qdrant, over a library of their own.

Moving is killed, a member stops, snapshots are put back and the collection is lost; what is found
is compared with the embedded engine each time.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from corpus.article import Article
from corpus.errors import DalilError
from eval.bench import generated
from eval.studies.cluster.asking import Question, questions
from eval.studies.cluster.engines import both, compare
from eval.studies.cluster.killing import killed_move
from eval.studies.cluster.nodes import Cluster, Nodes, until
from index import Library, load_encoder
from index.moving import move
from index.qdrant.filling import BATCH
from index.qdrant.places import collection_of, connect
from index.qdrant.transport import Transport
from index.store.database import DATABASE, Store

# Qdrant finds at least so many of the embedded engine's first ten; scores differ by rounding.
_SAME, _SCORES = 0.99, 1e-5
_TWO = 2
# Articles added while a member is down, at least and for each member: of some five passages each,
# so that a few lie in shards of which it has a copy.
_ADDED, _ADDED_EACH = 6, 2
_REPORT = "tell whoever writes Dalil, with the versions and the log of Qdrant."


class SkippedError(Exception):
    """A step that cannot be tried with what was given; its text says what is lacking."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is tried: articles made, questions asked, and the seconds that a step may wait."""

    articles: int = 1_500
    questions: int = 100
    seconds: float = 300.0


@dataclass(frozen=True, slots=True)
class Step:
    """Something to try: it returns what was seen, or raises `DalilError`; then do `remedy`.

    What comes after a step that is `needed` builds on it.
    """

    name: str
    run: Callable[[], str]
    remedy: str
    needed: bool = False


class Trials:
    """The steps, over one library in `folder`; `opened` closes what they open."""

    def __init__(
        self, cluster: Cluster, extent: Extent, folder: Path, nodes: Nodes, opened: ExitStack
    ) -> None:
        self._cluster, self._extent, self._nodes = cluster, extent, nodes
        self._folder, self._home = folder, folder / "library"
        self._encoder = load_encoder("bundled")
        self._opened = opened
        self._articles = (_article(fields) for fields in generated.articles(vocabulary=20_000))
        self._name, self._asked = "", list[Question]()
        self._refused: list[Article] = []

    def steps(self) -> Iterator[Step]:
        """Yield what is tried, in this order."""
        replicas = self._cluster.asked_for("replicas")
        yield Step(
            "The server is reached", self._reached,
            "start Qdrant on every machine with its cluster enabled (--uri, --bootstrap), see that "
            "the address is right and QDRANT_API_KEY holds its key.", needed=True,
        )  # fmt: skip
        yield Step(
            "Moving is killed and goes on", self._moved,
            "look into Qdrant's log; delete the collection and begin anew.", needed=True,
        )  # fmt: skip
        yield Step(
            "Every shard has its copies", self._spread,
            f"ask for no more replicas ({replicas}) than there are machines, and wait until no "
            "shard is being moved.",
        )  # fmt: skip
        yield Step("The same is found there", self._alike, _REPORT)
        yield Step(
            "A member stops, and questions are answered", self._stopped,
            "use two replicas at least, and stop another member than the one that is asked.",
        )  # fmt: skip
        yield Step(
            "Meanwhile nothing is taken that one copy alone has", self._refused_there,
            "see that write_consistency_factor of the collection is the number of replicas.",
        )  # fmt: skip
        yield Step(
            "It starts again, and what was refused is there", self._started,
            "see in Qdrant's log why the member's shards are not active again.",
        )  # fmt: skip
        yield Step(
            "Snapshots of all members bring the collection back", self._snapshots,
            "make snapshots on every member, and put them back with priority=snapshot.",
        )  # fmt: skip
        yield Step("A collection that is lost is filled anew", self._lost, _REPORT)

    def leave(self) -> Step:
        """Return the step that deletes what the others have made."""
        return Step("The collection is deleted", self._deleted, f"delete {self._name} by hand.")

    def _reached(self) -> str:
        version, members = self._nodes.version(), self._nodes.members()
        replicas = self._cluster.asked_for("replicas")
        if members < replicas:
            raise DalilError(f"There are {members} members for {replicas} replicas.")
        if self._cluster.members and len(self._cluster.members) != members:
            raise DalilError(
                f"{len(self._cluster.members)} members were named, and the cluster has {members}."
            )
        return f"version {version}, {members} members."

    def _moved(self) -> str:
        with closing(Library.open(self._home, self._encoder, create=True)) as library:
            library.add(next(self._articles) for _ in range(self._extent.articles))
            self._asked = questions(library, self._extent.questions)
            passages = library.count_passages()
        with closing(Store(self._home / DATABASE)) as store:
            self._name = collection_of(store)
        # Below two batches nothing is counted in the middle that could be gone on with.
        counted = BATCH if passages > 2 * BATCH else 0
        left = killed_move(self._home, self._cluster.index, self._there, counted)
        batches = list[int]()
        moved = move(
            self._home, self._encoder, self._cluster.index,
            on_batch=lambda done, _: batches.append(done),
        )  # fmt: skip
        if moved.passages != passages or moved.largest > _SCORES:
            raise DalilError(f"{moved.passages:,} of {passages:,} passages are there.")
        if counted and batches and batches[0] <= BATCH:
            raise DalilError("The second run did not go on where the first was, but began anew.")
        return (
            f"{left:,} of {passages:,} points were there when it was killed, the second run wrote "
            f"what was left, and {moved.scores:,} scores are equal (to {moved.largest:.0e})."
        )

    def _spread(self) -> str:
        shards, replicas = map(self._cluster.asked_for, ("shards", "replicas"))
        self._whole()
        held, configured = self._nodes.shards(self._name), self._nodes.configured(self._name)
        if configured != (shards, replicas, replicas):
            raise DalilError(
                "The collection says {} shards, {} replicas, {} confirmed.".format(*configured)
            )
        if len(held.copies) != shards or held.fewest < replicas:
            raise DalilError(
                f"There are {len(held.copies)} of {shards} shards, and one has {held.fewest} of "
                f"{replicas} copies."
            )
        members = frozenset().union(*held.copies.values())
        return f"{shards} shards have {replicas} active copies each, on {len(members)} members."

    def _alike(self) -> str:
        with both(self._home, self._encoder, self._cluster.index) as assistants:
            compared = compare(assistants, self._asked)
        same, legs = compared.share(lambda pair: pair.same), max(p.legs for p in compared.pairs)
        if same < _SAME or legs > _SCORES:
            raise DalilError(
                f"The ten best are the same for {same:.1%} of {len(self._asked)} questions, and "
                f"scores differ by up to {legs:.0e}."
            )
        took = compared.quantile(1, 0.5)
        return (
            f"{same:.1%} of {len(self._asked)} questions have the same ten, scores are equal (to "
            f"{legs:.0e}); half of them took less than {took:.0f} ms."
        )

    def _stopped(self) -> str:
        if not (self._cluster.stop and self._cluster.start):
            raise SkippedError("give the commands with --stop and --start.")
        self._ran(self._cluster.stop)
        # Until the others know of it, a read may still be sent there.
        if not until(lambda: bool(self._alike()), self._extent.seconds):
            self._alike()
        return "the ten best are the same as before."

    def _refused_there(self) -> str:
        if not self._cluster.stop or self._cluster.asked_for("replicas") < _TWO:
            raise SkippedError("it needs --stop and two replicas.")
        added = max(_ADDED, _ADDED_EACH * self._nodes.members())
        self._refused = [next(self._articles) for _ in range(added)]
        with closing(self._library()) as library:
            try:
                library.add(self._refused)
            except DalilError as error:
                return f"adding {added} articles ended with: {error}"
        raise DalilError(f"{added} articles were added, though a copy of some was not written.")

    def _started(self) -> str:
        if not (self._cluster.stop and self._cluster.start):
            raise SkippedError("give the commands with --stop and --start.")
        self._ran(self._cluster.start)
        self._whole()
        with closing(self._library()) as library:
            again = library.add(self._refused)
            library.engine.follow(writing=False)
            self._sound(library)
            return (
                f"all copies are active; of the {len(self._refused)} articles "
                f"{len(again.unchanged)} were safe in the library, and all are found."
            )

    def _snapshots(self) -> str:
        if len(self._cluster.members) != self._nodes.members():
            raise SkippedError("name the address of every member with --member.")
        files = self._nodes.snapshots(self._name, self._folder)
        size = sum(file.stat().st_size for file in files)
        points = len(self._there)
        self._nodes.delete(self._name)
        if not until(lambda: len(self._there) == 0, self._extent.seconds):
            raise DalilError("The collection is there after it was deleted.")
        self._nodes.recover(self._name, files)
        self._whole()
        if not until(lambda: len(self._there) == points, self._extent.seconds):
            raise DalilError(f"{len(self._there):,} of {points:,} points came back.")
        with closing(self._library()) as library:
            self._sound(library)
        self._alike()
        return f"{points:,} points came back from {len(files)} snapshots of {size / 1e6:,.0f} MB."

    def _lost(self) -> str:
        self._nodes.delete(self._name)
        with closing(self._library()) as library:
            library.add([next(self._articles)])
            self._sound(library)
            passages = library.count_passages()
        self._whole()
        return f"adding one article filled it with all {passages:,} passages."

    def _deleted(self) -> str:
        if not self._name:
            raise SkippedError("it was never made.")
        self._nodes.delete(self._name)
        return f"{self._name} is gone."

    @cached_property
    def _there(self) -> Transport:
        made = connect(self._cluster.index, self._name)
        self._opened.callback(made.close)
        return made

    def _library(self) -> Library:
        return Library.open(self._home, self._encoder, index=self._cluster.index)

    def _whole(self) -> None:
        """Wait until every shard has all its copies, active."""
        replicas = self._cluster.asked_for("replicas")

        def whole() -> bool:
            held = self._nodes.shards(self._name)
            return held.active and not held.moving and held.fewest >= replicas

        if not until(whole, self._extent.seconds):
            held = self._nodes.shards(self._name)
            raise DalilError(
                f"After {self._extent.seconds:.0f} s some copies are not active, or a shard has "
                f"{held.fewest} of {replicas}."
            )

    def _sound(self, library: Library) -> None:
        if faults := library.faults():
            raise DalilError(" ".join(faults))

    def _ran(self, command: str) -> None:
        done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
        if done.returncode:
            said = (done.stderr or done.stdout).strip()[-200:]
            raise DalilError(f"The command {command!r} ended with code {done.returncode}: {said}")


def _article(fields: dict[str, str]) -> Article:
    return Article(
        fields["id"], fields["text"], title=fields["title"], outlet=fields["outlet"],
        language=fields["language"], published=date.fromisoformat(fields["published"]),
    )  # fmt: skip
