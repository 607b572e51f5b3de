"""Passwords and their argon2 hashes (RFC 9106), the only form in which they are kept."""

from __future__ import annotations

import secrets
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from corpus.errors import DalilError, InputError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

# Length is what helps against guessing (NIST SP 800-63B); rules about characters are not.
SHORTEST_PASSWORD = 12
# Nobody types more, and hashing takes time with each byte.
LONGEST_PASSWORD = 1_024


def hash_password(password: str) -> str:
    """Return the hash to keep of a new password.

    Raises `InputError` for one that is too short or too long, `DalilError` without argon2.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise InputError(
            f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD:,} characters. "
            "Four or five words at random are easy to remember."
        )
    return _hasher().hash(_bytes(password))


def is_password(password: str, kept: str | None) -> bool:
    """Return if `kept` is the hash of `password`; without one, take as long and return false."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        _hasher().verify(kept or _nobody(), _bytes(password[:LONGEST_PASSWORD]))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None and len(password) <= LONGEST_PASSWORD


def _bytes(password: str) -> bytes:
    """Return the same bytes for the same characters, however a keyboard composes them."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace")


@lru_cache
def _nobody() -> str:
    """Return the hash of a password that nobody knows."""
    return _hasher().hash(secrets.token_bytes(32))


@lru_cache
def _hasher() -> PasswordHasher:
    try:
        from argon2 import PasswordHasher
    except ImportError as error:
        raise DalilError(
            "Users need a package that is not installed (argon2-cffi). "
            "Install it with: pip install '.[serve]'"
        ) from error
    return PasswordHasher()
