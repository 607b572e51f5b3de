"""Which machines may be reached: hosts by name, and every address that a name leads to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from corpus.errors import DalilError

Address = IPv4Address | IPv6Address
# Takes a host and a port and returns the addresses of the host as text.
Resolver = Callable[[str, int], Sequence[str]]

EVERY_HOST = "*"
# Not public, whatever a release of Python knows: networks for special purposes (RFC 6890, 7526,
# 9602, 9637), and where Azure's services for a virtual machine answer, its metadata among them.
_NOT_PUBLIC = tuple(
    map(
        ip_network,
        ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20", "5f00::/16", "168.63.129.16/32"),
    )
)
# Addresses that a translator makes of IPv4 ones (NAT64, RFC 6052).
_TRANSLATED = ip_network("64:ff9b::/96")


class ForbiddenError(DalilError):
    """Nothing may be fetched from there."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may be reached.

    `hosts` are names with all names below them, `*` for every host, none for none; `networks` are
    those in which addresses need not be public, as `ip_network` reads them.

    >>> news = Allowed(hosts=("news.example",))
    >>> news.has_host("www.News.example"), news.has_host("badnews.example")
    (True, False)
    """

    hosts: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()

    def has_host(self, host: str) -> bool:
        """Return whether a host's name is allowed, whatever its addresses are."""
        name = _ascii(host)
        return any(
            one == EVERY_HOST or name == _ascii(one) or name.endswith("." + _ascii(one))
            for one in self.hosts
        )

    def check_host(self, host: str) -> None:
        """Raise `ForbiddenError` for a host whose name is not allowed."""
        if not self.hosts:
            raise ForbiddenError(
                "Dalil opens no connections. Allow it in the setting connect, with the names of "
                "sites, or * for every public site (DALIL_CONNECT='*')."
            )
        if not self.has_host(host):
            raise ForbiddenError(
                f"The setting connect does not name {host}. Add it there, or save the page and "
                "add the file."
            )

    def has_address(self, text: str) -> bool:
        """Return whether an address is public, or in one of the networks.

        An IPv6 address that carries an IPv4 one is judged by both.

        >>> everywhere = Allowed(hosts=("*",))
        >>> [everywhere.has_address(one) for one in ("1.1.1.1", "10.0.0.7", "64:ff9b::7f00:1")]
        [True, False, False]
        """
        try:
            address = ip_address(text)
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.scope_id:
            return False
        return all(self._has(one) for one in _meant(address))

    def _has(self, address: Address) -> bool:
        return is_public(address) or any(address in ip_network(one) for one in self.networks)


def is_public(address: Address) -> bool:
    """Return whether an address is one of the Internet, and not of a cloud's own services.

    Private, loopback, link-local, shared, multicast, reserved and unspecified ones are not.
    """
    if isinstance(address, IPv6Address) and address.is_site_local:
        return False
    return (
        address.is_global
        and not (address.is_multicast or address.is_reserved or address.is_unspecified)
        and not any(address in network for network in _NOT_PUBLIC)
    )


def _ascii(host: str) -> str:
    """Return a host's name in lower case, as the Internet writes names in other scripts.

    >>> _ascii("مثال.Example."), _ascii("::1")
    ('xn--mgbh0fb.example', '::1')
    """
    try:
        return host.lower().rstrip(".").encode("idna").decode()
    except UnicodeError:
        # What is no name names nothing.
        return host.lower().rstrip(".")


def _meant(address: Address) -> Iterator[Address]:
    """Yield the addresses that a packet to `address` may end at."""
    if isinstance(address, IPv4Address):
        yield address
    elif address.ipv4_mapped:
        yield address.ipv4_mapped
    elif address in _TRANSLATED:
        yield IPv4Address(address.packed[-4:])
    else:
        yield address
        if address.sixtofour:
            yield address.sixtofour
        if address.teredo:
            yield from address.teredo


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host, as the system finds them; raises `OSError`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def checked_addresses(
    host: str, port: int, allowed: Allowed, resolver: Resolver, seconds: float
) -> list[str]:
    """Return the addresses of a host, all of which may be reached.

    One that may not rules the host out, for a name with a public and a private address is no
    accident.  Raises `ForbiddenError`, and `DalilError` where nothing is found in time.
    """
    allowed.check_host(host)
    found = _in_time(resolver, host, port, seconds)
    if not found:
        raise DalilError(f"The host {host} is not found. Check the address, or try again later.")
    for address in found:
        if not allowed.has_address(address):
            raise ForbiddenError(
                f"The host {host} is {address}, which is no public address. If you mean a machine "
                "of your own, name its network in the setting connect_private."
            )
    return list(found)


def _in_time(resolver: Resolver, host: str, port: int, seconds: float) -> Sequence[str]:
    """Resolve in a thread of its own: the system's resolver takes no limit."""
    found: list[str] = []

    def look() -> None:
        try:
            found.extend(resolver(host, port))
        # `UnicodeError` comes from names that are none, such as one with an empty label.
        except (OSError, UnicodeError):
            found.clear()

    thread = threading.Thread(target=look, name="resolve", daemon=True)
    thread.start()
    thread.join(seconds)
    return [] if thread.is_alive() else found
