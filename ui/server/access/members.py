"""Who somebody is here whom a provider vouches for: their name, and a role by their groups."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from corpus.errors import DalilError, InputError
from ui.server.access.accounts import Role, user_name
from ui.settings.oidc import OidcSettings


class NotAdmittedError(DalilError):
    """The provider knows them, and here they are nobody; `fault` is the key of the words for it."""

    def __init__(self, fault: str, why: str) -> None:
        super().__init__(why)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Vouched:
    """What a provider says of somebody: claims, and the token that says so, for the log-out."""

    claims: Mapping[str, Any]
    token: str


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody whom a provider vouches for.

    `subject` is what stays the same of them (issuer and subject); `name` and `role` may change.
    `role` is `None` for those whom no group lets in.
    """

    subject: str
    name: str
    role: Role | None


def member(claims: Mapping[str, Any], settings: OidcSettings) -> Member:
    """Return who the claims are of.

    Raises `NotAdmittedError` where they hold no name that a user may have.

    >>> news = OidcSettings("https://id.example", "dalil", admin_groups=("desk",))
    >>> claims = {"iss": "https://id.example", "sub": "7", "preferred_username": "Leila"}
    >>> member(claims, news).role
    >>> found = member({**claims, "groups": ["desk", "chess"]}, news)
    >>> found.name, found.role
    ('leila', 'admin')
    """
    name = find_claim(claims, settings.name_claim)
    # Some providers write it as text.
    if settings.name_claim == "email" and claims.get("email_verified") in (False, "false"):
        raise NotAdmittedError("no_name", "The provider has not verified the address of e-mail.")
    try:
        known = user_name(name if isinstance(name, str) else "")
    except InputError as error:
        raise NotAdmittedError(
            "no_name", f"The claim {settings.name_claim} holds no name of a user."
        ) from error
    subject = f"{claims['iss']}\n{claims['sub']}"
    return Member(subject, known, _role(find_claim(claims, settings.groups_claim), settings))


def find_claim(claims: Mapping[str, Any], name: str) -> object:
    """Return a claim by its name, or by the names on the way to it; `None` if it is not there.

    >>> find_claim({"realm_access": {"roles": ["news"]}}, "realm_access.roles")
    ['news']
    >>> find_claim({"https://news.example/groups": ["a"]}, "https://news.example/groups")
    ['a']
    >>> find_claim({"groups": []}, "groups.all")
    """
    if name in claims:
        return claims[name]
    found: object = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _role(claim: object, settings: OidcSettings) -> Role | None:
    given = [claim] if isinstance(claim, str) else claim if isinstance(claim, list) else []
    # Everybody is in "*"; a group that a provider calls so is not meant.
    groups = {_same(group) for group in given if isinstance(group, str) and group != "*"} | {"*"}
    if groups.intersection(map(_same, settings.admin_groups)):
        return "admin"
    return "reader" if groups.intersection(map(_same, settings.reader_groups)) else None


def _same(group: str) -> str:
    """Return the same characters for the same name, however it was composed."""
    return unicodedata.normalize("NFC", group)
