"""Run the server until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from corpus.confined.process import abandon
from corpus.errors import DalilError
from index.store.database import DATABASE
from rag.answer import Answer
from ui.app.app import create_app
from ui.app.connections import ACCEPTED_AT_ONCE, BoundedProtocol, Connections, room_for
from ui.app.feeds import feeds_behind
from ui.app.metrics import Metered, Metrics
from ui.folders.following import following
from ui.folders.watch import is_reading
from ui.server.access.accounts import open_accounts
from ui.server.access.identity import is_open
from ui.server.http.bodies import Drain
from ui.server.http.log import RequestLog, log_fault, log_notice, start_log
from ui.server.http.proxies import Proxies
from ui.server.http.workers import WorkerPool
from ui.service import Service, Shared
from ui.settings.privacy import told
from ui.settings.settings import ServerSettings, Settings
from ui.web.client import SharedFetcher

if TYPE_CHECKING:
    from ui.app.tracing import Tracing

# After the last answer, its last bytes go out; then what stays open for ever is closed.
_LINGER_SECONDS = 1.0
# Connections that wait to be accepted, as many as a burst of a small office.
_BACKLOG = 1_024


def serve(
    settings: Settings,
    examples: Sequence[str],
    say: Callable[[str], None],
) -> None:
    """Serve until SIGINT or SIGTERM.

    Raises `DalilError` where others could read without a log-in, or for an address that is taken.
    """
    address = settings.server
    _check_login(settings)
    shared = Shared(settings, background=True)
    # A model that cannot be had stops the server from starting.
    written = shared.model() is not None
    metrics, fetcher = Metrics(), SharedFetcher(settings)
    with _tracing(address.tracing) as tracing, listen(address) as listening:

        def heard(answer: Answer) -> None:
            metrics.heard(answer)
            if tracing is not None:
                tracing.heard(answer)

        pool = WorkerPool(
            partial(Service, settings, log_notice, shared),
            workers=address.workers,
            waiting=address.waiting,
            seconds=address.seconds,
            model_seconds=shared.limits().total_s if written else 0.0,
            heard=heard,
        )
        port = listening.getsockname()[1]
        shown = f"[{address.host}]" if ":" in address.host else address.host
        say(f"Open http://{shown}:{port}/ in a browser; Ctrl-C stops the server.")
        if written or settings.connect or settings.oidc or address.tracing:
            say(told(settings))
        # uvicorn ends its work, then raises the signal again; to end as asked is no fault.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        follows = following(settings, address.watch, log_notice, log_fault, shared)
        with suppress(KeyboardInterrupt):
            # The log is open before anything is followed.
            app = create_app(pool, examples=examples, settings=settings, fetcher=fetcher)
            server = server_of(app, pool, address, metrics, tracing)
            feeds = feeds_behind(settings, shared, fetcher)
            with follows, feeds, metrics.served(address.metrics_port):
                server.run(sockets=[listening])
    leave(pool)


def _tracing(address: str | None) -> AbstractContextManager[Tracing | None]:
    """Return what sends spans to a collector at `address` while its block runs, if there is one.

    Raises `DalilError` without the packages for it.
    """
    if address is None:
        return nullcontext()
    # They are an extra of their own.
    from ui.app.tracing import traced

    return traced(address)


def leave(pool: WorkerPool) -> None:
    """End the process where a thread still works on what nobody waits for any more.

    Python would wait for it.  What was committed is in the library, whatever the thread is at.
    """
    if pool.held or is_reading():
        log_notice("The server ends; work that took too long is given up.")
        # A file that takes long would be read on, for nobody, until its time is over.
        abandon()
        logging.shutdown()
        os._exit(0)


def _check_login(settings: Settings) -> None:
    """Raise `DalilError` if nobody could log in where a log-in is needed."""
    server = settings.server
    vouched = server.identity_header and server.trusted_proxies
    if is_open(settings) or vouched or settings.oidc or _has_users(settings.home):
        return
    where = server.base_url or server.host
    raise DalilError(
        f"Others could read the articles at {where}, and there is no user who could log in. Add "
        "one with: dalil user add NAME --admin; or let everybody in with --without-login"
    )


def _has_users(home: Path) -> bool:
    if not (home / DATABASE).exists():
        return False
    accounts = open_accounts(home)
    try:
        return bool(accounts.users())
    finally:
        accounts.close()


def server_of(
    app: FastAPI,
    pool: WorkerPool,
    settings: ServerSettings | None = None,
    metrics: Metrics | None = None,
    tracing: Tracing | None = None,
) -> uvicorn.Server:
    """Return a server that gives the answers that `pool` works on before it stops."""
    start_log()
    settings = settings or ServerSettings()
    most = room_for(settings.connections, settings.workers)
    if most < settings.connections:
        log_notice(
            f"There is room for {most} connections, not {settings.connections}: this process may "
            "not open more files. Raise the limit (LimitNOFILE= in the unit, or ulimit -n)."
        )
    connections = Connections(
        most, settings.connections_by_address, Proxies(settings.trusted_proxies)
    )
    metrics = metrics or Metrics()
    metrics.watch(pool, connections)
    counted: ASGIApp = Metered(RequestLog(Drain(app)), metrics)
    config = uvicorn.Config(
        counted if tracing is None else tracing.around(counted),
        # Uvicorn wants a class, and calls it as it would call this.
        http=cast("type[asyncio.Protocol]", partial(BoundedProtocol, connections=connections)),
        # No route speaks it, and its connections would be counted nowhere.
        ws="none",
        backlog=ACCEPTED_AT_ONCE,
        log_config=None,
        # Its line for each request would hold what people ask.
        access_log=False,
        server_header=False,
        # `Identity` believes the proxies that the settings name; uvicorn would believe others too.
        proxy_headers=False,
        timeout_graceful_shutdown=int(pool.seconds + 2 * _LINGER_SECONDS) + 1,
    )
    return _Server(config, pool)


class _Server(uvicorn.Server):
    """Waits for answers when it is told to stop, not for streams that never end."""

    def __init__(self, config: uvicorn.Config, pool: WorkerPool) -> None:
        super().__init__(config)
        self._pool = pool

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen; the system lets more wait than are accepted at a time."""
        await super().startup(sockets)
        for listening in sockets or ():
            listening.listen(_BACKLOG)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept no more, let answers end, close the rest."""
        closing = asyncio.create_task(self._close_streams())
        await super().shutdown(sockets)
        closing.cancel()

    async def _close_streams(self) -> None:
        # A language model may need longer than whoever stops the server wants to wait.
        with suppress(TimeoutError):
            await asyncio.wait_for(self._pool.idle(), self._pool.seconds)
        self._pool.break_off()
        await asyncio.sleep(_LINGER_SECONDS)
        for connection in list(self.server_state.connections):
            if connection.transport is not None:
                connection.transport.close()


def listen(address: ServerSettings) -> socket.socket:
    """Return a socket that listens; raise `DalilError` where that is not possible."""
    host = "127.0.0.1" if address.host == "localhost" else address.host
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, address.port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise DalilError(
            f"The server cannot listen on {address.host}, port {address.port} ({error.strerror}). "
            "Choose another port with --port."
        ) from error
