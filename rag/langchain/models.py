"""Chat models by name, as "ollama:llama3.2", through LangChain's `init_chat_model`."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from ssl import PROTOCOL_TLS_CLIENT, SSLContext
from typing import Any
from urllib.parse import urlsplit

from corpus.errors import DalilError
from rag.langchain.chat import LangChainModel
from rag.langchain.keys import NO_KEY, Bearer, find_key
from rag.llm.protocol import ChatModel, Limits
from rag.llm.providers import PROVIDERS, split_model

# A machine that does not take a connection within this many seconds is not there.
_CONNECT_S = 10.0

Options = dict[str, Any]


def load_chat_model(
    name: str,
    *,
    base_url: str | None = None,
    key_file: Path | None = None,
    limits: Limits | None = None,
) -> ChatModel:
    """Return the model that `name` means, "provider:model"; nothing is asked of it yet.

    `base_url` is the server if it is not the provider's own.  The key stands in the provider's
    environment variable or in `key_file`.  Raises `DalilError` for a name, address or key that
    cannot be meant, and for a package that is not installed.
    """
    provider, model = split_model(name)
    if not (provider and model):
        raise DalilError(
            f"{name!r} names no language model. Write provider and model, as in ollama:llama3.2."
        )
    limits = limits or Limits()
    known = PROVIDERS.get(provider)
    if known is None:
        return _of_other_provider(name, base_url, key_file, limits)
    _check_installed(f"langchain_{provider}", provider)
    own_base = base_url or known.named(os.environ)
    base = own_base or known.address
    server = _server(base)
    key = find_key(key_file, known.key, os.environ)
    if key is None and known.wants_key:
        if own_base is None:
            raise DalilError(
                f"{name} wants a key. Set {known.key}, or name a file that holds it in "
                "DALIL_LLM_KEY_FILE."
            )
        key = NO_KEY
    client = _client(f"{provider}:{model}", _OPTIONS[provider](base, key, limits))
    return LangChainModel(name, client, server, limits)


def _of_other_provider(
    name: str, base_url: str | None, key_file: Path | None, limits: Limits
) -> ChatModel:
    """Return a model of a provider that only LangChain knows, with LangChain's common options."""
    options: Options = {"max_tokens": limits.answer_tokens, "max_retries": 0}
    server = name.partition(":")[0]
    if base_url is not None:
        server, options["base_url"] = _server(base_url), base_url
    if key_file is not None:
        options["api_key"] = find_key(key_file, "", {})
    return LangChainModel(name, _client(name, options), server, limits, says_end=False)


def _client(name: str, options: Options) -> Any:  # noqa: ANN401 - langchain is not looked into
    _check_installed("langchain", "langchain")
    from langchain.chat_models import init_chat_model

    try:
        return init_chat_model(name, **options)
    except ImportError as error:
        package = str(getattr(error.__cause__, "name", "") or "").split(".")[0].replace("_", "-")
        raise DalilError(
            f"The package for {name} is not installed. "
            f"Install it with: pip install {package or 'langchain-' + name.partition(':')[0]}"
        ) from None
    # A client may repeat the key in what it says, so only the kind of its error is told.
    except Exception as error:
        raise DalilError(
            f"LangChain makes no language model of {name} ({type(error).__name__}). "
            "Check the provider's name, and the environment variable with its key."
        ) from None


def _check_installed(package: str, extra: str) -> None:
    # LangChain itself fails in several ways then, by an AttributeError even for Ollama.
    if find_spec(package) is None:
        raise DalilError(
            f"The package {package.replace('_', '-')} is not installed. "
            f"Install it with: pip install '.[{extra}]'"
        )


def _server(base_url: str) -> str:
    """Return host and port of an address, without any password in it.

    >>> _server("http://reader:secret@localhost:8000/v1")
    'localhost:8000'
    """
    wrong = DalilError(
        "The address of the language model is not one. Write it like http://localhost:8000/v1."
    )
    try:
        parts = urlsplit(base_url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise wrong from None
    if parts.scheme not in ("http", "https") or not host:
        raise wrong
    host = f"[{host}]" if ":" in host else host
    return f"{host}:{port}" if port else host


def _timeouts(limits: Limits) -> tuple[float, float, float, float]:
    """Return httpx's limits (connect, read, write, pool); the deadlines are kept elsewhere."""
    connect = min(_CONNECT_S, limits.first_token_s)
    return (connect, limits.total_s, limits.total_s, limits.total_s)


def _ollama(base_url: str, key: str | None, limits: Limits) -> Options:
    client: Options = {"timeout": _timeouts(limits)}
    if PROVIDERS["ollama"].is_here(base_url):
        client |= _direct(base_url)
    if key is not None:
        client["auth"] = Bearer(key)
    return {
        "base_url": base_url,
        "client_kwargs": client,
        # Without it Ollama takes a window of its own and drops the start of a longer prompt.
        "num_ctx": limits.window,
        "num_predict": limits.answer_tokens,
        # To point at sentences needs no long thoughts, and the reader waits.
        "reasoning": False,
        "temperature": 0,
    }


def _openai(base_url: str, key: str | None, limits: Limits) -> Options:
    options: Options = {
        "base_url": base_url,
        "api_key": key,
        "timeout": _timeouts(limits),
        "max_retries": 0,
        "max_tokens": limits.answer_tokens,
        "stream_usage": False,
        "stream_chunk_timeout": None,
        # The servers that speak OpenAI's protocol all know this part of it.
        "use_responses_api": False,
    }
    if base_url != PROVIDERS["openai"].address:
        # OpenAI's own newer models refuse to be given one.
        options["temperature"] = 0
    if PROVIDERS["openai"].is_here(base_url):
        from openai import DefaultAsyncHttpxClient, DefaultHttpxClient

        client = {"timeout": _timeouts(limits), **_direct(base_url)}
        options["http_client"] = DefaultHttpxClient(**client)
        options["http_async_client"] = DefaultAsyncHttpxClient(**client)
    return options


def _direct(base_url: str) -> Options:
    """Return what makes httpx pass by the environment's proxy, which has no part in local talk."""
    if urlsplit(base_url).scheme == "https":
        return {"trust_env": False}
    # Without TLS no certificates are needed, and to load them takes most of the time to get ready.
    return {"trust_env": False, "verify": SSLContext(PROTOCOL_TLS_CLIENT)}


def _anthropic(base_url: str, key: str | None, limits: Limits) -> Options:
    return {
        "base_url": base_url,
        "api_key": key,
        "timeout": limits.total_s,
        "max_retries": 0,
        "max_tokens": limits.answer_tokens,
    }


_OPTIONS = {"ollama": _ollama, "openai": _openai, "anthropic": _anthropic}
