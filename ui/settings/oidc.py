"""Log-in at a provider of OpenID Connect: what can be set, and the secret that is no setting."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import DalilError
from ui.settings import values as kinds
from ui.settings.values import setting

# Holds the client's secret where no file does.
SECRET_VARIABLE = "DALIL_OIDC_CLIENT_SECRET"


def _issuer(text: str) -> str:
    """Return a provider's address as it is, of TLS unless it is of this machine.

    Its last slash stays: providers are compared by it (OpenID Connect Discovery 1.0, section 4.3).

    >>> _issuer("https://id.example/realms/news/"), _issuer("http://127.0.0.1:8080")
    ('https://id.example/realms/news/', 'http://127.0.0.1:8080')
    """
    from rag.llm.providers import is_local

    kinds.URL.parse(text)
    if not text.startswith("https://") and not is_local(text):
        raise ValueError
    return text


def _scopes(text: str) -> str:
    """Return the scopes to ask for, `openid` among them.

    >>> _scopes("openid  profile")
    'openid profile'
    """
    scopes = text.split()
    # What a scope may be made of: RFC 6749, section 3.3.
    if "openid" not in scopes or not re.fullmatch(r"[!#-\[\]-~ ]+", text):
        raise ValueError
    return " ".join(scopes)


_ISSUER = kinds.of_text("an https address such as https://id.example/realms/news", _issuer)
_SCOPES = kinds.of_text("scopes with spaces between, openid among them", _scopes)


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """The provider that says who readers are; without an `issuer` there is none."""

    issuer: str | None = setting(
        None,
        _ISSUER,
        "Provider of OpenID Connect at which readers log in, as it names itself.",
    )
    client_id: str | None = setting(
        None, kinds.TEXT, "Under what name Dalil is known to the provider."
    )
    client_secret_file: Path | None = setting(  # noqa: RUF009 - it is a field like the others
        None, kinds.FILE, f"File that holds the client's secret; else `{SECRET_VARIABLE}` is read."
    )
    label: str | None = setting(
        None, kinds.TEXT, "What the button calls the provider; its host unless told."
    )
    form: bool = setting(
        True, kinds.YES_OR_NO, "Show the form for name and password beside the button."
    )
    scopes: str = setting("openid profile", _SCOPES, "What the provider is asked for.")
    name_claim: str = setting("preferred_username", kinds.TEXT, "Claim that holds a reader's name.")
    groups_claim: str = setting(
        "groups", kinds.TEXT, "Claim that holds a reader's groups; dots lead into objects."
    )
    reader_groups: tuple[str, ...] = setting(
        (), kinds.NAMES, "Groups that may read, `*` for everybody whom the provider lets in."
    )
    admin_groups: tuple[str, ...] = setting((), kinds.NAMES, "Groups of administrators.")

    def __bool__(self) -> bool:
        """Whether there is a provider."""
        return self.issuer is not None

    @property
    def shown(self) -> str:
        """What readers see the provider called.

        >>> OidcSettings(issuer="https://id.example/realms/news").shown
        'id.example'
        """
        from urllib.parse import urlsplit

        return self.label or urlsplit(self.issuer or "").hostname or ""


def check(settings: OidcSettings) -> None:
    """Raise `DalilError` for settings with which nobody could log in.

    >>> check(OidcSettings(issuer="https://id.example", client_id="dalil", admin_groups=("news",)))
    """
    if settings and settings.client_id is None:
        raise DalilError(
            "oidc.issuer names a provider, but not under what name it knows Dalil. "
            "Register Dalil there, and set oidc.client_id."
        )
    if settings and not settings.reader_groups and not settings.admin_groups:
        raise DalilError(
            "Nobody could log in at the provider: no group is let in. Name groups in "
            'oidc.reader_groups and oidc.admin_groups; oidc.reader_groups = ["*"] lets all in.'
        )


def client_secret(
    settings: OidcSettings, environment: Mapping[str, str] = os.environ
) -> str | None:
    """Return the secret that Dalil shares with the provider, `None` for a public client.

    Raises `DalilError`, never with a part of the secret.

    >>> client_secret(OidcSettings(), {SECRET_VARIABLE: " made-up "})
    'made-up'
    """
    file = settings.client_secret_file
    if file is None:
        return environment.get(SECRET_VARIABLE, "").strip() or None
    from rag.secret_file import read_secret

    secret = read_secret(file, "oidc.client_secret_file")
    if not secret or "\n" in secret:
        raise DalilError(f"The file {file} holds no secret: one line is wanted.")
    return secret


def is_safe(address: str, issuer: str) -> bool:
    """Return if nobody on the way can change what an address answers, as with the issuer's.

    >>> is_safe("https://id.example/keys", "https://id.example")
    True
    >>> is_safe("http://127.0.0.1/keys", "https://id.example"), is_safe("", "https://id.example")
    (False, False)
    """
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    plain = bool(parts.hostname) and address.isascii() and address.isprintable()
    local = parts.scheme == urlsplit(issuer).scheme == "http"
    return plain and " " not in address and (parts.scheme == "https" or local)


def unsafe_provider(settings: OidcSettings) -> Iterator[str]:
    """Yield why a server would not start with a provider, and whom it lets in too far.

    >>> list(unsafe_provider(OidcSettings()))
    []
    """
    if settings:
        try:
            check(settings)
            client_secret(settings)
        except DalilError as error:
            yield str(error)
    if settings and "*" in settings.reader_groups:
        yield (
            f"Whoever has an account at {settings.shown} reads all articles. Name groups in "
            "oidc.reader_groups, unless the provider lets the right people in only."
        )
    if settings and "*" in settings.admin_groups:
        yield (
            f"Whoever has an account at {settings.shown} is an administrator. "
            "Name groups in oidc.admin_groups."
        )
