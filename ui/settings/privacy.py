"""Where a language model that writes and translates is sent what, what is fetched, who gets times.

Nothing else of Dalil sends anything anywhere, so this is all that can leave the machine.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from ui.settings.settings import Settings


def destination(settings: Settings, environment: Mapping[str, str] = os.environ) -> str | None:
    """Return where questions and passages are sent, `None` if they stay on this machine.

    A provider that is not known here is its own destination.

    >>> destination(Settings(llm="ollama:llama3.2"), {}) is None
    True
    >>> destination(Settings(llm="openai:gpt-5", llm_base_url="https://llm.example/v1"), {})
    'https://llm.example/v1'
    """
    if settings.llm is None:
        return None
    from rag.llm.providers import PROVIDERS, is_local, split_model

    known = PROVIDERS.get(split_model(settings.llm)[0])
    url = settings.llm_base_url or (known and (known.named(environment) or known.site))
    if not url:
        return f"the provider {settings.llm.partition(':')[0].lower()}"
    is_here = known.is_here if known else is_local
    return None if is_here(url) else without_secret(url)


def without_secret(url: str) -> str:
    """Return an address without a name, a password and what stands behind a question mark.

    >>> without_secret("https://me:secret@llm.example:8443/v1?key=secret")
    'https://llm.example:8443/v1'
    """
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def told(settings: Settings) -> str:
    """Return a sentence for whoever looks after Dalil: what leaves the machine, and where to.

    >>> told(Settings())
    'Nothing leaves this machine.'
    """
    parts = (_points(settings), _sites(settings), _provider(settings), _collector(settings))
    where, sites = destination(settings), " ".join(filter(None, parts))
    if settings.index.startswith("qdrant:") and where is None:
        return sites
    if where is None and not sites:
        return "Nothing leaves this machine."
    if where is None:
        return f"Nothing of the library leaves this machine. {sites}"
    return (
        f"Each question, those before it and the passages found for it are sent to {where}, "
        f"where {settings.llm} writes the answers, and so is each quote that a reader wants "
        f"translated. Without the setting llm nothing leaves this machine. {sites}"
    ).rstrip()


def _points(settings: Settings) -> str:
    """Return a sentence on where the searched passages are kept, "" if on this machine.

    >>> told(Settings(index="qdrant:https://points.example?shards=3"))[-23:]
    'https://points.example.'
    """
    kind, _, address = settings.index.partition(":")
    if kind != "qdrant":
        return ""
    return (
        "What is searched of passages and questions (vectors, tokens, dates, outlets) is sent to "
        f"{without_secret(address)}."
    )


def _sites(settings: Settings) -> str:
    """Return a sentence on where links and feeds may be fetched from, "" if from nowhere."""
    if not settings.connect:
        return ""
    named = "any public site" if "*" in settings.connect else ", ".join(settings.connect)
    return f"Links and feeds that somebody adds are fetched from {named}."


def _provider(settings: Settings) -> str:
    """Return a sentence on where readers log in, "" if here only.

    >>> from ui.settings.oidc import OidcSettings
    >>> told(Settings(oidc=OidcSettings(issuer="https://id.example")))[-45:]
    'Readers log in at https://id.example as well.'
    """
    if not settings.oidc:
        return ""
    return f"Readers log in at {without_secret(settings.oidc.issuer or '')} as well."


def _collector(settings: Settings) -> str:
    """Return a sentence on where times are sent, "" if they stay on this machine.

    >>> from ui.settings.settings import ServerSettings
    >>> told(Settings(server=ServerSettings(tracing="http://127.0.0.1:4318")))
    'Nothing leaves this machine.'
    """
    from rag.llm.providers import is_local

    where = settings.server.tracing
    if where is None or is_local(where):
        return ""
    return f"Times of requests and answers, no word of them, are sent to {without_secret(where)}."


def unsafe_links(settings: Settings) -> Iterator[str]:
    """Yield what links and feeds could reach that is not public.

    >>> list(unsafe_links(Settings(connect_private=("10.0.0.0/8",))))
    []
    """
    if settings.connect and settings.connect_private:
        yield (
            f"Links and feeds may lead into {', '.join(settings.connect_private)}: whoever adds "
            "one can read pages there. Take connect_private back, or name single addresses."
        )


def unsafe_model(settings: Settings) -> Iterator[str]:
    """Yield what is open on the way to the model.

    >>> list(unsafe_model(Settings(llm="openai:x", llm_base_url="http://llm.example/v1")))[0][:56]
    'Questions and passages cross the network in the clear on'
    """
    where = destination(settings)
    if where is not None and where.startswith("http:"):
        yield (
            f"Questions and passages cross the network in the clear on their way to {where}. "
            "Use an https address in llm_base_url."
        )
