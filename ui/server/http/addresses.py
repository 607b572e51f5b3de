"""What somebody who asked at an address that is not there may have meant."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

import regex
from fastapi import FastAPI

# What other servers have, and what there is here for it.
_MEANT = {
    "/completions": "/v1/chat/completions",
    "/completion": "/v1/chat/completions",
    "/responses": "/v1/chat/completions",
    "/chat": "/v1/chat/completions",
    "/messages": "/v1/chat/completions",
    "/generate": "/v1/chat/completions",
    "/tags": "/v1/models",
    "/engines": "/v1/models",
    "/query": "/api/ask",
    "/question": "/api/ask",
    "/questions": "/api/ask",
    "/answer": "/api/ask",
    "/answers": "/api/ask",
    "/health": "/api/health",
    "/healthz": "/api/health",
    "/status": "/api/health",
    "/documents": "/api/articles",
    "/openapi.json": "/api/openapi.json",
    "/docs": "/api/openapi.json",
}
_PREFIXES = ("/v1", "/api")
# Some servers have an address for each of their models.
_BEGINNING = regex.compile(r"(?:/(?:api|v\d+|openai)|/(?:deployments|engines)/[^/]+)+(?=/)")
_METHODS = frozenset(("get", "post", "put", "patch", "delete"))
# Addresses this much alike differ by a slip of the hand.
_ALIKE = 0.85
_LONGEST = 200


def instead(app: FastAPI, path: str) -> str:
    """Return a sentence that names the address that `path` is near to, "" if it is near to none.

    Only addresses of programs are named, and nothing of what was asked is repeated.
    """
    known = _known(app)
    plain = regex.sub(r"/+", "/", f"/{path[:_LONGEST].strip('/')}").lower()
    end = _BEGINNING.sub("", plain, count=1)
    wanted = [plain, end, *(prefix + end for prefix in _PREFIXES), _MEANT.get(end, "")]
    found = next((each for each in reversed(wanted) if each in known), "")
    if not found:
        near = (get_close_matches(each, known, 1, _ALIKE) for each in wanted[:4])
        found = next((match[0] for match in near if match), "")
    return f"You may mean {known[found]} {found}." if found else ""


def methods(app: FastAPI, path: str) -> str:
    """Return the sentence that says which method an address takes, "" if that is not known.

    >>> methods(FastAPI(), "/api/ask")
    ''
    """
    taken = _known(app).get(path)
    return f"It takes {taken}." if taken else ""


def _known(app: FastAPI) -> Mapping[str, str]:
    """Return the methods of each address of programs that names nothing in itself."""
    paths = app.openapi().get("paths", {})
    return {
        path: " or ".join(method.upper() for method in taken if method in _METHODS)
        for path, taken in paths.items()
        if path.startswith(_PREFIXES) and "{" not in path
    }
