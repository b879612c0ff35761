"""HTTP on the wire: uvicorn's reader, which also cuts off clients that stop sending or reading.

Uvicorn waits for the rest of a request, and for its answer to be taken, for as long as it takes.
The bodies of requests that are wanted have their deadline in `calls`; what is left are heads that
never end, bodies that nobody reads because they were refused, and answers that nobody takes.
"""

from __future__ import annotations

import asyncio
import logging
from time import monotonic
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from ranvier.serve import exchange
from ranvier.serve.calls import as_json
from ranvier.serve.logs import Log

MOST_HEAD = 1 << 16  # bytes of a request's first line and headers
GRACE = 2.0  # seconds that the application's own deadline has to answer first


class Protocol(HttpToolsProtocol):
    """One connection, of a server whose application is an `Application`.

    Attributes:
        since: when the request began that is being received; None between requests.
        full: since when the client takes nothing of an answer; None while it does.
    """

    full: float | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has come, and is to send something."""
        super().connection_made(transport)
        self.since: float | None = monotonic()
        self._head, self._in_head, self._head_ended = 0, True, False
        self._reading = False
        self._begun: Any = None

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self.since, self._head, self._in_head = monotonic(), 0, True

    def on_headers_complete(self) -> None:
        """The head is here, and the body begins."""
        self._in_head, self._head_ended = False, True
        super().on_headers_complete()
        if exchange.KNOWN:
            self.scope[exchange.KEY] = self.cycle  # type: ignore[literal-required]

    def data_received(self, data: bytes) -> None:
        """Some bytes of a request."""
        before, self._head_ended = self._in_head, False
        self._reading = True
        super().data_received(data)
        self._reading = False
        if self._begun is not None:
            cycle, self._begun = self._begun, None
            if not exchange.is_whole(cycle) or not self.app.at_once(cycle):
                super()._start_asgi_task(cycle, self.app)
        # What began with the end of an earlier request is not counted: it may be long by right.
        one = before and self._in_head and not self._head_ended
        if one and not self.transport.is_closing():
            self._head += len(data)
            if self._head > MOST_HEAD:
                self.send_400_response("")

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        """Begin to answer; once the data at hand are read, which often hold all of the request."""
        if self._reading and exchange.KNOWN:
            self._begun = cycle
        else:
            super()._start_asgi_task(cycle, app)

    def on_message_complete(self) -> None:
        """The last byte of a request."""
        self.since = None
        super().on_message_complete()

    def pause_writing(self) -> None:
        """The client takes less than it is given."""
        self.full = monotonic()
        super().pause_writing()

    def resume_writing(self) -> None:
        """It has taken some."""
        self.full = None
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """What came is no HTTP: say so in the form of every other error, and close."""
        del msg
        body = as_json({"error": "This is no HTTP request, or its head is too large."})
        head = b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\n"
        head += b"content-length: %d\r\nconnection: close\r\n\r\n" % len(body)
        self.transport.write(head + body)
        self.transport.close()


class CutOff:
    """Closes connections whose requests do not arrive, or whose answers are not taken.

    Args:
        connections: of the server.
        seconds: that a request may take to arrive, and an answer to be taken.
    """

    def __init__(self, connections: Any, seconds: float) -> None:
        self._connections, self._seconds = connections, seconds

    def look(self) -> None:
        """Once; to be called every second or so."""
        latest = monotonic() - self._seconds - GRACE
        for connection in tuple(self._connections):
            for since in (connection.since, connection.full):
                if since is not None and since < latest:
                    connection.transport.abort()
                    break


class ToLog(logging.Handler):
    """What uvicorn says goes to the log like everything else."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """A record."""
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            self._log.failure(error, about=record.getMessage().strip())
        else:
            self._log.tell(event="server", message=record.getMessage().strip())


def to_log(log: Log) -> ToLog:
    """Send uvicorn's warnings to the log; the handler, to be removed in the end."""
    logger, handler = logging.getLogger("uvicorn.error"), ToLog(log)
    logger.addHandler(handler)
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    return handler
