"""What whoever keeps a cluster of Qdrant asks of it: members, shards and copies, snapshots."""

from __future__ import annotations

import os
import shutil
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Self, TypeVar
from urllib.parse import parse_qs, quote

from qdrant_client import QdrantClient, models

from corpus.errors import DalilError
from index.qdrant.places import SERVER
from index.qdrant.server import KEY

_SECONDS, _LOOKS = 60, 0.2
_ACTIVE = models.ReplicaState.ACTIVE
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Cluster:
    """What is accepted: the setting `index` ("qdrant:URL?shards=12&replicas=2") and its members.

    `stop` and `start` are shell commands that stop one member, not the one of `index`, and start it
    again.  `members` are the addresses of all, that of `index` first, if snapshots are to be tried.
    """

    index: str
    members: Sequence[str] = ()
    stop: str = ""
    start: str = ""

    @property
    def address(self) -> str:
        """The address of the server that is asked."""
        return self.index.removeprefix(SERVER).partition("?")[0]

    def asked_for(self, option: str) -> int:
        """Return how many `shards` or `replicas` the setting says."""
        given = parse_qs(self.index.partition("?")[2])
        return int(given.get(option, ["1"])[-1])


@dataclass(frozen=True, slots=True)
class Shards:
    """The copies of a collection's shards: which members hold each, and whether all are active."""

    copies: Mapping[int, frozenset[int]]
    active: bool
    moving: bool

    @property
    def fewest(self) -> int:
        """How many copies the shard has that has the fewest, 0 without any shard."""
        return min(map(len, self.copies.values()), default=0)


class Nodes:
    """The members of a cluster by their addresses; the first is asked for what all know.

    Raises `DalilError` where one does not do what it is asked.
    """

    def __init__(self, addresses: Sequence[str]) -> None:
        self.addresses = [address.rstrip("/") for address in addresses]
        self._key = os.environ.get(KEY) or None
        self._clients = [
            QdrantClient(
                url=address, api_key=self._key, timeout=_SECONDS, check_compatibility=False
            )
            for address in self.addresses
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        with ExitStack() as stack:
            for client in self._clients:
                stack.callback(client.close)

    def version(self) -> str:
        """Return the version of Qdrant that the first member is of."""
        return str(self._guard(0, lambda client: client.info()).version)

    def members(self) -> int:
        """Return how many members the cluster has, 1 for a server by itself."""
        status = self._guard(0, lambda client: client.cluster_status())
        return len(getattr(status, "peers", None) or {0: None})

    def shards(self, name: str) -> Shards:
        """Return where the shards of the collection `name` lie, as the first member knows."""
        told = self._guard(0, lambda client: client.collection_cluster_info(name))
        held = [(one.shard_id, told.peer_id, one.state) for one in told.local_shards]
        held += [(one.shard_id, one.peer_id, one.state) for one in told.remote_shards]
        copies = {
            shard: frozenset(peer for of, peer, _ in held if of == shard) for shard, _, _ in held
        }
        active = all(state == _ACTIVE for _, _, state in held)
        return Shards(copies, active, bool(told.shard_transfers))

    def configured(self, name: str) -> tuple[int, int, int]:
        """Return the shards, replicas and confirmed writes that the collection asks for."""
        params = self._guard(0, lambda client: client.get_collection(name)).config.params
        return (
            int(params.shard_number or 1),
            int(params.replication_factor or 1),
            int(params.write_consistency_factor or 1),
        )

    def delete(self, name: str) -> None:
        """Delete a collection, if it is there."""
        self._guard(0, lambda client: client.delete_collection(name))

    def snapshots(self, name: str, folder: Path) -> list[Path]:
        """Make a snapshot of the collection on every member, and fetch each to `folder`.

        A member's snapshot holds its own shards alone.
        """
        return [self._kept(number, name, folder) for number in range(len(self.addresses))]

    def recover(self, name: str, files: Sequence[Path]) -> None:
        """Put back what `snapshots` fetched, each on the member that it came from."""
        for number, file in enumerate(files):
            self._put(number, name, file)

    def _kept(self, number: int, name: str, folder: Path) -> Path:
        address, file = self.addresses[number], folder / f"{number}.snapshot"
        made = self._guard(number, lambda client: client.create_snapshot(name, wait=True))
        if made is None:
            raise DalilError(f"Qdrant at {address} made no snapshot of {name}. See its log.")
        self._download(f"{address}/collections/{quote(name)}/snapshots/{quote(made.name)}", file)
        self._guard(number, lambda client: client.delete_snapshot(name, made.name, wait=True))
        return file

    def _put(self, number: int, name: str, file: Path) -> None:
        # By default the copies that are there win, which in a new collection are empty.
        preferred = models.SnapshotPriority.SNAPSHOT
        with file.open("rb") as held:
            self._guard(
                number,
                lambda client: client.http.snapshots_api.recover_from_uploaded_snapshot(
                    name, wait=True, priority=preferred, snapshot=held
                ),
            )

    def _download(self, address: str, file: Path) -> None:
        headers = {"api-key": self._key} if self._key else {}
        request = urllib.request.Request(address, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS) as sent, file.open("wb") as kept:
                shutil.copyfileobj(sent, kept)
        except OSError as error:
            raise DalilError(
                f"The snapshot could not be fetched from {address}: {error}"
            ) from error

    def _guard(self, number: int, call: Callable[[Any], _T]) -> _T:
        try:
            return call(self._clients[number])
        except Exception as error:
            # Its errors and those of its HTTP library have no class in common but this one.
            raise DalilError(
                f"Qdrant at {self.addresses[number]} did not do what it was asked "
                f"({type(error).__name__}: {str(error)[:200]})."
            ) from error


def until(done: Callable[[], bool], seconds: float) -> bool:
    """Wait until something is `done`, and tell if it was within `seconds`; errors are not yet."""
    end = monotonic() + seconds
    while True:
        try:
            if done():
                return True
        except DalilError:
            pass
        if monotonic() > end:
            return False
        sleep(_LOOKS)
