"""Where questions and passages go when a language model writes the answers.

Nothing else of Dalil sends anything anywhere, so this is all that can leave the machine.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from ui.settings.settings import Settings

# Where providers' packages send to, by variable and unless told otherwise.
_PROVIDERS = {
    "ollama": (("OLLAMA_HOST",), "http://127.0.0.1:11434"),
    "openai": (("OPENAI_API_BASE", "OPENAI_BASE_URL"), "https://api.openai.com"),
    "anthropic": (("ANTHROPIC_API_URL", "ANTHROPIC_BASE_URL"), "https://api.anthropic.com"),
}


def is_local(url: str) -> bool:
    """Return whether an address is of this machine only.

    >>> is_local("http://127.0.0.1:8000/v1"), is_local("http://[::1]"), is_local("https://10.0.0.7")
    (True, True, False)
    """
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


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
    provider = settings.llm.partition(":")[0].lower()
    variables, usual = _PROVIDERS.get(provider, ((), ""))
    named = (settings.llm_base_url, *(environment.get(name) for name in variables))
    url = next((url for url in named if url), usual)
    if not url:
        return f"the provider {provider}"
    # Ollama's variable may go without a scheme; its own 0.0.0.0 means this machine to a client.
    whole = url if "//" in url else f"http://{url}"
    stays = is_local(whole) or (urlsplit(whole).hostname == "0.0.0.0" and provider == "ollama")
    return None if stays else without_secret(whole)


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
    where = destination(settings)
    if where is None:
        return "Nothing leaves this machine."
    return (
        f"Each question, those before it and the passages found for it are sent to {where}, "
        f"where {settings.llm} writes the answers. Without the setting llm nothing leaves this "
        "machine."
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
