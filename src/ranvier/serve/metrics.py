"""What Prometheus is told: requests, times, rows, batches, and what waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from ranvier.serve.hosting import Models

CONTENT_TYPE = CONTENT_TYPE_LATEST
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
ROWS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 2048, 8192)


class Metrics:
    """Counters of one server.

    Args:
        models: what is served.
        waiting: how many requests wait just now.
    """

    def __init__(self, models: Models, waiting: Callable[[], int]) -> None:
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._requests = Counter(
            "ranvier_requests", "Requests, by route and status.", ("route", "status"),
            registry=registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "ranvier_request_seconds", "Seconds from a request's head to its answer.", ("route",),
            buckets=SECONDS, registry=registry,
        )  # fmt: skip
        self._rows = Counter(
            "ranvier_rows", "Rows that were computed.", ("model",), registry=registry
        )
        self._batches = Histogram(
            "ranvier_batch_rows", "Rows that were computed together.", ("model",),
            buckets=ROWS, registry=registry,
        )  # fmt: skip
        self._together = Counter(
            "ranvier_batched_requests", "Requests that were computed.", ("model",),
            registry=registry,
        )  # fmt: skip
        queue = Gauge("ranvier_waiting_requests", "Requests that wait.", registry=registry)
        queue.set_function(waiting)
        self._versions = Gauge(
            "ranvier_model_version", "How often a model was loaded.", ("model",), registry=registry
        )
        self._models = models
        # The children that labels give, looked up once.
        self._answered: dict[tuple[str, int], tuple[Any, Any]] = {}
        self._computed: dict[str, tuple[Any, Any, Any]] = {}

    def answered(self, route: str, status: int, seconds: float) -> None:
        """A request is over."""
        found = self._answered.get((route, status))
        if found is None:
            found = (self._requests.labels(route, str(status)), self._seconds.labels(route))
            self._answered[route, status] = found
        found[0].inc()
        found[1].observe(seconds)

    def batch(self, model: str, requests: int, rows: int) -> None:
        """A batch goes through a network."""
        found = self._computed.get(model)
        if found is None:
            found = (
                self._rows.labels(model),
                self._batches.labels(model),
                self._together.labels(model),
            )
            self._computed[model] = found
        found[0].inc(rows)
        found[1].observe(rows)
        found[2].inc(requests)

    def text(self) -> bytes:
        """All of it in the form that Prometheus reads."""
        for model in self._models:
            self._versions.labels(model.name).set(model.version)
        written: bytes = generate_latest(self._registry)
        return written
