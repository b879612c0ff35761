"""One request on its way: its head, its body within bounds, and what is answered."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import orjson

from ranvier.serve import exchange
from ranvier.serve.faults import Fault, bad

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

JSON = b"application/json"
GONE = 499  # as others call the status of a request whose client has gone
LARGE = 1 << 18  # bytes of a body that is read in another thread
MOST_HELD = 4  # bodies of the largest size that may be in memory together
GUNZIP = 32 + zlib.MAX_WBITS  # gzip or zlib, whichever the data begin like


class Disconnected(Exception):
    """The client has gone: nobody is to be answered."""


@dataclass(frozen=True)
class Response:
    """What goes back.

    Attributes:
        status: of HTTP.
        body: all of it.
        kind: its media type.
        headers: further ones.
    """

    status: int
    body: bytes
    kind: bytes = JSON
    headers: tuple[tuple[bytes, bytes], ...] = ()


class Room:
    """How much of requests may be in memory.

    Attributes:
        max_body: bytes of one request.
        seconds: in which a request must have come.
        held: bytes of requests that are being answered.
    """

    def __init__(self, max_body: int, seconds: float) -> None:
        self.max_body, self.seconds = max_body, seconds
        self.held = 0

    def refuse(self, size: int) -> None:
        """Refuse a body of that size, or one more of those that are there.

        Raises:
            Fault: with 413 or 503.
        """
        if size > self.max_body:
            raise Fault(
                413,
                f"A request may have {self.max_body:,} bytes (--max-body); this one has "
                f"{'more' if size == self.max_body + 1 else f'{size:,}'}: send fewer rows at once.",
            )
        if self.held and self.held + size > MOST_HELD * self.max_body:
            raise _crowded()


def _crowded() -> Fault:
    return Fault(503, "Too many large requests are being answered: try again later.", retry_after=1)


class Call:
    """A request.

    Attributes:
        scope: of ASGI.
        headers: by name, in small letters; of several of one name the last.
        name: of the request, in the log and for the client.
        began: when it was begun to be answered.
        route: for the metrics, such as "POST /predict".
        model, rows: for the log, once they are known.
        size: bytes of the body that have come, and of what was unpacked.
    """

    __slots__ = (
        "_receive", "_room", "began", "headers", "model", "name", "route", "rows", "scope", "size"
    )  # fmt: skip

    def __init__(self, scope: Scope, receive: Receive, room: Room) -> None:
        self.scope, self._receive, self._room = scope, receive, room
        self.began, self.name = perf_counter(), ""
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.route = "other"
        self.model: str | None = None
        self.rows = self.size = 0

    async def body(self) -> bytes:
        """All of the body, unpacked where it came packed.

        Raises:
            Fault: it is too large, comes too slowly, or is packed in another way.
            Disconnected: it ends before its end.
        """
        self._room.refuse(self._declared())
        data = self.come()
        if data is None:
            data = await self._received()
        packed = self.headers.get(b"content-encoding", b"identity")
        return data if packed == b"identity" else self._unpacked(data, packed)

    def come(self) -> bytes | None:
        """All of the body where it has come already, as it came; None where it has not.

        Raises:
            Fault: it is too large.
        """
        whole = self.scope.get(exchange.KEY)
        data = None if whole is None else exchange.body_of(whole)
        if data is not None:
            self._room.refuse(len(data))
            self._grow(len(data))
        return data

    async def _received(self) -> bytes:
        """A body part by part, as it comes."""
        try:
            async with asyncio.timeout(self._room.seconds):
                return await self._parts()
        except TimeoutError:
            raise Fault(
                408,
                f"The request did not come within {self._room.seconds:g} s (--timeout-s): the "
                "connection is closed.",
                closes=True,
            ) from None

    async def _parts(self) -> bytes:
        whole, room = bytearray(), self._room
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise Disconnected
            more = message.get("body", b"")
            self._grow(len(more))
            whole += more
            if len(whole) > room.max_body:  # at once: whoever sends too much need not end
                room.refuse(room.max_body + 1)
            if not message.get("more_body"):
                return bytes(whole)

    def _declared(self) -> int:
        length = self.headers.get(b"content-length")
        if length is None:
            return 0
        return int(length) if length.isdigit() and len(length) < 20 else self._room.max_body + 1

    def _unpacked(self, data: bytes, packed: bytes) -> bytes:
        if packed not in (b"gzip", b"deflate"):
            raise Fault(415, "A body may be packed as gzip or deflate, and in no other way.")
        opener = zlib.decompressobj(GUNZIP)
        try:
            found = opener.decompress(data, self._room.max_body + 1)
        except zlib.error:
            raise bad("The body is damaged: it cannot be unpacked.") from None
        if len(found) > self._room.max_body:
            self._room.refuse(self._room.max_body + 1)
        if not opener.eof:
            raise bad("The body is cut short: it cannot be unpacked.")
        self._grow(len(found))
        return found

    def _grow(self, size: int) -> None:
        """So many bytes more are in memory: what has come is counted, not what was announced."""
        room = self._room
        room.held += size
        self.size += size
        if room.held > self.size and room.held > MOST_HELD * room.max_body:
            raise _crowded()

    def close(self) -> None:
        """The request is answered."""
        self._room.held -= self.size


def document(data: bytes) -> Any:
    """A body as JSON.

    Raises:
        Fault: it is none.
    """
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        reason = str(error).split(":")[0]
        raise bad(f"The body must be JSON, and is not: {reason}.") from None


def as_json(value: Any) -> bytes:
    """A value as JSON; NaN and infinities, which it has no numbers for, become null."""
    return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY, default=_plain)


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    return str(value)


def refused(fault: Fault) -> Response:
    """What a client is told of a fault."""
    headers: list[tuple[bytes, bytes]] = []
    if fault.retry_after is not None:
        headers.append((b"retry-after", b"%d" % fault.retry_after))
    if fault.status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    if fault.closes:
        headers.append((b"connection", b"close"))
    return Response(fault.status, as_json({"error": fault.sentence}), JSON, tuple(headers))
