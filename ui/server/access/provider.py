"""A provider of OpenID Connect: where it sends readers, and what it says of those who come back.

The authorization code flow with PKCE (OpenID Connect Core 1.0, section 3.1; RFC 7636).  What is
asked of the provider goes from here to it, never through a browser, and to nobody else.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import lru_cache, partial
from typing import Any, TypeVar, cast
from urllib.parse import quote_plus, urlencode

from corpus.errors import DalilError
from ui.server.access.attempts import Attempt
from ui.server.access.members import Vouched, find_claim
from ui.settings.oidc import OidcSettings, check, client_secret, is_safe

try:
    import httpx2
    from authlib.common.errors import AuthlibBaseError
    from authlib.integrations.httpx_client import AsyncOAuth2Client
    from authlib.oauth2.auth import ClientAuth
    from joserfc.jwk import KeySet

    from ui.server.access.id_tokens import (
        RefusedTokenError,
        UnknownKeyError,
        read_claims,
        read_keys,
    )
except ImportError as error:
    raise DalilError(
        f"Log-in at a provider needs packages that are not installed ({error.name}). "
        "Install them with: pip install '.[serve,oidc]'"
    ) from error

Result = TypeVar("Result")
# For all that one step asks of the provider; a reader waits for it.
_SECONDS = 10.0
# Keys with their certificates take some kilobytes; packed, an answer may be a thousand times that.
_MOST_BYTES, _MOST_PACKED = 1 << 20, 1 << 16
# What a provider says of itself changes when it is moved; keys are asked for when one is unknown.
_KEPT_SECONDS = 3_600.0
# One that is down is asked again then, not by everybody who waits.
_DOWN_SECONDS = 5.0
_DISCOVERY = "/.well-known/openid-configuration"
_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class ProviderError(DalilError):
    """No log-in came of it; `fault` is the key of what readers are told, the text is logged."""

    def __init__(self, fault: str, why: str) -> None:
        super().__init__(why)
        self.fault = fault


class Provider:
    """The provider that the settings name; use it from one event loop."""

    def __init__(self, settings: OidcSettings, now: Callable[[], float] = time.monotonic) -> None:
        """Raise `DalilError` for settings with which nobody could log in."""
        check(settings)
        self._issuer, self._client = settings.issuer or "", settings.client_id or ""
        self._scopes = settings.scopes
        self._wanted = (settings.name_claim, settings.groups_claim)
        self._secret = client_secret(settings)
        self._now = now
        self._asking = asyncio.Lock()
        self._known: dict[str, Any] = {}
        self._until = self._down_until = 0.0
        self._keys: KeySet | None = None

    async def start(self, attempt: Attempt, back: str) -> str:
        """Return the address to which a browser goes to log in, and comes `back` from.

        Raises `ProviderError` if the provider cannot be asked.
        """
        known = await self._discovered()
        async with self._session(known, redirect_uri=back, scope=self._scopes) as client:
            address, _ = client.create_authorization_url(
                known["authorization_endpoint"],
                state=attempt.state,
                nonce=attempt.nonce,
                code_verifier=attempt.verifier,
            )
        return str(address)

    async def finish(self, attempt: Attempt, back: str, code: str) -> Vouched:
        """Return whom the provider vouches for with a code that a browser came back with.

        Raises `ProviderError` if it does not answer, or with what cannot be believed.
        """
        known = await self._discovered()
        token = await self._asked(self._exchanged(known, attempt, back, code))
        signed = _text(token.get("id_token"))
        if not signed:
            raise ProviderError("not_vouched", "The provider sent no ID token.")
        claims = await self._claims(known, signed, attempt, _text(token.get("access_token")))
        if any(find_claim(claims, name) is None for name in self._wanted):
            claims = {**await self._told(known, claims, token), **claims}
        return Vouched(claims, signed)

    async def leaving(self, back: str, token: str | None) -> str | None:
        """Return where a browser ends its session at the provider too, `None` if that is nowhere.

        `token` is the ID token of the log-in, if it is still known (OpenID Connect RP-Initiated
        Logout 1.0).
        """
        try:
            address = _text((await self._discovered()).get("end_session_endpoint"))
        except ProviderError:
            return None
        if not is_safe(address, self._issuer):
            return None
        fields = {"client_id": self._client, "post_logout_redirect_uri": back}
        joint = "&" if "?" in address else "?"
        return address + joint + urlencode(fields | ({"id_token_hint": token} if token else {}))

    def check_issuer(self, named: str | None) -> None:
        """Raise `ProviderError` if a browser comes back from another provider (RFC 9207)."""
        if named is not None and named != self._issuer:
            raise ProviderError("not_vouched", "The browser came back from another provider.")

    async def _discovered(self) -> dict[str, Any]:
        """Return what the provider says of itself."""
        async with self._asking:
            if self._now() < self._until:
                return self._known
            if self._now() < self._down_until:
                raise ProviderError("provider_down", "The provider did not answer just now.")
            try:
                known = await self._asked(self._got(self._issuer.rstrip("/") + _DISCOVERY))
                self._check(known)
            except ProviderError:
                self._down_until = self._now() + _DOWN_SECONDS
                raise
            self._known, self._keys = known, None
            self._until = self._now() + _KEPT_SECONDS
            return known

    def _check(self, known: Mapping[str, Any]) -> None:
        if known.get("issuer") != self._issuer:
            raise ProviderError(
                "provider_down",
                f"The provider calls itself {str(known.get('issuer'))[:200]!r}, not "
                f"{self._issuer!r}. Set oidc.issuer to that name if it is the right one.",
            )
        for name in _NEEDED:
            if not is_safe(_text(known.get(name)), self._issuer):
                raise ProviderError("provider_down", f"The provider names no usable {name}.")

    async def _exchanged(
        self, known: Mapping[str, Any], attempt: Attempt, back: str, code: str
    ) -> dict[str, Any]:
        async with self._session(known, redirect_uri=back) as client:
            token: dict[str, Any] = await client.fetch_token(
                known["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=attempt.verifier,
            )
        return token

    async def _claims(
        self, known: Mapping[str, Any], signed: str, attempt: Attempt, access: str
    ) -> dict[str, Any]:
        """Return the claims of an ID token that is sound."""
        offered = known.get("id_token_signing_alg_values_supported")
        read = partial(
            read_claims,
            signed,
            offered=offered if isinstance(offered, list) else ["RS256"],
            issuer=self._issuer,
            client=self._client,
            nonce=attempt.nonce,
            access=access,
        )
        try:
            try:
                return read(await self._key_set(known))
            except UnknownKeyError:
                # Providers change their keys; one that nobody knew yet is asked for once.
                self._keys = None
                return read(await self._key_set(known))
        except (UnknownKeyError, RefusedTokenError) as error:
            raise ProviderError("not_vouched", str(error)) from error

    async def _key_set(self, known: Mapping[str, Any]) -> KeySet:
        if self._keys is None:
            self._keys = read_keys(await self._asked(self._got(known["jwks_uri"])))
        return self._keys

    async def _told(
        self, known: Mapping[str, Any], claims: Mapping[str, Any], token: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return what the provider tells beside the token, where it does."""
        address, access = _text(known.get("userinfo_endpoint")), _text(token.get("access_token"))
        if not access or not is_safe(address, self._issuer):
            return {}
        told = await self._asked(self._got(address, {"Authorization": f"Bearer {access}"}))
        # It counts only for the same person (OpenID Connect Core, 5.3.2).
        if told.get("sub") != claims["sub"]:
            raise ProviderError("not_vouched", "The provider told of somebody else.")
        return told

    async def _got(self, address: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        async with httpx2.AsyncClient(**_LIMITS, verify=_trust()) as client:
            reply = (await client.get(address, headers=dict(headers or {}))).raise_for_status()
            found = reply.json()
        if not isinstance(found, dict):
            raise ValueError("no JSON object")
        return found

    async def _asked(self, asking: Awaitable[Result]) -> Result:
        """Return what the provider answers, in time."""
        try:
            async with asyncio.timeout(_SECONDS):
                return await asking
        except AuthlibBaseError as error:
            # A code that was used or is old, or a secret that is wrong: the provider says which.
            raise ProviderError(
                "not_vouched", f"The provider refused the code ({str(error.error)[:60]})."
            ) from error
        except _FAULTS as error:
            raise ProviderError(
                "provider_down", f"The provider cannot be asked ({type(error).__name__})."
            ) from error

    def _session(self, known: Mapping[str, Any], **more: str) -> AsyncOAuth2Client:
        methods = known.get("token_endpoint_auth_methods_supported")
        method = "none" if self._secret is None else "client_secret_post"
        told = isinstance(methods, list) and methods
        if self._secret is not None and (not told or "client_secret_basic" in told):
            method = "client_secret_basic"
        session = AsyncOAuth2Client(
            self._client,
            self._secret,
            token_endpoint_auth_method=method,
            code_challenge_method="S256",
            verify=_trust(),
            **_LIMITS,
            **more,
        )
        session.register_client_auth_method(("client_secret_basic", _basic))
        return session


def _basic(
    client: ClientAuth, method: str, uri: str, headers: dict[str, str], body: str
) -> tuple[str, dict[str, str], str]:
    # Authlib leaves out the encoding of both halves that RFC 6749, section 2.3.1, wants.
    pair = ":".join(quote_plus(part) for part in (client.client_id, client.client_secret))
    headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    return uri, headers, body


class _Bounded(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream, most: int) -> None:
        self._stream, self._left = stream, most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:
            self._left -= len(part)
            if self._left < 0:
                raise ValueError("more than a provider has to say")
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _bound(response: httpx2.Response) -> None:
    most = _MOST_PACKED if "content-encoding" in response.headers else _MOST_BYTES
    response.stream = _Bounded(cast(httpx2.AsyncByteStream, response.stream), most)


# Where the provider leads on is not followed, and proxies of the environment are not asked.
_LIMITS: dict[str, Any] = {"timeout": _SECONDS, "follow_redirects": False, "trust_env": False}
_LIMITS |= {"event_hooks": {"response": [_bound]}, "headers": {"Accept-Encoding": "identity"}}
# JSON that is too deep is a RecursionError.
_FAULTS = (httpx2.HTTPError, httpx2.InvalidURL, ValueError, TimeoutError, RecursionError)


@lru_cache
def _trust() -> ssl.SSLContext:
    """Return the certificates that the machine believes; reading them takes a while."""
    return ssl.create_default_context()


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
