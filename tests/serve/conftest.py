"""A real server on a free port, in a thread of this process, with real small models."""

from __future__ import annotations

import io
import json
import socket
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import jax
import numpy as np
import polars as pl
import pytest

import ranvier as rv
from ranvier.serve.hosting import open_all
from ranvier.serve.logs import Log
from ranvier.serve.server import Server
from ranvier.serve.settings import Settings

Answer = tuple[int, dict[str, str], Any]


class Served:
    """A running server and what its log says."""

    def __init__(self, server: Server, out: io.BytesIO) -> None:
        self.server, self._out = server, out
        self.port = int(server.url.rsplit(":", 1)[1])

    def connect(self, timeout: float = 20.0) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def raw(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20.0)

    def ask(
        self, path: str, body: Any = None, kind: str = "application/json", **headers: str
    ) -> Answer:
        """Status, headers and the answer, read where it is JSON."""
        connection = self.connect()
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        given = {"Content-Type": kind} | {k.replace("_", "-"): v for k, v in headers.items()}
        method = "GET" if body is None else "POST"
        connection.request(method, path, body, given if body is not None else headers)
        response = connection.getresponse()
        data = response.read()
        connection.close()
        found = dict(response.getheaders())
        is_json = found.get("content-type", "").startswith("application/json")
        return response.status, found, json.loads(data) if is_json else data

    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._out.getvalue().splitlines()]


@contextmanager
def serving(*models: Path, **settings: Any) -> Iterator[Served]:
    hosted = open_all(models)
    for model in hosted:
        model.service.warm()
    out, listens = io.BytesIO(), threading.Event()
    server = Server(
        hosted, Settings(port=0, **settings), Log(out), listening=lambda _: listens.set()
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert listens.wait(20)
    try:
        yield Served(server, out)
    finally:
        server.stop()
        thread.join(20)
        assert not thread.is_alive()


def fitted(model: Any, *data: Any, **how: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rv.DataWarning)
        return model.fit(*data, **how)


def people(rows: int = 80) -> pl.DataFrame:
    """A table of several kinds of columns, with gaps."""
    random = np.random.default_rng(3)
    age = random.integers(18, 90, rows).astype(float)
    return pl.DataFrame(
        {
            "age": [None if n % 11 == 0 else a for n, a in enumerate(age.tolist())],
            "city": [("Rome", "Oslo", "Bonn")[n % 3] for n in range(rows)],
            "member": [n % 2 == 0 for n in range(rows)],
            "since": [f"2024-{1 + n % 12:02d}-{1 + n % 28:02d}" for n in range(rows)],
        }
    ).with_columns(pl.col("since").str.to_date())


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Any]]:
    """Each model's file, and the model itself."""
    folder = tmp_path_factory.mktemp("served")
    # Training is not what is tested here; what is served is compiled in full.
    jax.config.update("jax_disable_most_optimizations", True)
    random = np.random.default_rng(0)
    numbers = random.normal(size=(120, 5))
    made = {
        "numbers": fitted(
            rv.FCNN(hidden=(16,), members=1, epochs=2, verbose=0),
            numbers,
            np.array(["low", "mid", "high"])[np.digitize(numbers[:, 0], (-0.5, 0.5))],
        ),
        "people": fitted(
            rv.FCNN(hidden=(16,), members=1, epochs=2, verbose=0),
            people(),
            np.arange(80) % 7 * 1.5,
        ),
        "pictures": fitted(
            rv.CNN(filters=(4, 4), epochs=1, verbose=0),
            random.integers(0, 255, (40, 8, 8, 1)).astype(np.uint8),
            np.arange(40) % 2,
        ),
        "words": fitted(
            rv.RNN(epochs=1, verbose=0),
            ["good and kind", "bad and cold", "kind words", "cold words here"] * 10,
            ["yes", "no", "yes", "no"] * 10,
        ),
    }
    jax.config.update("jax_disable_most_optimizations", False)
    jax.clear_caches()
    found = {}
    for name, model in made.items():
        path = folder / f"{name}.ranvier"
        model.save(path)
        found[name] = (path, rv.load(path))
    return found


@pytest.fixture(scope="module")
def served(models: dict[str, tuple[Path, Any]]) -> Iterator[Served]:
    """All models together."""
    with serving(*(path for path, _ in models.values())) as found:
        yield found


Ask = Callable[..., Answer]


@pytest.fixture
def ask(served: Served) -> Ask:
    return served.ask
