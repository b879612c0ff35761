"""Clients that keep their connections and ask again as soon as they are answered.

    python -m benchmarks.serving.sender PORT PATH BODY CLIENTS REQUESTS

As lean as can be, for it shares the machine with the server: raw bytes out, and of an answer only
its status and its length are looked at. Says its result as one line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from pathlib import Path


class Client(asyncio.Protocol):
    """One connection."""

    def __init__(self, load: Load) -> None:
        self.load, self.got, self.wanted = load, bytearray(), 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        if not self.load.left:
            self.transport.close()
            return
        self.load.left -= 1
        self.began = time.perf_counter()
        self.transport.write(self.load.request)

    def data_received(self, data: bytes) -> None:
        self.got += data
        if not self.wanted:
            head = self.got.find(b"\r\n\r\n")
            if head < 0:
                return
            place = self.got.lower().find(b"content-length:", 0, head)
            length = int(self.got[place + 15 : self.got.find(b"\r\n", place)])
            self.wanted = head + 4 + length
        if len(self.got) < self.wanted:
            return
        self.load.times.append(time.perf_counter() - self.began)
        if not self.got.startswith(b"HTTP/1.1 200"):
            self.load.errors += 1
        self.got, self.wanted = bytearray(), 0
        self.ask()

    def connection_lost(self, error: Exception | None) -> None:
        if error is not None or self.load.left:
            self.load.errors += 1
        self.load.open -= 1
        if not self.load.open:
            self.load.ended.set()


class Load:
    """All clients together."""

    def __init__(self, request: bytes, clients: int, requests: int) -> None:
        self.request, self.left, self.open = request, requests, clients
        self.times: list[float] = []
        self.errors = 0
        self.ended = asyncio.Event()


async def run(port: int, path: str, body: bytes, clients: int, requests: int) -> dict[str, float]:
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    request = head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body
    load = Load(request, clients, requests)
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    for _ in range(clients):
        await loop.create_connection(lambda: Client(load), "127.0.0.1", port)
    await load.ended.wait()
    seconds = time.perf_counter() - began
    cuts = statistics.quantiles(load.times, n=100)
    return {
        "requests": len(load.times),
        "seconds": seconds,
        "per_second": len(load.times) / seconds,
        "p50_ms": 1e3 * cuts[49],
        "p99_ms": 1e3 * cuts[98],
        "errors": load.errors,
    }


def main() -> None:
    port, path, body, clients, requests = sys.argv[1:]
    try:
        import uvloop

        factory = uvloop.new_event_loop
    except ImportError:
        factory = asyncio.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        data = Path(body).read_bytes()
        print(json.dumps(runner.run(run(int(port), path, data, int(clients), int(requests)))))


if __name__ == "__main__":
    main()
