"""The address of a site as browsers name it in `Origin` (RFC 6454): scheme, host and port."""

from __future__ import annotations

import ipaddress
import re

from corpus.errors import InputError

_ORIGIN = re.compile(
    r"(?P<scheme>https?)://(?:(?P<host>[^\s/?#@:\[\]\\]+)|\[(?P<address>[0-9a-f:.]+)\])"
    r"(?::(?P<port>[0-9]{1,5}))?",
    re.IGNORECASE,
)
# Letters, digits and hyphens (RFC 1123), and the underscore, which browsers accept.
_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_][a-z0-9_-]{0,62})*\Z")
# Sharp s, final sigma and the joiners: IDNA 2003 and 2008, which browsers follow, differ there.
_DEVIATING = re.compile("[ßẞς\u200c\u200d]")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_EXAMPLE = "Give scheme and host, and the port if it is an odd one: https://intranet.example:8443"


def web_origin(text: str) -> str:
    """Return an origin as a browser writes it; raise `InputError` for what is none.

    A host in other letters becomes the ASCII that stands for it, a usual port is left out.

    >>> web_origin("HTTPS://Intranet.Example:443"), web_origin("http://[::1]:8000")
    ('https://intranet.example', 'http://[::1]:8000')
    >>> web_origin("https://جريدة.example")
    'https://xn--ogbfjh9j.example'
    """
    if text.strip() in ("*", "null"):
        raise InputError(
            f"{text.strip()!r} is no origin: it would let pages of anybody ask. {_EXAMPLE}"
        )
    found = _ORIGIN.fullmatch(text)
    if found is None:
        raise InputError(f"{text!r} is no origin of a web page. {_EXAMPLE}")
    scheme = found["scheme"].lower()
    host = _address(found["address"]) if found["address"] else _name(found["host"])
    if host is None:
        raise InputError(f"{text!r} names no host that a browser would accept. {_EXAMPLE}")
    port = int(found["port"]) if found["port"] else _DEFAULT_PORTS[scheme]
    if not 0 < port < 65536:
        raise InputError(f"{text!r} has a port that does not exist. {_EXAMPLE}")
    return f"{scheme}://{host}" + ("" if port == _DEFAULT_PORTS[scheme] else f":{port}")


def _address(text: str) -> str | None:
    try:
        return f"[{ipaddress.IPv6Address(text)}]"
    except ValueError:
        return None


def _name(text: str) -> str | None:
    """Return a host's name in ASCII, `None` for what is none."""
    if _DEVIATING.search(text):
        return None
    try:
        name = text.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    if not _NAME.match(name):
        return None
    # Browsers read a name that ends in a number as an IPv4 address, or refuse it.
    if name.rpartition(".")[2].isdigit():
        try:
            return str(ipaddress.IPv4Address(name))
        except ValueError:
            return None
    return name
