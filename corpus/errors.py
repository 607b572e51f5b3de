"""The one exception whose message is meant for the person at the keyboard, and its kinds."""

from __future__ import annotations

import errno

# What is no defect of ours: a disk that is full, over its quota, failing or read-only.
DISK_FAULTS = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS)


class DalilError(Exception):
    """A mistake or fault the user can mend; its text is a sentence with a remedy.

    The edges (command line, HTTP, chat) turn it into an exit code, a status or a message.
    Anything else that escapes is a defect of Dalil.
    """


class MissingError(DalilError):
    """What was named is not there (HTTP 404)."""


class PurgedError(DalilError):
    """What was named was there and has been removed for good (HTTP 410)."""


class InputError(DalilError):
    """What was given is of the wrong form (HTTP 422)."""


class DamagedError(DalilError):
    """What the library holds is not what was stored: the disk, or another program, changed it."""
