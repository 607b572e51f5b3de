"""A process that reads files needs no network, and gives it up where the system lets it."""

from __future__ import annotations

import ctypes

# unshare(2); a namespace of users gives the right to one of networks, and to nothing outside.
_NEW_NETWORK, _NEW_USERS = 0x40000000, 0x10000000


def leave_network() -> bool:
    """Leave all networks, loopback too, for good; return if that was possible.

    Linux lets a process with one thread do so, unless whoever runs the machine forbids it.
    """
    try:
        unshare = ctypes.CDLL(None, use_errno=True).unshare
    except (AttributeError, OSError, TypeError):
        return False
    return bool(unshare(_NEW_NETWORK) == 0 or unshare(_NEW_NETWORK | _NEW_USERS) == 0)
