"""Log-ins, sessions and keys for the server: what may block runs on threads of its own."""

from __future__ import annotations

import asyncio
import hashlib
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from corpus.errors import DalilError, InputError
from index.store.database import DATABASE
from ui.reopening import Reopening
from ui.server.access.accounts import Account, Accounts, open_accounts, user_name
from ui.server.access.members import Member
from ui.server.access.passwords import is_password
from ui.server.access.throttle import Throttle
from ui.server.http.proxies import origin_of
from ui.server.http.workers import BusyError
from ui.settings.settings import Settings

Result = TypeVar("Result")
# People mistype; 60 guesses an hour find no password that is worth the name.  Whoever goes on
# guessing keeps a name delayed, but not where its owner has logged in before.
_FREE_BY_NAME, _LONGEST_BY_NAME = 5, 60.0
# An office may share one address.
_FREE_BY_ADDRESS, _LONGEST_BY_ADDRESS = 20, 900.0
# Places where somebody has logged in, some hundred bytes each.
_MOST_PLACES = 10_000
# Wrong keys that are remembered, 64 characters each.
_MOST_KEYS = 1_000
# A hash takes 64 MiB and some hundredths of a second; one is made at a time.
_MOST_WAITING = 16


class WrongLoginError(DalilError):
    """The name and the password do not belong together (HTTP 401)."""


class TakenError(DalilError):
    """A provider vouches for somebody under a name that is another's here."""


class TooOftenError(DalilError):
    """Too many log-ins or keys failed; `seconds` until the next may be tried (HTTP 429)."""

    def __init__(self, seconds: int, what: str = "log-ins") -> None:
        super().__init__(f"Too many {what} have failed. Try again in {seconds} seconds.")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Found:
    """What the accounts say of a request: if there are users at all, and whose session it is."""

    has_users: bool
    account: Account | None


class Sessions:
    """The accounts of one library, which may be made, replaced or deleted meanwhile."""

    def __init__(self, settings: Settings, now: Callable[[], float] = time.monotonic) -> None:
        self._home = home = settings.home
        self._accounts = Reopening(home / DATABASE, lambda _: open_accounts(home))
        self._session_seconds = settings.server.session_hours * 3_600
        self._by_name = Throttle(_FREE_BY_NAME, _LONGEST_BY_NAME, now)
        self._by_address = Throttle(_FREE_BY_ADDRESS, _LONGEST_BY_ADDRESS, now)
        self._places: OrderedDict[str, None] = OrderedDict()
        # Programs with a wrong key must not keep people from logging in.
        self._keys_by_address = Throttle(_FREE_BY_ADDRESS, _LONGEST_BY_ADDRESS, now)
        self._wrong_keys: OrderedDict[str, None] = OrderedDict()
        # Whoever writes may wait for an import; those who only look must not wait for them.
        self._looking = ThreadPoolExecutor(1, thread_name_prefix="sessions")
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="sessions-log")
        self._hashing = ThreadPoolExecutor(1, thread_name_prefix="sessions-hash")
        self._waiting = 0

    def close(self) -> None:
        """End the threads."""
        for threads in (self._looking, self._writing, self._hashing):
            threads.shutdown(wait=True, cancel_futures=True)

    async def find(self, token: str | None = None, name: str | None = None) -> Found:
        """Return what is known of a session's token, or else of a name that a proxy vouches for."""

        def look(accounts: Accounts | None) -> Found:
            if accounts is None or not accounts.users():
                return Found(False, None)
            if name is not None:
                return Found(True, accounts.find(name))
            return Found(True, accounts.account_of(token) if token else None)

        return await self._run(self._looking, look)

    async def find_key(self, key: str, address: str) -> Account | None:
        """Return the user whose key a program sends, `None` for a wrong one.

        Raises `TooOftenError`, whatever the key, to an address from which many wrong ones came.  A
        program that sends the same wrong key again and again is no guess: it keeps nobody out who
        asks from the same address.
        """
        digest = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
        if digest in self._wrong_keys:
            return None
        origin = origin_of(address)
        self._check_keys(origin)
        found = await self._run(self._looking, lambda a: a.account_of_key(key) if a else None)
        if found is None:
            # Of many guesses at once, no more are told than of one after another.
            self._check_keys(origin)
            self._keys_by_address.count(origin)
            self._wrong_keys[digest] = None
            if len(self._wrong_keys) > _MOST_KEYS:
                self._wrong_keys.popitem(last=False)
        return found

    async def log_in(self, name: str, password: str, address: str) -> str:
        """Return the token of a new session.

        Tries at a name are counted apart for each place where it has logged in before, so that
        strangers who guess, however patiently, do not keep its owner out there.  Raises
        `WrongLoginError` after as long a time whether there is such a user or not, and
        `TooOftenError` or `BusyError` without looking at the password.
        """
        known = _known(name)
        origin = origin_of(address)
        counted = self._counted(known, origin)
        self._count(counted, origin)
        if self._waiting >= _MOST_WAITING:
            raise BusyError("Too many people are logging in. Try again in a moment.")
        self._waiting += 1
        try:
            token = await self._checked(known, password)
        finally:
            self._waiting -= 1
        if token is None:
            raise WrongLoginError("This name and this password do not belong together. Try again.")
        self._by_name.clear(counted)
        self._remember(_place(known, origin))
        # Only this try: an own account must not make guesses at others' free.
        self._by_address.forgive(origin)
        return token

    async def log_in_provided(self, who: Member) -> str | None:
        """Return the token of a new session of whom a provider vouches for.

        `None` is returned if no group lets them in, which ends what sessions they have.  Raises
        `TakenError` if their name is another's here.
        """
        seconds, home = self._session_seconds, self._home

        def begin(accounts: Accounts | None) -> str | None:
            if accounts is None:
                # As `dalil user add` makes it.
                open_accounts(home, create=True).close()
                accounts = self._accounts.current()
            if accounts is None or who.role is None:
                if accounts is not None:
                    accounts.shut_out(who.subject)
                return None
            token = accounts.open_provided(who.subject, who.name, who.role, seconds)
            if token is None:
                raise TakenError(f"There is another user {who.name} here.")
            return token

        return await self._run(self._writing, begin)

    async def log_out(self, token: str) -> bool:
        """End a session, and return if it was begun at a provider; an unknown is no mistake."""
        return await self._run(self._writing, lambda a: a.close_session(token) if a else False)

    def _check_keys(self, origin: str) -> None:
        wait = self._keys_by_address.wait(origin)
        if wait:
            raise TooOftenError(math.ceil(wait), "keys")

    async def _checked(self, name: str, password: str) -> str | None:
        kept = await self._run(self._looking, lambda a: a.kept_hash(name) if a else None)
        loop = asyncio.get_running_loop()
        right = await loop.run_in_executor(self._hashing, is_password, password, kept)
        if not right or kept is None:
            return None
        seen, seconds = kept, self._session_seconds
        return await self._run(
            self._writing, lambda a: a.open_session(name, seen, seconds) if a else None
        )

    def _counted(self, name: str, origin: str) -> str:
        """Return under what a try at a name is counted."""
        place = _place(name, origin)
        return place if place in self._places else name

    def _remember(self, place: str) -> None:
        self._places.pop(place, None)
        self._places[place] = None
        if len(self._places) > _MOST_PLACES:
            self._places.popitem(last=False)

    def _count(self, name: str, origin: str) -> None:
        wait = max(self._by_name.wait(name), self._by_address.wait(origin))
        if wait:
            raise TooOftenError(math.ceil(wait))
        self._by_name.count(name)
        self._by_address.count(origin)

    async def _run(
        self, threads: ThreadPoolExecutor, work: Callable[[Accounts | None], Result]
    ) -> Result:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(threads, lambda: work(self._accounts.current()))


def _known(name: str) -> str:
    """Return the name as accounts hold it; what is none stays something that no user is called."""
    try:
        return user_name(name)
    except InputError:
        return f"?{name[:64]}"


def _place(name: str, origin: str) -> str:
    # No name holds a space of this kind.
    return f"{name}\n{origin}"
