"""ID tokens: what they must be to be believed (OpenID Connect Core 1.0, section 3.1.3.7)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet
from joserfc.jws import JWSRegistry

from corpus.errors import DalilError

# Signed with a key that only the provider has; "none" and keys that both sides have are not asked.
_ALGORITHMS = frozenset(f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512))
# Clocks of two machines that nobody set by hand.
_LEEWAY_SECONDS = 60
# What code that is not ours says of a token that is none, or of types that the standard excludes.
_FAULTS = (JoseError, ValueError, TypeError, AttributeError, KeyError, RecursionError)


class UnknownKeyError(DalilError):
    """A token is signed with a key that is not among those that are known."""


class RefusedTokenError(DalilError):
    """A token cannot be believed."""


class _Registry(JWSRegistry):
    """Lets a header hold the certificates of its key, as some providers have it."""

    max_header_length = 16_384


def read_keys(found: Mapping[str, Any]) -> KeySet:
    """Return the keys of a JWK set (RFC 7517) that sign; raise `RefusedTokenError` for none.

    One that is of a kind or curve that nobody here knows does not spoil the others (section 5).
    """
    keys, read, why = found.get("keys"), list[Key](), "there are none"
    for key in keys if isinstance(keys, list) else []:
        if isinstance(key, dict) and key.get("use", "sig") == "sig":
            try:
                read.append(JWKRegistry.import_key(key))
            except _FAULTS as error:
                why = str(error)
    if not read:
        raise RefusedTokenError(f"The provider's keys cannot be read ({why}).")
    return KeySet(read)


def read_claims(
    signed: str,
    keys: KeySet,
    offered: Collection[str],
    *,
    issuer: str,
    client: str,
    nonce: str,
    access: str,
) -> dict[str, Any]:
    """Return what a token claims, if it is of this issuer for this client and this log-in, and now.

    `offered` are the algorithms that the provider signs with, `access` the access token that came
    along.  Raises `UnknownKeyError` and `RefusedTokenError`.
    """
    registry = _Registry(
        # An empty list would allow what joserfc recommends.
        algorithms=sorted(known for known in _ALGORITHMS if known in offered) or ["RS256"],
        strict_check_header=False,
    )
    wanted = {
        "iss": {"essential": True, "value": issuer},
        # Authlib is content with any audience where `azp` names the client.
        "aud": {"essential": True, "value": client},
    }
    about = {"nonce": nonce, "client_id": client, "access_token": access}
    try:
        token = jwt.decode(signed, keys, registry=registry)
        claims = CodeIDToken(token.claims, token.header, wanted, about)
        claims.validate(leeway=_LEEWAY_SECONDS)
    except InvalidKeyIdError as error:
        raise UnknownKeyError(f"The ID token's key is not known ({error}).") from error
    except _FAULTS as error:
        # Where a provider has one key and no name for it, another one can only be noticed so.
        if isinstance(error, BadSignatureError) and not _names_key(signed):
            raise UnknownKeyError(f"The ID token's key is not known ({error}).") from error
        raise RefusedTokenError(f"The ID token was refused ({error}).") from error
    subject = claims["sub"]
    if not isinstance(claims["iss"], str) or not isinstance(subject, str) or not subject:
        raise RefusedTokenError("The ID token names nobody.")
    return dict(claims)


def _names_key(signed: str) -> bool:
    return "kid" in jws.extract_compact(signed.encode()).headers()
