"""Who a request is from, and what those may do who have not logged in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

import regex
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import Scope

from corpus.errors import DalilError, InputError
from ui.server.access.accounts import Role, user_name
from ui.server.access.sessions import Sessions, TooOftenError
from ui.server.http.proxies import Proxies, peer_of
from ui.settings.settings import Settings

# From where a browser goes to a provider of OpenID Connect, and where it comes back.
PROVIDER_START, PROVIDER_BACK = "/login/oidc", "/login/oidc/callback"
# What anybody may load: signs of life, the log-in, styles and scripts without a word of an
# article.  Embeds have rules of their own.
_OPEN_PATHS = frozenset(
    {"/healthz", "/readyz", "/login", "/logout", "/api/login", "/widget.js"}
    | {PROVIDER_START, PROVIDER_BACK}
)
_OPEN_FOLDERS = ("/static/", "/embed/")
# Addresses of pages, whose readers are shown the log-in instead of an error.
_PAGES = regex.compile(r"/(?:(?:en|ar)/?)?|/library|/articles/.*", regex.DOTALL)
# Where programs may send a key; pages are for browsers, which log in.
_FOR_PROGRAMS = ("/api/", "/v1/")
_KEY = regex.compile(r"bearer +([\x21-\x7e]{1,200})", regex.IGNORECASE)
# A path of this server: browsers read "//" and "/\" as the beginning of another host's name.
_OWN_PATH = regex.compile(r"/(?![/\\])[!-\[\]-~]*")
# RFC 9110, section 11.6.1, wants a scheme beside 401; browsers know none of this name.
CHALLENGE = {"WWW-Authenticate": 'Session realm="Dalil"'}
_NO_KEY = (
    "Send a key as `Authorization: Bearer KEY`. Whoever runs the server makes one with: "
    "dalil user key NAME"
)
# Where a request's scope holds who it is from; `reader_of` and `address_of` read them.
READER, ADDRESS = "dalil.reader", "dalil.address"


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who uses the server; whoever sits at this machine has no name.

    One that a proxy vouches for is logged in there, and cannot log out here.
    """

    name: str | None
    role: Role
    vouched: bool = False

    @property
    def owner(self) -> str:
        """Under what their saved answers are kept."""
        return self.name or ""


# Whoever is let in without a name: a reader, or where nobody else can reach, the keeper.
LOCAL, KEEPER = Reader(None, "reader"), Reader(None, "admin")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody is not let in: a status, a sentence, and headers such as where to log in."""

    status: int
    why: str
    headers: Mapping[str, str] = field(default_factory=dict)


def reader_of(request: HTTPConnection) -> Reader:
    """Return who a request is from; one that came past no `Identity` is a defect."""
    reader: Reader = request.scope[READER]
    return reader


def address_of(request: HTTPConnection) -> str:
    """Return the address that a request came from, beyond the proxies that are trusted."""
    address: str = request.scope[ADDRESS]
    return address


def own_path(path: str | None) -> str:
    r"""Return `path` if it leads to a page of this server, else `/`.

    >>> own_path("/articles/a?version=2#quote"), own_path("//evil.example"), own_path("/\\evil")
    ('/articles/a?version=2#quote', '/', '/')
    >>> own_path("https://evil.example/"), own_path("/login?next=/login"), own_path(None)
    ('/', '/', '/')
    """
    if path is None or not _OWN_PATH.fullmatch(path) or path.startswith(("/login", "/logout")):
        return "/"
    return path


class Identity:
    """Finds out who each request is from; the guard asks it before it reads a body."""

    def __init__(self, settings: Settings, sessions: Sessions) -> None:
        server = settings.server
        self._sessions = sessions
        self._proxies = Proxies(server.trusted_proxies)
        self._header = server.identity_header
        self._secure = server.is_secure
        self._open = is_open(settings)
        self._nobody = KEEPER if is_own(settings) else LOCAL

    async def admit(self, scope: Scope) -> Refusal | None:
        """Note in `scope` who it is from; return why not to go on, `None` to go on."""
        headers = self._proxies.checked(scope, self._header)
        scope["headers"] = headers.raw
        peer = peer_of(scope)
        scope[ADDRESS] = self._proxies.client(peer, headers.getlist("x-forwarded-for"))
        if scope["path"] in _OPEN_PATHS or scope["path"].startswith(_OPEN_FOLDERS):
            return None
        try:
            reader = await self._reader(scope, headers)
        except TooOftenError as error:
            return Refusal(429, str(error), {"Retry-After": str(error.seconds)})
        except DalilError as error:
            return Refusal(503, str(error))
        if reader is not None:
            scope[READER] = reader
            return None
        if scope["path"].startswith("/v1/"):
            return Refusal(401, _NO_KEY, {"WWW-Authenticate": 'Bearer realm="Dalil"'})
        why = "Log in first, at /login or with POST /api/login."
        if scope.get("method") in ("GET", "HEAD") and _PAGES.fullmatch(scope["path"]):
            following = quote(_address(scope), safe="/")
            return Refusal(303, why, {"Location": f"/login?next={following}"})
        return Refusal(401, why, CHALLENGE)

    async def _reader(self, scope: Scope, headers: Headers) -> Reader | None:
        name = self._vouched(scope, headers)
        if name is not None:
            known = (await self._sessions.find(name=name)).account
            return Reader(name, known.role if known else "reader", vouched=True)
        token = HTTPConnection(scope).cookies.get(cookie_name("session", secure=self._secure))
        found = await self._sessions.find(token)
        if found.account:
            return Reader(found.account.name, found.account.role)
        if found.has_users and scope["path"].startswith(_FOR_PROGRAMS):
            return await self._program(scope, headers)
        return self._nobody if self._open and not found.has_users else None

    async def _program(self, scope: Scope, headers: Headers) -> Reader | None:
        """Return the user whose key a program sends, a reader whatever their role."""
        sent = headers.getlist("authorization")
        key = _KEY.fullmatch(sent[0]) if len(sent) == 1 else None
        if key is None:
            return None
        account = await self._sessions.find_key(key[1], scope[ADDRESS])
        return Reader(account.name, "reader") if account else None

    def _vouched(self, scope: Scope, headers: Headers) -> str | None:
        """Return the name that a trusted proxy gives, if it gives one."""
        if self._header is None or not self._proxies.trusts(peer_of(scope)):
            return None
        names = headers.getlist(self._header)
        try:
            # Servers hand headers on byte by byte; names in other scripts come as UTF-8.
            return user_name(names[0].encode("latin-1").decode()) if len(names) == 1 else None
        except (InputError, UnicodeDecodeError):
            return None


def is_open(settings: Settings) -> bool:
    """Return if everybody is let in as long as there are no users and no provider."""
    return not settings.oidc and (settings.server.without_login or is_own(settings))


def is_own(settings: Settings) -> bool:
    """Return if the server answers this machine alone; a waiver says that others may come."""
    server = settings.server
    beyond = server.hosts or server.base_url or server.trusted_proxies or server.identity_header
    return server.on_loopback and not beyond and not server.without_login and not settings.oidc


def cookie_name(use: str, *, secure: bool) -> str:
    """Return a cookie's name; browsers let nobody but this host set one that begins `__Host-`.

    >>> cookie_name("session", secure=True), cookie_name("session", secure=False)
    ('__Host-dalil-session', 'dalil-session')
    """
    return f"__Host-dalil-{use}" if secure else f"dalil-{use}"


def _address(scope: Scope) -> str:
    """Return path and query of a request as they came."""
    path: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    query: bytes = scope["query_string"]
    return (path.partition(b"?")[0] + (b"?" + query if query else b"")).decode("latin-1")
