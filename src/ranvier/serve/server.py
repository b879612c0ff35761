"""A server from its first connection to its last answer."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any

import uvicorn

from ranvier.errors import HyperparameterError
from ranvier.serve import wire
from ranvier.serve.application import Application
from ranvier.serve.batching import Batcher
from ranvier.serve.calls import Room
from ranvier.serve.documented import documented
from ranvier.serve.hosting import Hosted, Models
from ranvier.serve.logs import Log, on_loop
from ranvier.serve.metrics import Metrics
from ranvier.serve.settings import Settings
from ranvier.serve.watching import Watcher

BACKLOG = 2048  # connections that the system holds until they are accepted
KEEP_ALIVE = 75  # seconds that a connection without requests stays open
LINGER = 0.3  # seconds without a request after which the last connections are closed
SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Server(uvicorn.Server):
    """Serves until it is told to stop, and then answers what it has accepted.

    Args:
        hosted: models, each warmed.
        settings: how.
        log: where requests are told; None: on standard error.
        listening: is called with the address once clients can connect.

    Raises:
        HyperparameterError: the address is in use, or not this machine's.
    """

    def __init__(
        self,
        hosted: list[Hosted],
        settings: Settings,
        log: Log | None = None,
        listening: Callable[[str], None] | None = None,
    ) -> None:
        self.settings, self.models = settings, Models(hosted)
        self.log = Log() if log is None else log
        self._token = settings.token
        self._listening = listening
        self._socket = _bound(settings)
        self.url = _url(self._socket)
        self.app: Application | None = None
        super().__init__(
            uvicorn.Config(
                "",  # the application is made in the loop, and put here then
                http=wire.Protocol,
                interface="asgi3",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,  # nobody here asks from where a client comes
                timeout_keep_alive=KEEP_ALIVE,
                timeout_graceful_shutdown=int(settings.timeout_s) + 1,
            )
        )

    def run(self, sockets: Any = None) -> None:
        """Serve until `stop` or a signal."""
        del sockets
        with asyncio.Runner(loop_factory=self.config.get_loop_factory()) as runner:
            runner.run(self._whole())

    def stop(self) -> None:
        """Begin to stop; from any thread."""
        self.should_exit = True

    async def _whole(self) -> None:
        loop = asyncio.get_running_loop()
        settings, log = self.settings, self.log
        batcher = Batcher(
            loop,
            max_batch=settings.max_batch,
            max_delay=settings.max_delay_ms / 1e3,
            max_queue=settings.max_queue,
            timeout=settings.timeout_s,
            seen=lambda model, requests, rows: metrics.batch(model.name, requests, rows),
            failed=lambda model, error: log.failure(error, model=model.name),
        )
        metrics = Metrics(self.models, lambda: batcher.waiting)
        room = Room(settings.max_body, settings.timeout_s)
        app = Application(self.models, batcher, room, metrics, log, self._token, settings.timeout_s)
        app.cold = documented(app, locked=self._token is not None)
        self.app = self.config.app = app
        self._cut_off = wire.CutOff(self.server_state.connections, settings.timeout_s)
        watcher = Watcher(self.models, loop, log.tell) if settings.watch else None
        handler = wire.to_log(log)
        on_loop(loop, log)
        log.start()
        batcher.start()
        if watcher is not None:
            watcher.start()
        gc.collect()
        gc.freeze()  # what stays for good is not searched for garbage again and again
        try:
            await self.serve(sockets=[self._socket])
        finally:
            if watcher is not None:
                watcher.stop()
            batcher.stop()
            app.close()
            gc.unfreeze()
            log.tell(event="stopped", requests=app.requests)
            log.stop()
            logging.getLogger("uvicorn.error").removeHandler(handler)

    async def startup(self, sockets: Any = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        self.log.tell(event="listening", url=self.url, models=[model.name for model in self.models])
        if self._listening is not None:
            self._listening(self.url)

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second."""
        if counter % 10 == 0:
            self._cut_off.look()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: Any = None) -> None:
        """Refuse new connections, answer what comes on the old ones, and then close them.

        A client that keeps its connection may be sending its next request just now. It is answered,
        with the word that the connection ends; only where none has come for a while are the
        connections closed.
        """
        assert self.app is not None
        self.app.stopping = True
        self.log.tell(event="stopping", active=self.app.active)
        await asyncio.sleep(0)  # who stands in the system's queue is let in first
        for server in self.servers:
            server.close()
        end = monotonic() + self.settings.timeout_s
        seen, since = -1, monotonic()
        while not self.force_exit and self.server_state.connections and monotonic() < end:
            if self.app.active or seen != self.app.requests:
                seen, since = self.app.requests, monotonic()
            elif monotonic() - since > LINGER:
                break
            await asyncio.sleep(0.02)
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Ctrl-C and SIGTERM stop the server; a second one does not wait for answers."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._told) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _told(self, *_: Any) -> None:
        if self.should_exit:
            self.force_exit = True
        self.should_exit = True


def _bound(settings: Settings) -> socket.socket:
    host, port = settings.host, settings.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        found = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise HyperparameterError(
            f"The server cannot listen on {host}, port {port} ({error.strerror or error}): choose "
            "another with --host or --port."
        ) from error
    found.setblocking(False)
    return found


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
