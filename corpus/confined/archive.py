"""Zipped documents, unpacked in memory and within limits; nothing is ever written."""

from __future__ import annotations

import zipfile
import zlib
from collections import Counter
from io import BytesIO

from corpus.confined.limits import LIMITS, Limits
from corpus.errors import DalilError

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1


class Archive:
    """The members of a zipped document by their names.

    Raises `DalilError` for bytes that are no archive, or one beyond `limits`: what its directory
    says is checked first, and what is unpacked is counted, since a directory can lie.
    """

    def __init__(self, data: bytes, limits: Limits = LIMITS) -> None:
        self._limits = limits
        self._left = limits.unpacked
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as error:
            raise DalilError(
                "The file is not a whole zipped document; save it anew from its program."
            ) from error
        members = self._zip.infolist()
        _check_names(members, limits)
        _check_sizes(members, len(data), limits)
        self.names = frozenset(member.filename for member in members)

    def read(self, name: str) -> bytes:
        """Return a member's bytes; raises `DalilError` where there is none, or it is damaged."""
        if name not in self.names:
            raise DalilError(
                f'The document has no part "{name[:100]}"; save it anew from its program.'
            )
        most = min(self._limits.member, self._left)
        try:
            with self._zip.open(name) as stream:
                data = stream.read(most + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
            raise DalilError(
                f'The part "{name[:100]}" of the document is damaged; save it anew.'
            ) from error
        if len(data) > most:
            raise DalilError(_too_large(most))
        self._left -= len(data)
        return data


def _check_names(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(members) > limits.members:
        raise DalilError(
            f"The document has {len(members):,} parts, more than the {limits.members:,} that are "
            "read; split it, or save its text."
        )
    twice = [name for name, count in Counter(one.filename for one in members).items() if count > 1]
    if twice:
        raise DalilError(
            f'The document has two parts named "{twice[0][:100]}"; save it anew from its program.'
        )
    for member in members:
        if _climbs(member.filename):
            raise DalilError(
                f'The document has a part named "{member.filename[:100]}", which leads out of it; '
                "take it from a source that you trust."
            )
        if member.flag_bits & _ENCRYPTED:
            raise DalilError(
                "The document is protected with a password; save it without one and add that."
            )
        if member.compress_type not in _METHODS:
            raise DalilError("The document is packed in an unusual way; save it anew.")


def _climbs(name: str) -> bool:
    r"""Return if a member's name leads out of the folder it would be unpacked to.

    >>> [_climbs(name) for name in ("word/a.xml", "a..b", "../a", "/a", "C:\\a", "a\\..\\..\\b")]
    [False, False, True, True, True, True]
    """
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or name.startswith(("/", "\\")) or parts[0][1:2] == ":"


def _check_sizes(members: list[zipfile.ZipInfo], packed: int, limits: Limits) -> None:
    unpacked = sum(member.file_size for member in members)
    if unpacked > limits.unpacked:
        raise DalilError(_too_large(limits.unpacked))
    if unpacked > limits.ratio_from and unpacked > limits.ratio * packed:
        raise DalilError(
            f"The document unpacks to more than {limits.ratio} times its size, as no text does; "
            "save its text and add that."
        )


def _too_large(most: int) -> str:
    return (
        f"The document unpacks to more than {most / 2**20:.4g} MiB; split it, or save its text "
        "without pictures."
    )
