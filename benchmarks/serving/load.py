"""Requests per second of `ranvier serve`, beside the same network behind a plain handler.

    python -m benchmarks.serving.load MODEL [--requests N] [--turns N] [--alone] [--out FILE]

64 clients keep their connections and send one row after the other; server and clients share the
machine, each in a process of its own. The model is exported as ONNX, and a FastAPI handler of the
file takes turns with ours, once with the threads that ONNX Runtime chooses and once with one, which
is faster where clients share the machine; ratios are medians over the turns. Memory is
what the server's process holds before and after. `--alone` measures ours without the other.
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
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from benchmarks import machine
from benchmarks.environments import ROOT, python_of

WARM = 2_000  # requests before any is counted
OURS = "ranvier serve"
PEERS = {  # and the threads of ONNX Runtime, 0 for its own choice
    "FastAPI and ONNX Runtime": 0,
    "FastAPI and ONNX Runtime, one thread": 1,
}

Results = dict[str, list[dict[str, Any]]]  # of each server, a result for each turn


@contextlib.contextmanager
def ours(model: str, log: Path) -> Iterator[tuple[int, int]]:
    """Port and process of `ranvier serve`."""
    command = [sys.executable, "-m", "ranvier", "serve", model, "--port"]
    with _started(command, "/v2/health/ready", log) as found:
        yield found


@contextlib.contextmanager
def theirs(onnx: str, threads: int, log: Path) -> Iterator[tuple[int, int]]:
    """Port and process of the plain handler."""
    command = [str(python_of("serving")), "-m", "benchmarks.serving.peer", onnx, str(threads)]
    with _started(command, "/openapi.json", log) as found:
        yield found


@contextlib.contextmanager
def _started(command: list[str], path: str, log: Path) -> Iterator[tuple[int, int]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (
        log.open("wb") as out,
        subprocess.Popen([*command, str(port)], cwd=ROOT, stdout=out, stderr=out) as process,
    ):
        try:
            _wait(f"http://127.0.0.1:{port}{path}", process, log)
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


def measure(port: int, pid: int, body: Path, clients: int, requests: int) -> dict[str, Any]:
    """One turn."""
    _send(port, body, clients, WARM)
    before = _memory(pid)
    found = _send(port, body, clients, requests)
    return found | {"mib_before": before, "mib_after": _memory(pid)}


def _send(port: int, body: Path, clients: int, requests: int) -> dict[str, Any]:
    words = [str(port), "/predict", str(body), str(clients), str(requests)]
    command = [sys.executable, "-m", "benchmarks.serving.sender", *words]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _memory(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("model", help="a run or a file, of a table of 64 numbers such as digits")
    parser.add_argument("--alone", action="store_true", help="without the plain handler")
    parser.add_argument("--out", type=Path, help="a .json file, and a .md beside it")
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--requests", type=int, default=50_000, help="of each turn")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--columns", type=int, default=64)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        body = Path(folder) / "body.json"
        row = [float(n % 17) for n in range(asked.columns)]
        body.write_text(json.dumps({"rows": [row]}))
        found: Results = {OURS: []}
        onnx = Path(folder) / "model.onnx"
        if not asked.alone:
            found |= {name: [] for name in PEERS}
            words = ["export", asked.model, "--out", str(onnx)]
            subprocess.run([sys.executable, "-m", "ranvier", *words], cwd=ROOT, check=True)
        for turn in range(asked.turns):
            for name, results in found.items():
                log = Path(folder) / f"{turn}-{len(name)}.log"
                threads = PEERS.get(name)
                start = (
                    ours(asked.model, log) if threads is None else theirs(str(onnx), threads, log)
                )
                with start as (port, pid):
                    results.append(measure(port, pid, body, asked.clients, asked.requests))
    about = machine.description() | {"commit": machine.commit(), "clients": asked.clients}
    text = table(found)
    print(text)
    if asked.out is not None:
        whole = {"machine": about, "turns": found}
        asked.out.write_text(json.dumps(whole, indent=1) + "\n")
        said = " · ".join(f"{name} {value}" for name, value in about.items())
        asked.out.with_suffix(".md").write_text(f"{said}\n\n{text}\n")


def table(found: Results) -> str:
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
    for name in list(found)[1:]:
        both = zip(found[OURS], found[name], strict=True)
        ratios = sorted(a["per_second"] / b["per_second"] for a, b in both)
        lines += [
            "",
            f"`{OURS}` answers {statistics.median(ratios):.2f} times as many requests as {name} "
            f"({ratios[0]:.2f} to {ratios[-1]:.2f} in {len(ratios)} turns).",
        ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
