"""Who is at the other end of a connection, when there may be a reverse proxy between."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import Scope

# What only a proxy may say of a request.
_FORWARDED = frozenset(
    {"forwarded", "x-real-ip", "x-forwarded-for", "x-forwarded-host", "x-forwarded-port",
     "x-forwarded-prefix", "x-forwarded-proto", "x-forwarded-scheme", "x-forwarded-server"}
)  # fmt: skip
# Whoever has one IPv6 address has this many bits of others.
_IPV6_NETWORK_BITS = 64


class Proxies:
    """The reverse proxies that are believed, as addresses and networks.

    >>> proxies = Proxies(["10.0.0.0/8", "::1"])
    >>> proxies.trusts("10.1.2.3"), proxies.trusts("::ffff:10.1.2.3"), proxies.trusts("192.0.2.1")
    (True, True, False)
    """

    def __init__(self, trusted: Sequence[str]) -> None:
        self._networks = [ip_network(network, strict=False) for network in trusted]

    def trusts(self, address: str) -> bool:
        """Return if a proxy of ours has that address."""
        try:
            found = ip_address(address)
        except ValueError:
            return False
        if isinstance(found, IPv6Address) and found.ipv4_mapped:
            found = found.ipv4_mapped
        return any(found in network for network in self._networks)

    def client(self, peer: str, forwarded: Sequence[str]) -> str:
        """Return the address that a request came from: the last that no proxy of ours has.

        `forwarded` are the values of `X-Forwarded-For`, to whose end each proxy adds whom it
        heard; what stands before an address that is not trusted could be anything.

        >>> proxies = Proxies(["10.0.0.0/8"])
        >>> proxies.client("10.0.0.1", ["192.0.2.9, 198.51.100.7, 10.0.0.2"])
        '198.51.100.7'
        >>> proxies.client("192.0.2.1", ["198.51.100.7"]), proxies.client("10.0.0.1", ["what?"])
        ('192.0.2.1', '10.0.0.1')
        """
        address = peer
        hops = [hop.strip() for value in forwarded for hop in value.split(",")]
        while hops and self.trusts(address):
            following = hops.pop()
            if not _is_address(following):
                break
            address = following
        return address

    def checked(self, scope: Scope, identity_header: str | None) -> Headers:
        """Return the headers of a request, those removed that only a proxy may send."""
        headers = Headers(scope=scope)
        if self.trusts(peer_of(scope)):
            return headers
        refused = _FORWARDED | ({identity_header.lower()} if identity_header else set())
        return Headers(raw=[(n, v) for n, v in headers.raw if n.decode("latin-1") not in refused])


def peer_of(scope: Scope) -> str:
    """Return the address at the other end of the connection, empty if there is none."""
    return scope["client"][0] if scope.get("client") else ""


def origin_of(address: str) -> str:
    """Return what attempts from an address are counted under.

    >>> origin_of("2001:db8:1:2:3:4:5:6"), origin_of("192.0.2.1"), origin_of("")
    ('2001:db8:1:2::/64', '192.0.2.1', '')
    """
    if not _is_address(address):
        return address
    found = ip_address(address)
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ip_network((int(found), _IPV6_NETWORK_BITS), strict=False))
    return str(found)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
