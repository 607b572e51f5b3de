"""What is unsafe in settings and files: each a sentence with a remedy, for `dalil doctor`."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

from index.store.database import DATABASE
from ui.settings.settings import ServerSettings

# As many as a network of containers on one machine holds (Docker gives a /16); a larger one is a
# network of machines.
_MOST_PROXIES = 2**16
_LONG_SESSION_HOURS = 7 * 24
_READ, _CHANGE = stat.S_IROTH, stat.S_IWOTH


def unsafe_settings(server: ServerSettings) -> Iterator[str]:
    """Yield what the server's settings leave open.

    >>> list(unsafe_settings(ServerSettings()))
    []
    """
    if not server.on_loopback and server.without_login:
        yield (
            f"Whoever reaches {server.host} reads all articles and answers, without log-in. "
            "Take server.without_login back, and add users."
        )
    if not server.on_loopback and not server.is_secure:
        yield (
            f"On {server.host} questions and passwords may cross the network in the clear. Listen "
            "on 127.0.0.1 behind a proxy with TLS, and set server.base_url to its https address."
        )
    if server.base_url and not server.is_secure and _is_elsewhere(server.base_url):
        yield (
            f"Cookies of {server.base_url} are not secure: whoever listens on the network can "
            "take a log-in over. Use TLS, and an https address in server.base_url."
        )
    yield from _unsafe_proxies(server)
    if server.session_hours > _LONG_SESSION_HOURS:
        yield (
            f"A log-in lasts {server.session_hours:g} hours, and so does a stolen one. "
            "Lower server.session_hours."
        )
    if server.tracing and server.tracing.startswith("http:") and _is_elsewhere(server.tracing):
        yield (
            "Times of requests, and what the collector knows Dalil by, cross the network in the "
            f"clear on their way to {server.tracing}. Use an https address in server.tracing."
        )
    if server.log_questions:
        yield "The log holds what people ask. Take server.log_questions back, or tell them."


def _is_elsewhere(url: str) -> bool:
    # The parts of `rag` take a while to load, and few settings need to know.
    from rag.llm.providers import is_local

    return not is_local(url)


def _unsafe_proxies(server: ServerSettings) -> Iterator[str]:
    if server.identity_header and not server.trusted_proxies:
        yield (
            f"No proxy is trusted, so {server.identity_header} logs nobody in. "
            "Name the proxy in server.trusted_proxies, or take server.identity_header back."
        )
    for network in server.trusted_proxies:
        if ip_network(network).num_addresses > _MOST_PROXIES:
            yield (
                f"Every machine in {network} is believed when it says for whom it asks. "
                "Name the proxies alone in server.trusted_proxies."
            )


def unsafe_files(home: Path, settings_file: Path | None) -> Iterator[str]:
    """Yield what other users of this machine can do with the library and the settings file.

    What the group may do is the group's keeper's choice, so it is not looked at.
    """
    # Elsewhere, permissions are not these bits.
    if os.name != "posix":
        return
    files = [home, *sorted(home.rglob("*"))] if _can_be_reached(home / DATABASE) else []
    for bit, deed in ((_READ, "read"), (_CHANGE, "change")):
        found = [path for path in files if _allows(path, bit)]
        if found:
            yield (
                f"Every user of this machine can {deed} {found[0]}, which is of the library. "
                f"Close it with: chmod -R o-rwx {home}"
            )
    if settings_file is not None:
        yield from _unsafe_settings_file(settings_file.absolute())


def _unsafe_settings_file(path: Path) -> Iterator[str]:
    if path.stat().st_uid not in (0, os.geteuid()):
        yield f"The settings file {path} belongs to another user, who can change it."
    folder = path.parent.stat().st_mode
    # In a folder with the sticky bit, such as /tmp, only its owner can replace a file.
    replaceable = bool(folder & _CHANGE) and not folder & stat.S_ISVTX
    if _can_be_reached(path) and (_allows(path, _CHANGE) or replaceable):
        yield (
            f"Every user of this machine can change the settings file {path}. "
            f"Close it with: chmod o-w {path} {path.parent}"
        )


def _allows(path: Path, bit: int) -> bool:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        # Another process has just replaced it.
        return False
    # To read a folder is to list it, which tells no more than the names of our files.
    return bool(mode & bit) and (stat.S_ISREG(mode) or (stat.S_ISDIR(mode) and bit == _CHANGE))


def _can_be_reached(path: Path) -> bool:
    """Return whether every folder above lets all users through."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in path.resolve().parents)
