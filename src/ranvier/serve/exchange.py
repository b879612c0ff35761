"""A whole body and a whole answer at once, past the messages that go between uvicorn and a server.

Uvicorn gives a body and takes an answer in parts. Most bodies have come whole with their head, and
most answers go out whole: then nothing needs to be waited for, and head and answer leave in one
packet, for which the system and the client's program are called once instead of twice.

What is used of uvicorn here is its own affair and may change with any version: where it is not as
it is known, everything goes the usual way, in parts.
"""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http import httptools_impl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

KEY = "ranvier.exchange"  # of a scope; its value is uvicorn's own cycle of request and response
Header = tuple[bytes, bytes]
STATUS_LINE = {
    status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus
}
USED = {
    "body", "default_headers", "disconnected", "flow", "keep_alive", "message_event", "more_body",
    "on_response", "response_complete", "response_started", "scope", "transport",
    "waiting_for_100_continue",
}  # fmt: skip


def is_as_known() -> bool:
    """Whether uvicorn has what is used of it."""
    cycle = getattr(httptools_impl, "RequestResponseCycle", None)
    code = getattr(getattr(cycle, "__init__", None), "__code__", None)
    has = getattr(code, "co_names", ())
    return USED.issubset(has) and hasattr(HttpToolsProtocol, "_start_asgi_task")


KNOWN = is_as_known()


def is_whole(exchange: Any) -> bool:
    """Whether all of the request has come, and an answer could be written at once."""
    return not (exchange.more_body or exchange.disconnected or exchange.flow.write_paused)


def body_of(exchange: Any) -> bytes | None:
    """All of a body where it has come; None where it is still on its way."""
    if exchange.more_body or exchange.disconnected:
        return None
    body = bytes(exchange.body)
    exchange.body = bytearray()
    exchange.message_event.clear()
    return body


async def drained(exchange: Any) -> None:
    """Wait until the client has taken what was written before."""
    if exchange.flow.write_paused and not exchange.disconnected:
        await exchange.flow.drain()


def answer(exchange: Any, status: int, headers: Iterable[Header], body: bytes) -> bool:
    """Send an answer, whose headers are known to be well-formed, to a request other than HEAD.

    Returns:
        Whether there was someone to send it to.
    """
    if exchange.disconnected or exchange.transport.is_closing():
        return False
    parts = [STATUS_LINE[status]]
    for name, value in (*exchange.default_headers, *headers):
        if name == b"connection":  # which only ever says that it ends
            exchange.keep_alive = False
        else:
            parts += (name, b": ", value, b"\r\n")
    if not exchange.keep_alive:
        parts.append(b"connection: close\r\n")
    parts += (b"\r\n", body)
    exchange.transport.write(b"".join(parts))
    exchange.response_started = exchange.response_complete = True
    exchange.waiting_for_100_continue = False
    exchange.message_event.set()
    if not exchange.keep_alive:
        exchange.transport.close()
    exchange.on_response()
    return True
