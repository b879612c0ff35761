"""A real server on a free port, in a thread of this process, with real small models."""

from __future__ import annotations

import functools
import io
import json
import socket
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import jax
import numpy as np
import polars as pl
import pytest

import ranvier as rv
from ranvier.serve.hosting import Hosted, Stamp, name_of, opened, stamp_of
from ranvier.serve.logs import Log
from ranvier.serve.server import Server
from ranvier.serve.settings import Settings

Answer = tuple[int, dict[str, str], Any]
PATIENCE = 120.0  # seconds after which a test gives up; on a busy machine nothing is quick


class Served:
    """A running server and what its log says."""

    def __init__(self, server: Server, out: io.BytesIO) -> None:
        self.server, self._out = server, out
        self.port = int(server.url.rsplit(":", 1)[1])

    def connect(self, timeout: float = PATIENCE) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def raw(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

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


def until(true: Callable[[], Any]) -> None:
    """Wait for something to be so."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


@functools.cache
def _warmed(path: Path, stamp: Stamp) -> Hosted:
    """A model that is compiled once, however many servers a file of tests starts with it."""
    assert stamp[0]
    found = opened(name_of(path), path)
    found.service.warm()
    return found


@contextmanager
def serving(*models: Path, **settings: Any) -> Iterator[Served]:
    hosted = [_warmed(path, stamp_of(path)) for path in models]
    out, listens = io.BytesIO(), threading.Event()
    server = Server(
        hosted, Settings(port=0, **settings), Log(out), listening=lambda _: listens.set()
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert listens.wait(PATIENCE)
    try:
        yield Served(server, out)
    finally:
        server.stop()
        thread.join(PATIENCE)
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


def _numbers() -> Any:
    numbers = np.random.default_rng(0).normal(size=(120, 5))
    labels = np.array(["low", "mid", "high"])[np.digitize(numbers[:, 0], (-0.5, 0.5))]
    return fitted(rv.FCNN(hidden=(16,), members=1, epochs=1, verbose=0), numbers, labels)


def _people() -> Any:
    network = rv.FCNN(hidden=(16,), members=1, epochs=1, verbose=0)
    return fitted(network, people(), np.arange(80) % 7 * 1.5)


def _pictures() -> Any:
    pictures = np.random.default_rng(0).integers(0, 255, (40, 8, 8, 1)).astype(np.uint8)
    return fitted(
        rv.CNN(recipe="textbook", filters=(4,), epochs=1, verbose=0), pictures, np.arange(40) % 2
    )


def _words() -> Any:
    texts = ["good and kind", "bad and cold", "kind words", "cold words here"] * 10
    network = rv.RNN(recipe="textbook", units=(4,), epochs=1, verbose=0)
    return fitted(network, texts, ["yes", "no", "yes", "no"] * 10)


MAKERS = {"numbers": _numbers, "people": _people, "pictures": _pictures, "words": _words}


class Made(Mapping[str, tuple[Path, Any]]):
    """Each model's file, and the model itself, made when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[str, tuple[Path, Any]] = {}

    def __getitem__(self, name: str) -> tuple[Path, Any]:
        if name not in self._made:
            path = self._folder / f"{name}.ranvier"
            # Training is not what is tested here; what is served is compiled in full.
            with quickly():
                MAKERS[name]().save(path)
            self._made[name] = path, rv.load(path)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(MAKERS)

    def __len__(self) -> int:
        return len(MAKERS)


@contextmanager
def quickly() -> Iterator[None]:
    """Compile with little care, which takes a third of the time."""
    jax.config.update("jax_disable_most_optimizations", True)
    try:
        yield
    finally:
        jax.config.update("jax_disable_most_optimizations", False)
        jax.clear_caches()


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(tmp_path_factory.mktemp("served"))


@pytest.fixture(scope="module")
def served(models: Made) -> Iterator[Served]:
    """All models together."""
    with serving(*(path for path, _ in models.values())) as found:
        yield found


Ask = Callable[..., Answer]


@pytest.fixture
def ask(served: Served) -> Ask:
    return served.ask
