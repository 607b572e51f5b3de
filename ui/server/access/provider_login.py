"""Logging in at a provider of OpenID Connect: a browser goes there, and comes back with a code."""

from __future__ import annotations

import asyncio
import math
import re
import secrets
import time
from collections.abc import Callable

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ui.server.access.attempts import Attempt, AttemptCookie, new_attempt
from ui.server.access.identity import PROVIDER_BACK, PROVIDER_START, address_of
from ui.server.access.login import Login, outer_address
from ui.server.access.members import NotAdmittedError, member
from ui.server.access.provider import Provider, ProviderError
from ui.server.access.sessions import Sessions, TakenError
from ui.server.access.throttle import Throttle
from ui.server.articles.pages import language_of
from ui.server.http.log import log_notice
from ui.server.http.proxies import origin_of
from ui.settings.settings import Settings

# An office may share one address; each try asks the provider.
_FREE, _LONGEST = 20, 900.0
# Of the provider's answers, as many are waited for.
_MOST_AT_ONCE = 32
# What providers send back instead of a code (RFC 6749, section 4.1.2.1).
_ERROR = re.compile(r"[a-z_]{1,40}")
_STATUS = {"provider_down": 503, "declined": 403, "no_group": 403, "name_taken": 403}


class ProviderLogin:
    """Sends browsers to the provider, and begins sessions of those that it vouches for."""

    def __init__(
        self,
        settings: Settings,
        sessions: Sessions,
        login: Login,
        provider: Provider,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings, self._sessions = settings, sessions
        self._login, self._provider = login, provider
        self._cookie = AttemptCookie(secure=settings.server.is_secure)
        self._tries = Throttle(_FREE, _LONGEST, now)
        self._room = asyncio.Semaphore(_MOST_AT_ONCE)

    async def start(self, request: Request) -> Response:
        """Lead a browser to the provider."""
        attempt = new_attempt(request.query_params.get("next"), language_of(request))
        try:
            address = await self._provider.start(attempt, self._back(request))
        except ProviderError as error:
            return self._refused(request, attempt, error)
        response = RedirectResponse(address, 303, {"Cache-Control": "no-store"})
        self._cookie.keep(response, attempt)
        return response

    async def back(self, request: Request) -> Response:
        """Take a browser that comes from the provider in, and lead it on to where it meant to go.

        Nothing of the address is believed before it is known that this browser was sent.
        """
        attempt = self._cookie.read(request)
        state = request.query_params.get("state", "")
        if attempt is None or not secrets.compare_digest(state.encode(), attempt.state.encode()):
            return self._login.page(request, 403, None, fault="stale_form")
        origin = origin_of(address_of(request))
        if wait := self._tries.wait(origin):
            seconds = math.ceil(wait)
            return self._login.page(
                request,
                429,
                attempt.following,
                fault="too_often",
                seconds=seconds,
                language=attempt.language,
            )
        self._tries.count(origin)
        try:
            token = await self._entered(request, attempt)
        except (ProviderError, NotAdmittedError) as error:
            response = self._refused(request, attempt, error)
        else:
            self._tries.forgive(origin)
            response = RedirectResponse(attempt.following, 303, {"Cache-Control": "no-store"})
            await self._login.begin(request, response, token)
        self._cookie.drop(response)
        return response

    async def _entered(self, request: Request, attempt: Attempt) -> str:
        """Return the token of a new session of whom the provider vouches for."""
        asked = request.query_params
        self._provider.check_issuer(asked.get("iss"))
        code, error = asked.get("code"), asked.get("error", "")
        if not code:
            named = error if _ERROR.fullmatch(error) else "no code"
            raise ProviderError("declined", f"The provider let nobody in ({named}).")
        if self._room.locked():
            raise ProviderError("provider_down", "Too many people are logging in.")
        async with self._room:
            vouched = await self._provider.finish(attempt, self._back(request), code)
        found = member(vouched.claims, self._settings.oidc)
        try:
            token = await self._sessions.log_in_provided(found)
        except TakenError as taken:
            raise NotAdmittedError("name_taken", str(taken)) from taken
        if token is None:
            raise NotAdmittedError("no_group", "Somebody is in no group that is let in.")
        self._login.remember(token, vouched.token)
        return token

    def _back(self, request: Request) -> str:
        return outer_address(request, self._settings.server) + PROVIDER_BACK

    def _refused(
        self, request: Request, attempt: Attempt, error: ProviderError | NotAdmittedError
    ) -> Response:
        log_notice(f"No log-in at the provider: {error}")
        status = _STATUS.get(error.fault, 401)
        return self._login.page(
            request, status, attempt.following, fault=error.fault, language=attempt.language
        )


def provider_routes(login: ProviderLogin) -> APIRouter:
    """Return the routes by which a browser leaves for the provider, and comes back."""
    routes = APIRouter()
    routes.add_route(PROVIDER_START, login.start, ["GET"], include_in_schema=False)
    routes.add_route(PROVIDER_BACK, login.back, ["GET"], include_in_schema=False)
    return routes
