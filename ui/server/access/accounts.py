"""Who may use a server: users with their roles, their sessions, and the keys of their programs.

They are kept in the library's store.  A session's token is a secret of the browser, a key one of
a program; the store holds only their SHA-256, so that who reads the file can take nobody's place.
"""

from __future__ import annotations

import hashlib
import secrets
import time
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import regex

from corpus.errors import DalilError, DamagedError, InputError, MissingError
from index.store.connection import cells
from index.store.database import DATABASE, Store
from index.store.faults import lost
from index.store.lock import make_folder

Role = Literal["reader", "admin"]
# 256 bits: nothing to guess, so nothing that a slow hash would have to protect.
_TOKEN_BYTES = 32
# So that a key that was published by mistake can be found, and told from other secrets.
_KEY_PREFIX = "dalil_"
# Nothing that could be taken for markup, a path, an option or the owner "embed:ID".
_NAME = regex.compile(r"[\p{L}\p{N}][\p{L}\p{M}\p{N}._@+-]{0,63}")
# In place of a password's hash: who logs in at a provider, as the hash of whom it means.
_PROVIDED = "oidc:"
# What no user can be called: the owner of the answers of users that have been removed.
_REMOVED = "removed:"


@dataclass(frozen=True, slots=True)
class Account:
    """A user; `created_at` is an ISO time in UTC."""

    name: str
    role: Role
    created_at: str


def user_name(text: str) -> str:
    """Return a user's name as it is kept; case and ways of writing one character do not count.

    Raises `InputError` for what is no name.

    >>> user_name("Leila"), user_name("ليلى"), user_name("ｌｅｉｌａ@Example.org")
    ('leila', 'ليلى', 'leila@example.org')
    """
    name = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    if not _NAME.fullmatch(name):
        raise InputError(
            "A user's name has 1 to 64 letters, digits and characters of . _ @ + -, and begins "
            "with a letter or a digit."
        )
    return name


def open_accounts(home: Path, *, create: bool = False) -> Accounts:
    """Open the accounts of the library in `home`, with `create` in a library made for them."""
    if create:
        make_folder(home)
    return Accounts(Store(home / DATABASE, create=create))


class Accounts:
    """The users and sessions in a store, which belongs to the thread that opened it."""

    def __init__(self, store: Store, now: Callable[[], float] = time.time) -> None:
        self._store = store
        self._now = now

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def users(self) -> list[Account]:
        """Return the users by their names, as the file has them.

        Raises `DamagedError` if the disk lost them all: a server without users may let in anybody.
        """
        if not (self._store.sealed or self._has("users")):
            return []
        rows = self._store.execute("SELECT name, role, created_at FROM users ORDER BY name")
        sealed = "SELECT 1 FROM digests WHERE of = 'users' LIMIT 1"
        if not rows and self._store.sealed and self._store.execute(sealed):
            raise lost(self._store.path, "its users are gone, and nobody removed them")
        return [_account(row) for row in map(cells, rows)]

    def find(self, name: str) -> Account | None:
        """Return the user of that name, or `None`; one whose row was damaged is a reader."""
        if not self.users():
            return None
        sound = self._store.sound("users", "u")
        rows = self._store.execute(
            f"SELECT name, CASE WHEN {sound} THEN role END, created_at FROM users u WHERE name = ?",
            name,
        )
        return _account(cells(rows[0])) if rows else None

    def kept_hash(self, name: str) -> str | None:
        """Return the hash of a user's password, `None` without such a user or a sound password."""
        if not self.users():
            return None
        rows = self._store.execute(
            f"SELECT password FROM users u WHERE name = ? AND {self._store.sound('users', 'u')}",
            name,
        )
        return str(rows[0][0]) if rows and not rows[0][0].startswith(_PROVIDED) else None

    def add(self, name: str, role: Role, password_hash: str) -> Account:
        """Add a user; raise `DalilError` if there is one of that name."""
        account = Account(name, role, datetime.now(UTC).isoformat(timespec="seconds"))
        with self._store.transaction():
            if self.find(name):
                raise DalilError(
                    f"There is a user {name} already. Give them another password with: "
                    f"dalil user password {name}"
                )
            self._store.execute(
                "INSERT INTO users VALUES (?, ?, ?, ?)",
                name, role, password_hash, account.created_at,
            )  # fmt: skip
        return account

    def remove(self, name: str) -> None:
        """Remove a user with their sessions, key and conversations.

        Nobody can read their other saved answers any more.  Whoever is given the name next is
        another person.  Raises `MissingError` without the user.
        """
        from index.store.conversations import erase

        with self._store.transaction():
            self.check(name)
            self._store.execute("DELETE FROM users WHERE name = ?", name)
            self._store.execute("DELETE FROM sessions WHERE user = ?", name)
            self._store.execute("DELETE FROM keys WHERE user = ?", name)
            erase(self._store, "owner = ?", name)
            self._store.execute("UPDATE answers SET owner = ? WHERE owner = ?", _REMOVED, name)

    def set_password(self, name: str, password_hash: str) -> None:
        """Give a user another password, and end their sessions.

        Raises `MissingError` without the user, `DalilError` for one who logs in at a provider, or
        whose row was damaged.
        """
        with self._store.transaction():
            self.check(name)
            self._check_sound(name)
            if self.kept_hash(name) is None:
                raise DalilError(
                    f"{name} logs in at the provider of OpenID Connect and has no password here. "
                    f"To give the name another owner, first: dalil user remove {name}"
                )
            self._store.execute("UPDATE users SET password = ? WHERE name = ?", password_hash, name)
            self._store.execute("DELETE FROM sessions WHERE user = ?", name)

    def check(self, name: str) -> None:
        """Raise `MissingError` if there is no such user."""
        if not self.find(name):
            raise MissingError(f"There is no user {name}. List the users with: dalil user list")

    def _check_sound(self, name: str) -> None:
        sound = self._store.sound("users", "u")
        if self._store.execute(f"SELECT 1 FROM users u WHERE name = ? AND NOT {sound}", name):
            raise DamagedError(
                f"What is kept of the user {name} was damaged on the disk, and lets nobody in. "
                f"First: dalil user remove {name}; then add them again."
            )

    def open_session(self, name: str, seen_hash: str, seconds: float) -> str | None:
        """Begin a session of `seconds` and return its token.

        `seen_hash` is the hash that the password was compared with: `None` is returned if the
        user has been removed, or given another password, since.
        """
        with self._store.transaction():
            kept = self.kept_hash(name)
            if kept is None or kept != seen_hash:
                return None
            return self._begin(name, seconds)

    def open_provided(self, subject: str, name: str, role: Role, seconds: float) -> str | None:
        """Begin a session of `seconds` of whom a provider vouches for, and return its token.

        They are known by `subject` and keep the name of their first log-in; `role` holds from now
        on.  `None` is returned if the name is another's, and nothing is changed.
        """
        kept = _PROVIDED + _digest(subject)
        with self._store.transaction():
            rows = self._store.execute("SELECT name FROM users WHERE password = ?", kept)
            if rows:
                name = str(rows[0][0])
                self._check_sound(name)
                self._store.execute("UPDATE users SET role = ? WHERE name = ?", role, name)
            elif self.find(name):
                return None
            else:
                now = datetime.now(UTC).isoformat(timespec="seconds")
                self._store.execute("INSERT INTO users VALUES (?, ?, ?, ?)", name, role, kept, now)
            return self._begin(name, seconds)

    def shut_out(self, subject: str) -> None:
        """End sessions and key of whom a provider no longer vouches for; a stranger is no mistake.

        They stay a reader in name, so that their conversations come back with them.
        """
        kept = _PROVIDED + _digest(subject)
        of_them = "user IN (SELECT name FROM users WHERE password = ?)"
        with self._store.transaction():
            self._store.execute("UPDATE users SET role = 'reader' WHERE password = ?", kept)
            self._store.execute(f"DELETE FROM sessions WHERE {of_them}", kept)
            self._store.execute(f"DELETE FROM keys WHERE {of_them}", kept)

    def _begin(self, name: str, seconds: float) -> str:
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        now = int(self._now())
        self._store.execute("DELETE FROM sessions WHERE expires <= ?", now)
        self._store.execute(
            "INSERT INTO sessions VALUES (?, ?, ?)", _digest(token), name, now + int(seconds)
        )
        return token

    def account_of(self, token: str) -> Account | None:
        """Return the user whose session a token is, `None` once it has ended or was damaged."""
        if not self.users():
            return None
        rows = self._store.execute(
            "SELECT u.name, u.role, u.created_at FROM sessions s JOIN users u ON u.name = s.user "
            f"WHERE s.token = ? AND s.expires > ? AND {self._sound('sessions', 's')}",
            _digest(token), int(self._now()),
        )  # fmt: skip
        return _account(rows[0]) if rows else None

    def close_session(self, token: str) -> bool:
        """End a session, and return if it was begun at a provider; an unknown one is no mistake."""
        with self._store.transaction():
            rows = self._store.execute(
                "DELETE FROM sessions WHERE token = ? RETURNING user", _digest(token)
            )
            return bool(rows) and self.kept_hash(str(rows[0][0])) is None

    def make_key(self, name: str) -> str:
        """Return a new key of a user, which is kept nowhere; the one before it ends.

        Raises `MissingError` if there is no such user.
        """
        key = _KEY_PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._store.transaction():
            self.check(name)
            self._store.execute(
                "INSERT OR REPLACE INTO keys VALUES (?, ?, ?)", name, _digest(key), now
            )
        return key

    def revoke_key(self, name: str) -> None:
        """End the key of a user; raise `MissingError` if there is none."""
        with self._store.transaction():
            self.check(name)
            rows = self._store.execute("DELETE FROM keys WHERE user = ? RETURNING user", name)
        if not rows:
            raise MissingError(f"{name} has no key. Make one with: dalil user key {name}")

    def account_of_key(self, key: str) -> Account | None:
        """Return the user whose key this is, `None` if it is nobody's or was damaged."""
        if not self._has("keys"):
            return None
        rows = self._store.execute(
            "SELECT u.name, u.role, u.created_at FROM keys k JOIN users u ON u.name = k.user "
            f"WHERE k.key = ? AND {self._sound('keys', 'k')}",
            _digest(key),
        )
        return _account(rows[0]) if rows else None

    def _has(self, table: str) -> bool:
        """Tell if there is a table: not in an older library that this process may not write."""
        return bool(self._store.execute("SELECT 1 FROM sqlite_master WHERE name = ?", table))

    def _sound(self, table: str, alias: str) -> str:
        """Return SQL that is 1 where neither a row of `table` nor its user `u` was damaged."""
        return f"{self._store.sound(table, alias)} AND {self._store.sound('users', 'u')}"


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _account(row: Sequence[Any]) -> Account:
    name, role, created_at = row
    # A role that a newer Dalil knows allows here what every role allows.
    return Account(name, "admin" if role == "admin" else "reader", created_at)
