"""Why a client of a model server failed: its own errors told as a `ModelError`.

Nothing that a client or server said gets into the sentences, since it may hold the key.
"""

from __future__ import annotations

from collections.abc import Iterator
from socket import gaierror
from typing import Any

import regex

from rag.llm.protocol import ModelError, PromptTooLongError

# Too many questions (429, RFC 6585); nothing left to pay them with (402).
_QUOTA = (402, 429)
# What is too long for a model is refused with one of these, and each server has its own words:
# "context_length_exceeded", "exceed_context_size_error", "maximum context length".
_REFUSED = (400, 413, 422)
_TOO_LONG = regex.compile(r"context|too long|too many tokens", regex.I)


def model_error(error: BaseException, server: str) -> ModelError:
    """Return what to tell of an `error` that a client of `server` (host and port) raised.

    >>> model_error(ConnectionRefusedError(111, "Connection refused"), "localhost:11434").sentence
    'Nothing listens at localhost:11434 as a language model.'
    """
    if isinstance(error, ModelError):
        return error
    status = http_status(error)
    if status in _REFUSED and any(_TOO_LONG.search(str(one)) for one in _chain(error)):
        return PromptTooLongError(
            f"The prompt was too long for the language model at {server} ({status})."
        )
    return _by_status(status, server) if status else _by_kind(error, server)


def http_status(error: BaseException) -> int | None:
    """Return the status with which a server refused, if it got as far as that."""
    for one in _chain(error):
        status = getattr(one, "status_code", None)
        # The client of Ollama calls an error in the middle of a reply -1.
        if isinstance(status, int) and status >= 400:
            return status
    return None


def is_passing(error: BaseException) -> bool:
    """Return whether the same request may well succeed in a moment."""
    status = http_status(error)
    if status is None or status == 501:
        return False
    # OpenAI says 429 too when a month's money is spent, and that does not pass.
    spent = any(getattr(one, "code", None) == "insufficient_quota" for one in _chain(error))
    return status >= 500 or (status == 429 and not spent)


def wait_asked(error: BaseException) -> float:
    """Return the seconds that the server asks to wait, 0 if it asks nothing of the kind."""
    for one in _chain(error):
        headers: Any = getattr(getattr(one, "response", None), "headers", None)
        text = headers.get("retry-after", "") if headers is not None else ""
        if text.isascii() and text.isdigit():
            return float(text)
    return 0.0


def _by_status(status: int, server: str) -> ModelError:
    if status in _QUOTA:
        return ModelError(
            "quota", f"The language model at {server} takes no more questions for now ({status})."
        )
    if status == 404:
        return ModelError("missing", f"The server at {server} has no such language model (404).")
    if status in (401, 403):
        return ModelError("broken", f"The server at {server} does not accept the key ({status}).")
    return ModelError("broken", f"The language model at {server} failed ({status}).")


def _by_kind(error: BaseException, server: str) -> ModelError:
    chain = list(_chain(error))
    names = {type(one).__name__ for one in chain}
    if any(isinstance(one, ConnectionRefusedError) for one in chain):
        return ModelError("refused", f"Nothing listens at {server} as a language model.")
    # By name, since each client brings an HTTP library of its own: httpx here, httpx2 there.
    if names & {"ConnectError", "ConnectTimeout"} or any(isinstance(e, gaierror) for e in chain):
        return ModelError("unreachable", f"There is no way to the language model at {server}.")
    if names & {"ReadTimeout", "StreamChunkTimeoutError"}:
        return ModelError("silent", f"The language model at {server} was silent for too long.")
    return ModelError("broken", f"The reply of the language model at {server} broke off.")


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and all that led to it, each once."""
    todo, seen = [error], set[int]()
    while todo:
        one = todo.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        # A name with two addresses fails with a group, one error for each.
        todo += getattr(one, "exceptions", ())
        todo += [other for other in (one.__cause__, one.__context__) if other is not None]
