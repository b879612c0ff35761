"""Kernels side by side in a training step inside a loop; a few networks beside PyTorch.

    python -m benchmarks.kernels [layers] [strided] [networks] [recurrent]

All are timed in turns, A B C A B C, so that a machine that slows down slows all alike; only
the ratios of one run mean anything. On a machine that others use too, the ratios of processor
time say more than those of the clock.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import numpy as np

from benchmarks.environments import ROOT
from benchmarks.kernels import networks, recurrent
from ranvier.layers.convolution import convolve, convolve_transposed, form_of
from ranvier.layers.convolution.forms import Form
from ranvier.layers.convolution.geometry import Geometry, pairs_of_padding

ROUNDS = 9
LOOP = 4
TORCH = ROOT / ".cache" / "benchmarks" / "torch" / "bin" / "python"

# Image (H, W, C), outputs; batch 64, 3×3, stride 1
LAYERS = [
    ((28, 28, 1), 32),
    ((32, 32, 3), 16),
    ((32, 32, 16), 16),
    ((14, 14, 32), 64),
    ((16, 16, 32), 32),
    ((7, 7, 64), 64),
    ((8, 8, 64), 64),
    ((8, 8, 128), 128),
]
SAME = Geometry(padding=((1, 1), (1, 1)))

# The larger image (H, W, C) and the channels of the smaller; batch 64, stride 2
STRIDED = [((28, 28, 1), 64), ((14, 14, 64), 128), ((28, 28, 32), 64), ((16, 16, 64), 128)]
TAPS = (3, 4, 5)
HALVING = (2, 2)
Seconds = Callable[[], tuple[float, float]]  # by the clock, of the processor


def main() -> None:
    asked = set(sys.argv[1:]) or {"layers", "strided", "networks", "recurrent"}
    if "layers" in asked:
        for image, outputs in LAYERS:
            _layer(image, outputs)
    if "strided" in asked:
        for image, outputs in STRIDED:
            for taps in TAPS:
                _strided(image, outputs, taps)
    if "networks" in asked:
        for name in networks.NETWORKS:
            _network(name)
    if "recurrent" in asked:
        for cell in recurrent.CELLS:
            _recurrent(cell)


def _layer(image: tuple[int, int, int], outputs: int) -> None:
    shape, kernel = (networks.BATCH, *image), (3, 3, image[2], outputs)
    forms: tuple[Form, ...] = ("canonical", "winograd", "patches")
    if image[2] <= 4:
        forms = ("canonical", "widened", "patches")
    calls = {form: _seconds(_layer_step(form, shape, kernel), LOOP) for form in forms}
    chosen = form_of("cpu", shape, kernel, SAME)
    _table(f"{shape} to {outputs} channels, the rule takes {chosen}", calls, chosen)


def _strided(image: tuple[int, int, int], outputs: int, taps: int) -> None:
    """A convolution that halves, and the transposed one that doubles."""
    large, kernel = (networks.BATCH, *image), (taps, taps, image[2], outputs)
    small = (networks.BATCH, image[0] // 2, image[1] // 2, outputs)
    pads = pairs_of_padding("same", image[:2], kernel[:2], HALVING, (1, 1))
    chosen = form_of("cpu", large, kernel, Geometry(HALVING, (pads[0], pads[1])))
    forms: tuple[Form, ...] = ("direct", "patches")
    if taps == 4:
        forms = (*forms, "winograd_strided")
    for name, function, shape in (
        ("halved to", partial(convolve, strides=2), large),
        ("doubled from", convolve_transposed, small),
    ):
        calls = {
            form: _seconds(_step_of(partial(function, form=form), shape, kernel), LOOP)
            for form in forms
        }
        title = f"{large} {name} {outputs} channels, {taps}×{taps}, the rule takes {chosen}"
        _table(title, calls, chosen)


def _layer_step(form: Form, shape: tuple[int, ...], kernel: tuple[int, ...]) -> Callable[[], Any]:
    return _step_of(partial(convolve, form=form, input_gradient=shape[-1] > 4), shape, kernel)


def _step_of(
    function: Callable[..., jax.Array], shape: tuple[int, ...], kernel: tuple[int, ...]
) -> Callable[[], Any]:
    generator = np.random.default_rng(0)
    x = generator.normal(size=shape).astype(np.float32)
    k = (generator.normal(size=kernel) / 30).astype(np.float32)

    def step(state: tuple[jax.Array, jax.Array], _: None) -> Any:
        x, k = state
        y, pull = jax.vjp(function, x, k)
        # Barriers: the whole of each result is computed, apart from what comes after.
        dx, dk = jax.lax.optimization_barrier(pull(jax.lax.optimization_barrier(y)))
        return (x + 1e-9 * dx, k + 1e-9 * dk), None

    program = jax.jit(lambda state: jax.lax.scan(step, state, length=LOOP)[0])
    compiled = program.lower((x, k)).compile()
    return lambda: compiled((x, k))


def _network(name: str) -> None:
    calls = {"ranvier": _seconds(networks.chunk(name), networks.STEPS)}
    # Threads that wait must sleep, or they are counted as busy.
    waiting = {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "0"}
    asked = {f"torch, channels {layout}": f"{name} {layout}" for layout in ("default", "last")}
    _beside_torch(name, calls, asked, waiting)


def _recurrent(cell: str) -> None:
    count = len(jax.devices())
    calls = {
        f"ranvier, {n} device{'s' * (n > 1)}": _seconds(recurrent.chunk(cell, n), networks.STEPS)
        for n in sorted({1, count})
    }
    # Its threads meet so often that it is several times slower where they sleep, and counts them
    # as busy where they do not: only the processor time of a single one can be compared.
    asked = {"torch": f"{cell} default", "torch, 1 thread": f"{cell} single"}
    _beside_torch(cell, calls, asked, {})


def _beside_torch(
    title: str, calls: dict[str, Seconds], asked: dict[str, str], environment: dict[str, str]
) -> None:
    base = list(calls)[-1]
    if not TORCH.exists():
        _table(title, calls, base)
        return
    command = [str(TORCH), "-m", "benchmarks.kernels.torch_peer"]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    ) as peer:
        for name, question in asked.items():
            calls[name] = partial(_asked, peer, f"{question} {networks.STEPS}\n")
        _table(title, calls, base)
        assert peer.stdin is not None
        peer.stdin.close()


def _asked(peer: subprocess.Popen[str], question: str) -> tuple[float, float]:
    assert peer.stdin is not None
    assert peer.stdout is not None
    peer.stdin.write(question)
    peer.stdin.flush()
    wall, processor = json.loads(peer.stdout.readline())
    return wall, processor


def _seconds(call: Callable[[], Any], steps: int) -> Seconds:
    def seconds() -> tuple[float, float]:
        began, busy = time.perf_counter(), time.process_time()
        jax.block_until_ready(call())
        return (time.perf_counter() - began) / steps, (time.process_time() - busy) / steps

    return seconds


def _table(title: str, calls: dict[str, Seconds], base: str) -> None:
    """Milliseconds per step, and how many times that of the base: medians over the rounds."""
    for call in calls.values():
        call()
    rounds = [{name: call() for name, call in calls.items()} for _ in range(ROUNDS)]
    print(f"{title:34}      clock  ratio    processor  ratio")
    for name in calls:
        columns = ""
        for kind in range(2):
            middle = statistics.median(r[name][kind] for r in rounds)
            ratio = statistics.median(r[name][kind] / r[base][kind] for r in rounds)
            columns += f"{middle * 1e3:8.2f} ms {ratio:6.2f}  "
        print(f"  {name:32} {columns}", flush=True)


if __name__ == "__main__":
    main()
