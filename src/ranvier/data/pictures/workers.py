"""Jobs done side by side: in threads where they are few, in processes where they are many.

Pillow lets other threads run while it decodes a large picture; a small one is mostly Python's
work, which threads can only take turns at.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

from ranvier.data.pictures.jobs import Done, Job, work
from ranvier.errors import DataError

Report = Callable[[Done], None]
FEW = 1000  # files that are read before a process has started
PROGRAM = "from ranvier.data.pictures.worker import main; main()"


def run(jobs: Sequence[Job], report: Report) -> None:
    """Do all jobs; `report` is told of each in this thread's turn, one at a time.

    Raises:
        DataError: a worker died.
        OSError: nothing can be written.
    """
    files = sum(len(job.paths) for job in jobs)
    count = min(os.cpu_count() or 1, len(jobs))
    if files > FEW and sys.executable:
        _processes(jobs, report, count)
    else:
        _threads(jobs, report, count)


def _threads(jobs: Sequence[Job], report: Report, count: int) -> None:
    with warnings.catch_warnings(), ThreadPoolExecutor(max(1, count)) as pool:
        warnings.simplefilter("ignore")
        waiting = [pool.submit(work, job) for job in jobs]
        try:
            for finished in as_completed(waiting):
                report(finished.result())
        finally:
            for future in waiting:
                future.cancel()


def _processes(jobs: Sequence[Job], report: Report, count: int) -> None:
    """One thread for each process hands it a job after the other; one more thread works itself."""
    queue, lock = iter(jobs), threading.Lock()
    errors: list[BaseException] = []
    children = [_started() for _ in range(max(1, count - 1))]

    def serve(child: subprocess.Popen[str] | None) -> None:
        try:
            for job in _shared(queue, lock):
                if errors:
                    return
                done = work(job) if child is None else _asked(child, job)
                with lock:
                    report(done)
        except BaseException as error:
            errors.append(error)

    everyone = (*children, None)
    servers = [threading.Thread(target=serve, args=(child,), daemon=True) for child in everyone]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's, about damaged headers
            for server in servers:
                server.start()
            for server in servers:
                server.join()
    except BaseException as error:  # Ctrl-C
        errors.append(error)
        raise
    finally:
        for child in children:
            if errors:
                child.kill()
            assert child.stdin is not None
            assert child.stdout is not None
            with contextlib.suppress(BrokenPipeError):  # what it was told and did not read
                child.stdin.close()
            child.wait()
            child.stdout.close()
    if errors:
        raise errors[0]


def _shared(queue: Iterator[Job], lock: threading.Lock) -> Iterator[Job]:
    while True:
        with lock:
            job = next(queue, None)
        if job is None:
            return
        yield job


def _started() -> subprocess.Popen[str]:
    paths = os.pathsep.join(path or os.getcwd() for path in sys.path)
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="ascii",
        env={**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1",
             "OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip


def _asked(child: subprocess.Popen[str], job: Job) -> Done:
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        child.stdin.write(json.dumps(job.to_state()) + "\n")
        child.stdin.flush()
        line = child.stdout.readline()
    except BrokenPipeError:
        line = ""
    if not line:
        raise DataError(
            f"The program that read {job.paths[0]} and the {len(job.paths) - 1:,} files after it "
            "ended by itself (out of memory, or a damaged file): read these files apart."
        )
    answer: dict[str, Any] = json.loads(line)
    if "errno" in answer:
        raise OSError(answer["errno"], answer["reason"])
    problems = {int(number): reason for number, reason in answer["problems"].items()}
    seen = [tuple(one) for one, count in answer["seen"] for _ in range(count)]
    return Done(answer["first"], seen, problems)
