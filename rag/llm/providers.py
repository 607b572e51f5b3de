"""Providers of language models: where each is reached, and which variables of the environment say.

Known here without LangChain, since settings tell what leaves the machine where it is not installed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider's usual server (`site`, and `path` of its API), and its variables.

    The first of `variables` that is set names another server, `key` holds the key.  A server of
    one's own needs no key, the usual one only if it `wants_key`.  `also_here` are hosts that mean
    this machine to its clients, beside those that do to all.
    """

    name: str
    key: str
    variables: tuple[str, ...]
    site: str
    path: str = ""
    wants_key: bool = True
    also_here: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """The usual address, whole: a client left to itself may take LangSmith's gateway for it."""
        return self.site + self.path

    def named(self, environment: Mapping[str, str]) -> str | None:
        """Return the server that the provider's own variables name, if they do.

        >>> PROVIDERS["openai"].named({"OPENAI_BASE_URL": "https://models.example/v1"})
        'https://models.example/v1'
        >>> PROVIDERS["openai"].named({"OLLAMA_HOST": "box"})
        """
        found = next((environment[name] for name in self.variables if environment.get(name)), None)
        return self._whole(found) if found else None

    def is_here(self, url: str) -> bool:
        """Return whether an address is of this machine only.

        >>> PROVIDERS["ollama"].is_here("http://0.0.0.0:11434")
        True
        """
        return is_local(url) or urlsplit(url).hostname in self.also_here

    def _whole(self, address: str) -> str:
        """Return the address that a variable means, since OLLAMA_HOST is mostly a host alone.

        >>> ollama = PROVIDERS["ollama"]
        >>> ollama._whole("192.168.1.20"), ollama._whole("box:80"), ollama._whole("https://a.example")
        ('http://192.168.1.20:11434', 'http://box:80', 'https://a.example')
        """
        if "://" in address:
            return address
        port = urlsplit(self.site).port
        return f"http://{address}:{port}" if port and ":" not in address else f"http://{address}"


_KNOWN = (
    Provider(
        "ollama",
        "OLLAMA_API_KEY",
        ("OLLAMA_HOST",),
        "http://localhost:11434",
        wants_key=False,
        # Where its server listens is often left in the variable that its clients read too.
        also_here=("0.0.0.0",),
    ),
    Provider(
        "openai",
        "OPENAI_API_KEY",
        ("OPENAI_API_BASE", "OPENAI_BASE_URL"),
        "https://api.openai.com",
        "/v1",
    ),
    Provider(
        "anthropic",
        "ANTHROPIC_API_KEY",
        ("ANTHROPIC_API_URL", "ANTHROPIC_BASE_URL"),
        "https://api.anthropic.com",
    ),
)
PROVIDERS: Mapping[str, Provider] = {provider.name: provider for provider in _KNOWN}


def split_model(name: str) -> tuple[str, str]:
    """Return provider and model of a model's name, either empty where it has none.

    >>> split_model("Google-GenAI: gemini"), split_model("ollama:llama3.2:3b"), split_model("llama")
    (('google_genai', 'gemini'), ('ollama', 'llama3.2:3b'), ('llama', ''))
    """
    provider, _, model = name.partition(":")
    return provider.strip().replace("-", "_").lower(), model.strip()


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
