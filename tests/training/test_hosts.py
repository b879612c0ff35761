"""Two processes that share each batch end with the bits of one process with two devices."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

FIT = """
import hashlib, sys
import jax
port, process, devices = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) or None
if process >= 0:
    jax.distributed.initialize(f"127.0.0.1:{port}", num_processes=2, process_id=process)
import ranvier as rv
iris = rv.read("iris")
model = rv.FCNN(recipe="textbook", epochs=3, verbose=0, devices=devices).fit(iris)
arrays = model._outcome.parameters
digest = hashlib.sha256(b"".join(arrays[name].tobytes() for name in sorted(arrays)))
print("digest", jax.device_count(), digest.hexdigest())
"""


def start(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", FIT, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def digest_of(process: subprocess.Popen[str]) -> str:
    output, _ = process.communicate(timeout=240)
    assert process.returncode == 0
    return next(line for line in output.splitlines() if line.startswith("digest"))


@pytest.mark.slow
def test_two_hosts_give_the_bits_of_two_devices() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    hosts = [start(port, process, 0) for process in (0, 1)]
    digests = [digest_of(process) for process in hosts]
    assert digests[0] == digests[1] == digest_of(start(port, -1, 2))
    assert digests[0].startswith("digest 2 ")
