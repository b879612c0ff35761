"""Requests per second of `ranvier serve`, beside the same network behind other servers.

    python -m benchmarks.serving.load MODEL [--requests N] [--turns N] [--alone] [--out FILE]

64 clients keep their connections and send one row after the other; server and clients share the
machine, each in a process of its own. The model is exported as ONNX, and others that serve the file
take turns with ours: a FastAPI handler, once with the threads that ONNX Runtime chooses and once
with one; and MLServer, with its pool of workers and in one process, asked by the Open Inference
Protocol, as ours is then too. Ratios are medians over the turns. Memory is what the server's
processes hold before and after. `--alone` measures ours without the others.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from benchmarks import machine
from benchmarks.environments import ROOT, python_of
from ranvier.runs.folder import find_model
from ranvier.serve.hosting import name_of

WARM = 2_000  # requests before any is counted
OURS = "ranvier serve"
OURS_V2 = "ranvier serve, Open Inference Protocol"
PEERS = {  # a module with its environment, what it is told, and which of ours is asked alike
    "FastAPI and ONNX Runtime": ("peer", "serving", "0", OURS),
    "FastAPI and ONNX Runtime, one thread": ("peer", "serving", "1", OURS),
    "MLServer, its pool of workers": ("mlserver_peer", "mlserver", "1", OURS_V2),
    "MLServer in one process": ("mlserver_peer", "mlserver", "0", OURS_V2),
}

Results = dict[str, list[dict[str, Any]]]  # of each server, a result for each turn


@dataclass(frozen=True)
class Way:
    """A server, and how it is asked.

    Attributes:
        command: that starts it, but for the port.
        ready: an address that answers once it is.
        path, body: of each request.
        beside: which of ours it is compared with; None where it is ours.
    """

    command: list[str]
    ready: str
    path: str
    body: Path
    beside: str | None = None


def ways(model: str, folder: Path, columns: int, *, alone: bool) -> dict[str, Way]:
    """All servers that can be started here."""
    row = [float(n % 17) for n in range(columns)]
    simple, tensors = folder / "simple.json", folder / "tensors.json"
    simple.write_text(json.dumps({"rows": [row]}))
    tensor = {"name": "inputs", "shape": [1, columns], "datatype": "FP64", "data": row}
    tensors.write_text(json.dumps({"inputs": [tensor]}))
    ranvier = [sys.executable, "-m", "ranvier"]
    serve, ready = [*ranvier, "serve", model, "--port"], "/v2/health/ready"
    found = {OURS: Way(serve, ready, "/predict", simple)}
    if alone:
        return found
    found[OURS_V2] = Way(serve, ready, f"/v2/models/{name_of(find_model(model))}/infer", tensors)
    onnx = str(folder / "model.onnx")
    subprocess.run([*ranvier, "export", model, "--out", onnx], cwd=ROOT, check=True)
    for name, (module, environment, option, beside) in PEERS.items():
        try:
            python = str(python_of(environment))
        except LookupError as reason:
            print(f"{name} is left out: {reason}")
            continue
        command = [python, "-m", f"benchmarks.serving.{module}", onnx, option]
        if beside == OURS:
            found[name] = Way(command, "/openapi.json", "/predict", simple, beside)
        else:
            model_path = "/v2/models/model"
            found[name] = Way(
                command, f"{model_path}/ready", f"{model_path}/infer", tensors, beside
            )
    return found


@contextlib.contextmanager
def started(way: Way, log: Path) -> Iterator[tuple[int, int]]:
    """Port and process of a server."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (
        log.open("wb") as out,
        subprocess.Popen([*way.command, str(port)], cwd=ROOT, stdout=out, stderr=out) as process,
    ):
        try:
            _wait(f"http://127.0.0.1:{port}{way.ready}", process, log)
            yield port, process.pid
        finally:
            process.terminate()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    while True:
        if process.poll() is not None:
            raise SystemExit(f"The server ended: {log.read_text()[-300:]}")
        with contextlib.suppress(OSError), urlopen(url, timeout=2) as answer:
            if answer.status == 200:
                return
        time.sleep(0.1)


def measure(way: Way, log: Path, clients: int, requests: int) -> dict[str, Any]:
    """One turn."""
    with started(way, log) as (port, pid):
        _send(port, way, clients, WARM)
        before = _memory(pid)
        found = _send(port, way, clients, requests)
        return found | {"mib_before": before, "mib_after": _memory(pid)}


def _send(port: int, way: Way, clients: int, requests: int) -> dict[str, Any]:
    words = [str(port), way.path, str(way.body), str(clients), str(requests)]
    command = [sys.executable, "-m", "benchmarks.serving.sender", *words]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _memory(pid: int) -> float:
    """MiB of a process and its children."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20 + sum(_memory(int(pid)) for pid in children)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("model", help="a run or a file, of a table of 64 numbers such as digits")
    parser.add_argument("--alone", action="store_true", help="without the others")
    parser.add_argument("--out", type=Path, help="a .json file, and a .md beside it")
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--requests", type=int, default=50_000, help="of each turn")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--columns", type=int, default=64)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        servers = ways(asked.model, folder, asked.columns, alone=asked.alone)
        found: Results = {name: [] for name in servers}
        for _ in range(asked.turns):
            for name, way in servers.items():
                found[name].append(measure(way, folder / "log", asked.clients, asked.requests))
    about = machine.description() | {"commit": machine.commit(), "clients": asked.clients}
    text = table(found, {name: way.beside for name, way in servers.items()})
    print(text)
    if asked.out is not None:
        whole = {"machine": about, "turns": found}
        asked.out.write_text(json.dumps(whole, indent=1) + "\n")
        said = " · ".join(f"{name} {value}" for name, value in about.items())
        asked.out.with_suffix(".md").write_text(f"{said}\n\n{text}\n")


def table(found: Results, beside: dict[str, str | None]) -> str:
    """Medians of all turns, and how many times as many requests ours answers."""
    lines = [
        "| server | requests/s | p50 ms | p99 ms | errors | MiB before | MiB after |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for name, results in found.items():
        cells = [statistics.median(result[key] for result in results) for key in
                 ("per_second", "p50_ms", "p99_ms", "mib_before", "mib_after")]  # fmt: skip
        errors = sum(result["errors"] for result in results)
        lines.append(
            f"| {name} | {cells[0]:,.0f} | {cells[1]:.2f} | {cells[2]:.2f} | {errors} | "
            f"{cells[3]:.0f} | {cells[4]:.0f} |"
        )
    for name, ours in beside.items():
        if ours is None:
            continue
        both = zip(found[ours], found[name], strict=True)
        ratios = sorted(a["per_second"] / b["per_second"] for a, b in both)
        lines += [
            "",
            f"`{ours}` answers {statistics.median(ratios):.2f} times as many requests as {name} "
            f"({ratios[0]:.2f} to {ratios[-1]:.2f} in {len(ratios)} turns).",
        ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
