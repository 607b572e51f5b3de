"""The file of settings, and their kinds: what a value may be, and how it is read."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus.errors import DalilError

# The settings file of the current folder; the variable names another one.
SETTINGS_FILE, FILE_VARIABLE = "dalil.toml", "DALIL_SETTINGS"
_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
# A field name of HTTP (RFC 9110, section 5.1).
_FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_MODEL = re.compile(r"[A-Za-z0-9_-]+:\S+")
_TRUTH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def default_home() -> Path:
    """Return the place that the XDG base directory specification gives to user data."""
    base = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(base).expanduser() / "dalil"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a setting may be.

    `wants` says so ("a name"); `check` takes TOML's value and returns the setting's, `parse` does
    so with the text of a variable.  Both raise `ValueError`.
    """

    wants: str
    check: Callable[[object], object]
    parse: Callable[[str], object]


def setting(default: Any, kind: Kind, about: str) -> Any:  # noqa: ANN401 - the field has the type
    """Return a field of a settings class; a function as its default is called for it."""
    metadata = {"kind": kind, "about": about}
    if callable(default):
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata)


def whole(low: int, high: int) -> Kind:
    """Return the kind of whole numbers from `low` to `high`.

    >>> port = whole(0, 65_535)
    >>> port.parse("7860"), port.check(7860), port.wants
    (7860, 7860, 'a whole number from 0 to 65535')
    """

    def check(value: object) -> int:
        # To Python, `true` is a whole number as well.
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError
        return value

    return Kind(f"a whole number from {low} to {high}", check, lambda text: check(int(text)))


def number(low: float, high: float) -> Kind:
    """Return the kind of numbers from `low` to `high`.

    >>> number(0.1, 3600).parse("2.5")
    2.5
    """

    def check(value: object) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise ValueError
        # NaN is in no order, so it is refused here.
        if not low <= value <= high:
            raise ValueError
        return float(value)

    return Kind(f"a number from {low:g} to {high:g}", check, lambda text: check(float(text)))


def _text_of(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise ValueError
    return value


def of_text(wants: str, read: Callable[[str], object]) -> Kind:
    """Return a kind whose values are text in TOML as in a variable."""
    return Kind(wants, lambda value: read(_text_of(value)), lambda text: read(_text_of(text)))


def many(one: Kind, wants: str) -> Kind:
    """Return the kind of lists of `one`; a variable's text has commas between.

    >>> many(HOST, "host names").parse("dalil.example, 10.0.0.7")
    ('dalil.example', '10.0.0.7')
    """

    def check(value: object) -> tuple[object, ...]:
        if not isinstance(value, list):
            raise ValueError
        return tuple(dict.fromkeys(map(one.check, value)))

    return Kind(wants, check, lambda text: check([part.strip() for part in text.split(",")]))


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _truth_of(text: str) -> bool:
    if (value := _TRUTH.get(text.strip().lower())) is None:
        raise ValueError
    return value


def _absolute(text: str) -> Path:
    path = Path(text).expanduser()
    if not path.is_absolute():
        raise ValueError
    return path


def _host(text: str) -> str:
    """Return a host's name or address as browsers send it, without brackets.

    >>> _host("Dalil.Example"), _host("[::1]"), _host("دليل.example")
    ('dalil.example', '::1', 'xn--ugb6bax.example')
    """
    host = text.lower().removeprefix("[").removesuffix("]").encode("idna").decode()
    if ":" in host or re.fullmatch(r"[0-9.]+", host):
        from ipaddress import ip_address

        return str(ip_address(host))
    if not _NAME.fullmatch(host):
        raise ValueError
    return host


def _network(text: str) -> str:
    """Return an address or network as the `ipaddress` module writes networks.

    >>> _network("127.0.0.1"), _network("10.0.0.0/8")
    ('127.0.0.1/32', '10.0.0.0/8')
    """
    from ipaddress import ip_network

    return str(ip_network(text))


def _base_url(text: str) -> str:
    """Return scheme, host and port, in lower case.

    >>> _base_url("https://Dalil.example/")
    'https://dalil.example'
    """
    from urllib.parse import urlsplit

    parts = urlsplit(text.lower())
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ValueError
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError
    host = _host(parts.hostname)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://[{host}]{port}" if ":" in host else f"{parts.scheme}://{host}{port}"


def _url(text: str) -> str:
    """Return an address without the slash at its end; a path may stand in it, a secret may not.

    >>> _url("http://127.0.0.1:8000/v1/")
    'http://127.0.0.1:8000/v1'
    """
    from urllib.parse import urlsplit

    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ValueError
    # Reading the port checks it.
    if parts.query or parts.fragment or parts.port == 0:
        raise ValueError
    return text.rstrip("/")


def _model(text: str) -> str:
    """Return a model's name with its provider before it.

    >>> _model("ollama:llama3.2:3b")
    'ollama:llama3.2:3b'
    """
    if not _MODEL.fullmatch(text):
        raise ValueError
    return text


def _index(text: str) -> str:
    """Return what `index.qdrant.places.connect` understands, an address without a secret.

    >>> _index("qdrant:http://127.0.0.1:6333?shards=3"), _index("qdrant-edge:points")
    ('qdrant:http://127.0.0.1:6333?shards=3', 'qdrant-edge:points')
    """
    kind, _, place = text.partition(":")
    if text == "embedded" or (kind == "qdrant-edge" and place):
        return text
    address, _, options = place.partition("?")
    if kind != "qdrant" or not re.fullmatch(r"((shards|replicas)=[1-9]\d*(&(?!$)|$))*", options):
        raise ValueError
    return f"qdrant:{_url(address)}" + (f"?{options}" if options else "")


def _field_name(text: str) -> str:
    if not _FIELD_NAME.fullmatch(text):
        raise ValueError
    return text


def one_of(*names: str) -> Kind:
    """Return the kind of a name out of a few.

    >>> one_of("strict", "eager").parse("Eager"), one_of("strict", "eager").wants
    ('eager', 'strict or eager')
    """

    def named(text: str) -> str:
        if text.lower() not in names:
            raise ValueError
        return text.lower()

    return of_text(" or ".join(filter(None, (", ".join(names[:-1]), names[-1]))), named)


def _site(text: str) -> str:
    return text if text == "*" else _host(text)


TEXT = of_text("text", str)
FOLDER = of_text("a folder", lambda text: Path(text).expanduser())
FOLDERS = many(
    of_text("a folder by its absolute path", _absolute),
    "a list of folders by their absolute paths such as /srv/news",
)
FILE = of_text("a file", lambda text: Path(text).expanduser())
HOST = of_text("a host name or address without a port", _host)
HOSTS = many(HOST, "a list of host names or addresses without ports or wildcards")
SITES = many(of_text("a site", _site), "a list of host names such as news.example, or *")
NETWORK = of_text("an address or network", _network)
NETWORKS = many(NETWORK, "a list of addresses or networks such as 10.0.0.0/24")
BASE_URL = of_text("an address such as https://dalil.example, without a path", _base_url)
URL = of_text("an address such as http://127.0.0.1:8000/v1", _url)
NAMES = many(of_text("a name", str.strip), "a list of names")
INDEX = of_text("embedded, qdrant:URL or qdrant-edge:FOLDER", _index)
MODEL = of_text("a provider and a model such as ollama:llama3.2", _model)
FIELD_NAME = of_text("the name of an HTTP header such as X-Remote-User", _field_name)
YES_OR_NO = Kind("true or false", _truth, _truth_of)


def settings_file() -> Path | None:
    """Return the file whose settings count, if there is one."""
    named = os.environ.get(FILE_VARIABLE)
    if named:
        return Path(named).expanduser()
    try:
        return Path(SETTINGS_FILE).absolute() if Path(SETTINGS_FILE).exists() else None
    except OSError:
        # A folder that may not be entered, as where another user started this, holds none for us.
        return None


def read_file(path: Path) -> dict[str, Any]:
    """Return the table of a settings file; raise `DalilError` where it cannot be read."""
    import tomllib

    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise DalilError(
            f"The settings file {path} cannot be read ({error.strerror}). "
            f"Mend it, or set {FILE_VARIABLE} to another."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DalilError(f"The settings file {path} is not TOML in UTF-8: {error}.") from error
