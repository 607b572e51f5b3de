"""Errors as HTTP: one shape, `{"error": sentence}`, whatever went wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from corpus.errors import DISK_FAULTS, DalilError, InputError, MissingError, PurgedError
from corpus.text.characters import replace_surrogates
from rag.answer import Json
from ui.server.http.addresses import instead, methods
from ui.server.http.refusals import error_body
from ui.server.http.workers import RETRY_AFTER_SECONDS, BusyError, TooSlowError


class Error(BaseModel):
    """Why a request was not answered."""

    error: str = Field(description="A sentence with a remedy.")


class ForbiddenError(DalilError):
    """Not for whoever asked (HTTP 403)."""


class KindError(DalilError):
    """What was sent is of a kind that is not read (HTTP 415)."""


_STATUS: Mapping[type[DalilError], int] = {
    MissingError: 404,
    PurgedError: 410,
    InputError: 422,
    ForbiddenError: 403,
    KindError: 415,
    BusyError: 503,
    TooSlowError: 504,
}
_SENTENCES: Mapping[int, str] = {
    400: "The request's body is neither JSON in UTF-8 nor a whole form.",
    404: "There is nothing at this address.",
    405: "This address takes another method.",
}
_MEANINGS: Mapping[int, str] = {
    400: "The body is not text in UTF-8, or no form.",
    401: "Nobody is logged in, the key is wrong, or name and password do not belong together.",
    403: "From a page of another site, under another name than the server's, or not for readers.",
    404: "What was named is not there, or another reader's.",
    408: "The body did not arrive in time.",
    410: "An article that the answer cites was removed for good.",
    413: "The request is too large.",
    415: "The body, or a file in it, is of a kind that is not read.",
    422: "A field is missing or not valid; the sentence names it.",
    429: "Too many log-ins or keys have failed (with Retry-After).",
    503: "The queue is full (with Retry-After), or the library cannot serve just now.",
    504: "The answer took too long.",
}
# The library cannot serve just now, and its keeper can mend that; the request was sound.
_OTHER = 503
# What nobody reads: the client has gone.
GONE = 499


class ClientGoneError(Exception):
    """The client closed the connection before it was answered."""


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe the errors of a route, and those that any request may meet, for its document."""
    return {
        status: {"model": Error, "description": _MEANINGS[status]}
        for status in sorted({401, 403, 408, 413, 429, *statuses})
    }


class Shape(Protocol):
    """Makes the body of an error from status and sentence, and the field that is at fault."""

    def __call__(self, status: int, why: str, param: str | None = None) -> Json:
        """Return the body."""
        ...


def add_faults(app: FastAPI, shapes: Mapping[str, Shape]) -> None:
    """Answer every error of `app` with a status and a sentence.

    `shapes` make the bodies of defects and of invalid requests (there HTTP 400) below some paths.
    Starlette answers defects before every middleware, those that rewrite refusals too.
    """
    app.add_exception_handler(DalilError, _mistake)
    app.add_exception_handler(RequestValidationError, partial(_invalid, shapes))
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(ClientGoneError, _gone)
    app.add_exception_handler(Exception, partial(_defect, shapes))


def status_of(error: DalilError) -> int:
    """Return the status that tells of `error`.

    >>> status_of(MissingError("...")), status_of(DalilError("..."))
    (404, 503)
    """
    return next((code for kind, code in _STATUS.items() if isinstance(error, kind)), _OTHER)


def sentence_of(error: BaseException) -> str:
    """Return what a client is told of `error`; of a defect, that it is one."""
    if isinstance(error, DalilError):
        return replace_surrogates(str(error))
    if fault := _fault_of_disk(error):
        return f"The server's disk failed ({fault}). Try again when it has room."
    return "Something went wrong in the server; its log says what."


async def _mistake(_: Request, error: Exception) -> Response:
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if isinstance(error, BusyError) else None
    status = status_of(error) if isinstance(error, DalilError) else _OTHER
    return JSONResponse(error_body(sentence_of(error)), status, headers)


async def _invalid(shapes: Mapping[str, Shape], request: Request, error: Exception) -> Response:
    faults = error.errors() if isinstance(error, RequestValidationError) else []
    why = " ".join(dict.fromkeys(map(_fault, faults[:5])))
    if shape := _shape(shapes, request):
        return JSONResponse(shape(400, why, _param(_deepest(faults)) if faults else None), 400)
    return JSONResponse(error_body(why), 422)


def _shape(shapes: Mapping[str, Shape], request: Request) -> Shape | None:
    own = (shape for prefix, shape in shapes.items() if request.url.path.startswith(prefix))
    return next(own, None)


def _param(fault: Mapping[str, object]) -> str | None:
    """Return the field that is at fault as OpenAI writes it, `None` if the body is.

    >>> _param({"loc": ("body", "messages", 0, "role")}), _param({"loc": ("body",)})
    ('messages[0].role', None)
    >>> _param({"loc": ("body", 1), "type": "json_invalid"})
    """
    place = fault["loc"]
    if not isinstance(place, tuple) or fault.get("type") == "json_invalid":
        return None
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in _named(place))
    return replace_surrogates("".join(parts).removeprefix(".")[:100]) or None


def _named(place: tuple[object, ...]) -> Iterator[object]:
    # Behind the field stands which of its types was tried.
    return (part for part in place[1:] if str(part).isidentifier() or isinstance(part, int))


def _deepest(faults: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the first fault, or that of its field which lies deepest: in the type that was meant.

    >>> tried = [("body", "content", "str"), ("body", "content", "list[Part]", 0, "type")]
    >>> _deepest([{"loc": place} for place in tried])["loc"][-1]
    'type'
    """
    first = faults[0]["loc"]
    # What stands last in its place may be the type that was tried.
    field = first[: max(len(first) - 1, 2)]
    return max(
        (fault for fault in faults if fault["loc"][: len(field)] == field),
        key=lambda fault: len(fault["loc"]),
    )


def _fault(fault: Mapping[str, object]) -> str:
    """Return a sentence that names the field; what was given is not repeated.

    >>> _fault({"loc": ("body", "history", 3), "msg": "Value error, it is blank"})
    'The field history.3 is not valid: it is blank.'
    >>> _fault({"loc": ("body", "a-b"), "type": "extra_forbidden", "msg": "Not permitted"})
    'The field a-b is not valid: not permitted.'
    >>> _fault({"loc": ("body", "content", "list[Part]"), "msg": "Input should be a valid list"})
    'The field content is not valid: input should be a valid list.'
    """
    place = fault["loc"]
    if not isinstance(place, tuple):
        place = ()
    # What is not known may have any name.
    extra = fault.get("type") == "extra_forbidden"
    parts = [str(part) for part in (place[1:] if extra else _named(place))]
    why = str(fault["msg"]).removeprefix("Value error, ").rstrip(".")
    if not why[:2].isupper():
        why = why[:1].lower() + why[1:]
    if not parts or fault.get("type") == "json_invalid":
        return f"The request is not valid: {why}."
    return replace_surrogates(f"The field {'.'.join(parts)[:100]} is not valid: {why}.")


async def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    sentence = _SENTENCES.get(error.status_code, str(error.detail))
    right = {404: instead, 405: methods}.get(error.status_code)
    told = right(request.app, request.url.path) if right else ""
    if not told and (taken := (error.headers or {}).get("Allow")):
        told = f"It takes {taken.replace(', ', ' or ')}."
    sentence = f"{sentence} {told}".rstrip()
    return JSONResponse(error_body(sentence), error.status_code, error.headers)


async def _gone(_: Request, __: Exception) -> Response:
    return Response(status_code=GONE)


async def _defect(shapes: Mapping[str, Shape], request: Request, error: Exception) -> Response:
    why, status = sentence_of(error), _OTHER if _fault_of_disk(error) else 500
    shape = _shape(shapes, request)
    body = shape(status, why) if shape else error_body(why)
    # The server closes the connection of a request that failed so.
    return JSONResponse(body, status, {"Connection": "close"})


def _fault_of_disk(error: BaseException) -> str | None:
    return error.strerror if isinstance(error, OSError) and error.errno in DISK_FAULTS else None
