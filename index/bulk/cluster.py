"""Encoding on the machines of a Ray cluster.  The only module that imports ray.

Each machine needs the same versions of Python, Ray and Dalil, and the encoder's package.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from itertools import islice
from typing import Any

from corpus.errors import DalilError
from index.bulk.encoding import Run
from index.encoder import Encoder, load_encoder
from index.encoder.protocol import Vectors
from index.encoder.sentence_transformers import first_line

Load = Callable[[str], Encoder]

# Groups that are given to each worker ahead, so that none waits for this process.
_AHEAD = 2
# How often a group is tried again whose worker died; one that takes too much memory kills each.
_RETRIES = 5
# How long an address may take to answer; Ray itself tries for minutes.
_PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Share:
    """What each worker takes of a machine: cores, and graphics processors or a part of one."""

    cpus: float = 1
    gpus: float = 0


@contextmanager
def on_ray(address: str, share: Share, load: Load = load_encoder) -> Iterator[Run]:
    """Give the block what encodes on the cluster at `address`; "local" starts one here for it.

    Workers open the encoder with `load`, by its name.  Raises `DalilError` if there is no cluster,
    no room for a worker, another encoder on a machine, or a group that no worker survives.
    """
    ray = _ray()
    # Ray else reports to its makers how it is used.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        _reach(address)
        ray.init(address=address, log_to_driver=False, logging_level="ERROR")
    # A cluster of other versions is a RuntimeError, an address that is none a ValueError.
    except (OSError, RuntimeError, ValueError) as error:
        raise DalilError(
            f"The Ray cluster {address!r} cannot be used ({first_line(error)}). Start one with: "
            "ray start --head, with the same Python, Ray and token on every machine."
        ) from error
    try:
        yield partial(_run, ray, share, load)
    finally:
        ray.shutdown()


def _reach(address: str) -> None:
    """Raise `OSError` if nobody listens at HOST:PORT, `ValueError` if the port is no number."""
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    # Other addresses are names that Ray knows, such as "local".
    if colon:
        socket.create_connection((host.strip("[]"), int(port)), _PATIENCE).close()


def _ray() -> Any:  # noqa: ANN401 - what it offers is decorated at run time
    try:
        import ray
    except ImportError as error:
        raise DalilError(
            "Encoding on many machines needs Ray: pip install '.[ray]'. Without --ray, "
            "passages are encoded in this process."
        ) from error
    return ray


def _run(
    ray: Any,  # noqa: ANN401
    share: Share,
    load: Load,
    encoder: Encoder,
    groups: Iterable[list[str]],
) -> Iterator[tuple[list[str], Vectors]]:
    """Yield the groups with their vectors as workers are done, a few of them ahead of each."""
    if not _places(ray, share):
        raise DalilError(
            f"No machine of the Ray cluster has {share.cpus:g} cores and {share.gpus:g} graphics "
            "processors for a worker. Ask for less with --cpus and --gpus."
        )
    task = ray.remote(num_cpus=share.cpus, num_gpus=share.gpus, max_retries=_RETRIES)(_encoded)
    rest, going = iter(groups), dict[Any, list[str]]()
    while True:
        # Machines may join and leave meanwhile.
        room = max(_AHEAD * _places(ray, share), 1) - len(going)
        for group in islice(rest, max(room, 0)):
            going[task.remote(load, encoder.name, group)] = group
        if not going:
            return
        for done in ray.wait(list(going))[0]:
            fingerprint, vectors = _result(ray, done)
            if fingerprint != encoder.fingerprint:
                raise DalilError(
                    f"The encoder {encoder.name!r} of a machine of the Ray cluster is another one. "
                    "Install the same versions of Dalil and of the encoder's package everywhere, "
                    "and name a folder by its full path."
                )
            yield going.pop(done), vectors


def _places(ray: Any, share: Share) -> int:  # noqa: ANN401
    """Return for how many workers the machines have room when all of it is free."""
    wanted = {"CPU": share.cpus, "GPU": share.gpus}
    held = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    return sum(min(int(has.get(k, 0) / n) for k, n in wanted.items() if n) for has in held)


def _result(ray: Any, done: Any) -> tuple[str, Vectors]:  # noqa: ANN401
    try:
        found: tuple[str, Vectors] = ray.get(done)
    except ray.exceptions.RayTaskError as error:
        why = error.cause
        if isinstance(why, DalilError):
            raise DalilError(f"On a machine of the Ray cluster: {why}") from error
        raise DalilError(
            f"Encoding failed on a machine of the Ray cluster ({first_line(why)}). What is done is "
            "kept; mend it and run this again."
        ) from error
    except ray.exceptions.RayError as error:
        raise DalilError(
            f"The same passages were lost {_RETRIES + 1} times on the Ray cluster "
            f"({first_line(error)}). What is done is kept; give each worker more of a machine with "
            "--cpus, and run this again."
        ) from error
    return found


def _encoded(load: Load, name: str, texts: list[str]) -> tuple[str, Vectors]:
    """Encode in a worker, and say with which encoder."""
    encoder = _opened(load, name)
    return encoder.fingerprint, encoder.encode_passages(texts)


@cache
def _opened(load: Load, name: str) -> Encoder:
    """Open the encoder once in each process of a worker."""
    return load(name)
