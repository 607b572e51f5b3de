"""Log-ins at a provider that have begun: the browser keeps them, the server keeps nothing."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response

from ui.server.access.identity import cookie_name, own_path
from ui.words.wording import LANGUAGES

# Who needs longer at the provider begins again.
_SECONDS = 600
# A cookie holds 4,096 bytes, or is not kept; whoever meant to go further goes to the first page.
_LONGEST_PATH = 3_500


@dataclass(frozen=True, slots=True)
class Attempt:
    """One log-in of one browser, which leads to `following` afterwards, in the page's `language`.

    All that the provider is told and repeats comes of `secret`, which the browser has in a cookie;
    the provider sees only what cannot be turned back into it.
    """

    secret: str
    following: str = "/"
    language: str | None = None

    @property
    def state(self) -> str:
        """What comes back with the browser: that it is the one that was sent."""
        return self._of("state")

    @property
    def nonce(self) -> str:
        """What comes back within the token: that it was made for this attempt."""
        return self._of("nonce")

    @property
    def verifier(self) -> str:
        """What proves to the provider that the code comes from who asked for it (RFC 7636)."""
        return self._of("verifier")

    def _of(self, use: str) -> str:
        digest = hashlib.sha256(f"{use}\n{self.secret}".encode()).digest()
        return urlsafe_b64encode(digest).rstrip(b"=").decode()


def new_attempt(following: str | None, language: str) -> Attempt:
    """Return an attempt that leads to a page of this server."""
    path = own_path(following)
    short = path if len(_kept(path)) <= _LONGEST_PATH else "/"
    return Attempt(secrets.token_urlsafe(32), short, language)


class AttemptCookie:
    """Where a browser keeps its attempt; links that lead back from the provider carry it along."""

    def __init__(self, *, secure: bool) -> None:
        self._name, self._secure = cookie_name("provider", secure=secure), secure

    def read(self, request: Request) -> Attempt | None:
        """Return the attempt that a browser began, `None` if it began none."""
        kept = request.cookies.get(self._name, "").split(".", 2)
        if len(kept) != 3:
            return None
        secret, language, following = kept
        known = language if language in LANGUAGES else None
        return Attempt(secret, own_path(unquote(following)), known)

    def keep(self, response: Response, attempt: Attempt) -> None:
        """Let the browser keep an attempt for a while."""
        value = f"{attempt.secret}.{attempt.language}.{_kept(attempt.following)}"
        response.set_cookie(
            self._name, value, max_age=_SECONDS, path="/", secure=self._secure, httponly=True,
            samesite="lax",
        )  # fmt: skip

    def drop(self, response: Response) -> None:
        """Let the browser forget it: each leads to one log-in at most."""
        response.delete_cookie(self._name, path="/", secure=self._secure, httponly=True)


def _kept(path: str) -> str:
    return quote(path, safe="/")
