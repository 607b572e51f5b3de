"""Moving a library to Qdrant in a process that is killed in the middle."""

from __future__ import annotations

import signal
from multiprocessing import get_context
from pathlib import Path
from time import sleep

from corpus.errors import DalilError
from index import load_encoder
from index.moving import move
from index.qdrant.transport import Transport

_LOOKS = 0.1


def killed_move(home: Path, index: str, transport: Transport, beyond: int) -> int:
    """Begin to move, kill that once more than `beyond` points are there, and return how many are.

    Raises `DalilError` if it ended by itself before; what it said stands on standard error.
    """
    process = get_context("spawn").Process(target=_move, args=(home, index), daemon=True)
    process.start()
    while process.is_alive() and len(transport) <= beyond:
        sleep(_LOOKS)
    process.kill()
    process.join()
    if process.exitcode != -signal.SIGKILL:
        raise DalilError(
            f"Moving ended by itself (code {process.exitcode}) before it could be killed. "
            "Its message stands above; if there is none, take more --articles."
        )
    return len(transport)


def _move(home: Path, index: str) -> None:
    move(home, load_encoder("bundled"), index)
