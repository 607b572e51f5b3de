"""Logging in and out: a page without a script, and the same for programs under `/api`.

`provider_login.py` is the other way in, at a provider of OpenID Connect.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from typing import TYPE_CHECKING, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from ui.server.access.identity import CHALLENGE, address_of, cookie_name, own_path
from ui.server.access.sessions import Sessions, TooOftenError, WrongLoginError
from ui.server.articles import article_page
from ui.server.articles.article_page import LoginForm
from ui.server.articles.pages import here, language_of, new_pages
from ui.server.http.errors import errors
from ui.server.http.fields import Text
from ui.server.http.refusals import error_body
from ui.settings.settings import ServerSettings, Settings

if TYPE_CHECKING:
    from ui.server.access.provider import Provider

_POLICY = (
    "default-src 'none'; style-src 'self'; frame-ancestors 'self'; base-uri 'none'; "
    "form-action 'self'"
)


# A few kilobytes each; of others the provider asks whether they mean to leave.
_MOST_TOKENS, _LONGEST_TOKEN = 1_000, 2_000


class LoginBody(BaseModel):
    """A user's name and password."""

    name: Text = Field(max_length=200)
    password: Text = Field(max_length=1_024)


class LoggedIn(BaseModel):
    """That somebody has logged in."""

    status: Literal["ok"]


class Cookies:
    """Sets and reads the cookies of log-ins; no script can read them."""

    def __init__(self, settings: ServerSettings) -> None:
        self._secure = settings.is_secure
        self._session, self._form = (
            cookie_name(use, secure=settings.is_secure) for use in ("session", "form")
        )

    def session(self, request: Request) -> str | None:
        """Return the token that a request carries."""
        return request.cookies.get(self._session)

    def form(self, request: Request) -> str:
        """Return the key of this browser's forms, a new one if it has none."""
        return request.cookies.get(self._form) or secrets.token_urlsafe(32)

    def keep_session(self, response: Response, token: str) -> None:
        """Let the browser keep a session until it is closed; links on other sites may use it."""
        response.set_cookie(
            self._session, token, path="/", secure=self._secure, httponly=True, samesite="lax"
        )
        self._drop(response, self._form)

    def keep_form(self, response: Response, key: str) -> None:
        """Let the browser keep the key of its forms, which other sites can neither read nor set."""
        response.set_cookie(
            self._form, key, path="/", secure=self._secure, httponly=True, samesite="strict"
        )

    def drop_session(self, response: Response) -> None:
        """Let the browser forget its session."""
        self._drop(response, self._session)

    def _drop(self, response: Response, name: str) -> None:
        response.delete_cookie(name, path="/", secure=self._secure, httponly=True)


class Login:
    """Answers what has to do with log-ins."""

    def __init__(
        self, settings: Settings, sessions: Sessions, provider: Provider | None = None
    ) -> None:
        self._settings, self._sessions, self._pages = settings, sessions, new_pages()
        self._cookies, self._provider = Cookies(settings.server), provider
        # ID tokens by which a provider knows whose session it ends, by the digest of ours.
        self._vouched: OrderedDict[str, str] = OrderedDict()

    async def show(self, request: Request) -> Response:
        """Show the page that asks for name and password, or leads to the provider."""
        return self.page(request, 200, request.query_params.get("next"))

    async def enter(self, request: Request) -> Response:
        """Take the form of that page; lead on to where the reader meant to go."""
        async with request.form(max_files=0, max_fields=10) as form:
            name, password, following, key = (
                _field(form, field) for field in ("name", "password", "next", "key")
            )
        kept = self._cookies.form(request)
        # A form on another site can name no key that this browser's cookie holds.
        if not secrets.compare_digest(key.encode(), kept.encode()):
            return self.page(request, 403, following, fault="stale_form")
        try:
            token = await self._sessions.log_in(name, password, address_of(request))
        except WrongLoginError:
            return self.page(request, 401, following, name=name, fault="wrong_login")
        except TooOftenError as error:
            seconds = error.seconds
            return self.page(request, 429, following, name=name, fault="too_often", seconds=seconds)
        response = RedirectResponse(own_path(following), 303, {"Cache-Control": "no-store"})
        await self.begin(request, response, token)
        return response

    async def enter_by_program(self, body: LoginBody, request: Request) -> Response:
        """Log in; the session is in the cookie that is set, which later requests send back."""
        try:
            token = await self._sessions.log_in(body.name, body.password, address_of(request))
        except WrongLoginError as error:
            return JSONResponse(error_body(str(error)), 401, CHALLENGE)
        except TooOftenError as error:
            return JSONResponse(error_body(str(error)), 429, {"Retry-After": str(error.seconds)})
        response = JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})
        await self.begin(request, response, token)
        return response

    async def leave(self, request: Request) -> Response:
        """End the session, and let the browser forget what it kept of the conversation.

        One that was begun at a provider is ended there as well, if that can be done.
        """
        token = self._cookies.session(request)
        provided = await self._sessions.log_out(token) if token else False
        there = None
        if provided and token and self._provider:
            vouched = self._vouched.pop(_digest(token), None)
            back = outer_address(request, self._settings.server) + "/login"
            there = await self._provider.leaving(back, vouched)
        headers = {"Clear-Site-Data": '"cache", "storage"', "Cache-Control": "no-store"}
        response: Response = RedirectResponse("/login", 303, headers)
        if there:
            # A redirect would be the form's, which the pages' policies keep on this server.
            response = self.page(request, 200, None, leaving=there)
            response.headers.update(headers)
        self._cookies.drop_session(response)
        return response

    async def begin(self, request: Request, response: Response, token: str) -> None:
        """Let the browser keep a session; the one before it, perhaps another's, ends."""
        before = self._cookies.session(request)
        if before:
            await self._sessions.log_out(before)
        self._cookies.keep_session(response, token)

    def remember(self, session: str, vouched: str) -> None:
        """Keep the ID token of a session for its log-out, if it is short enough for an address."""
        if len(vouched) <= _LONGEST_TOKEN:
            self._vouched[_digest(session)] = vouched
        if len(self._vouched) > _MOST_TOKENS:
            self._vouched.popitem(last=False)

    def page(
        self,
        request: Request,
        status: int,
        following: str | None,
        *,
        name: str = "",
        fault: str | None = None,
        seconds: int = 0,
        leaving: str | None = None,
        language: str | None = None,
    ) -> Response:
        """Return the log-in page, with the words for a fault if there is one.

        It is in `language`, unless the reader chose one, or else in the browser's.  `leaving` is
        where the provider ends its own session of somebody who has logged out here.
        """
        asked = article_page.Request(here(request), language_of(request, language))
        key = self._cookies.form(request)
        oidc = self._settings.oidc
        form = LoginForm(
            key,
            own_path(following),
            name,
            fault,
            seconds,
            provider=oidc.shown if self._provider else None,
            # Whoever cannot reach the provider has no other way in.
            has_form=not self._provider or oidc.form or fault == "provider_down",
            leaving=leaving,
        )
        headers = {
            "Cache-Control": "no-store",
            "Content-Language": asked.language,
            "Content-Security-Policy": _POLICY,
            # Without a referrer, browsers send the form with the origin "null".
            "Referrer-Policy": "same-origin",
            **(CHALLENGE if status == 401 else {}),
        }
        if seconds:
            headers["Retry-After"] = str(seconds)
        response = HTMLResponse(self._pages.login(asked, form), status, headers)
        self._cookies.keep_form(response, key)
        return response


def outer_address(request: Request, settings: ServerSettings) -> str:
    """Return the server's address as others must name it to send a browser back."""
    return settings.base_url or here(request)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _field(form: FormData, name: str) -> str:
    """Return a field of a form, empty where there is none."""
    value = form.get(name)
    return value if isinstance(value, str) else ""


def page_routes(login: Login) -> APIRouter:
    """Return the routes of the log-in page and its forms."""
    routes = APIRouter()
    routes.add_route("/login", login.show, ["GET", "HEAD"], include_in_schema=False)
    routes.add_route("/login", login.enter, ["POST"], include_in_schema=False)
    routes.add_route("/logout", login.leave, ["POST"], include_in_schema=False)
    return routes


def api_routes(login: Login) -> APIRouter:
    """Return the route by which programs log in."""
    routes = APIRouter(prefix="/api")
    routes.add_api_route(
        "/login",
        login.enter_by_program,
        methods=["POST"],
        response_model=LoggedIn,
        responses=errors(400, 401, 422, 429, 503),
    )
    return routes
