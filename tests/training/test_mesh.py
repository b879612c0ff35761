"""Which devices a run takes, in processes of their own: JAX counts the devices when it starts."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

RULE = """
import jax
from ranvier.training import mesh
least = 2.0**28
large = 2 * least / 64  # of one row
count = lambda n, rows, products=0.0: len(mesh.choose(n, rows, products, least).devices)
print(len(jax.devices()), count(None, 64), count(None, 64, large), count(None, 64, large / 4),
      count(None, 20, 100 * large), count(1, 64, large), count(2, 64),
      len(mesh.choose(None, 64, large).devices))
"""

CONVOLUTIONS = """
import numpy as np
import ranvier as rv
generator = np.random.default_rng(0)
y = np.arange(140) % 2
X = generator.normal(size=(140, 32, 32, 3)).astype(np.float32) + y[:, None, None, None]
few = dict(filters=(32, 64), depth=2, epochs=2, batch_size=56, augmentation="none", verbose=0)
first, again, alone = (rv.CNN(devices=n, **few).fit(X, y) for n in (None, None, 1))
print([dict(m.decisions_)["device"].split(" · ")[0] for m in (first, alone)])
for path, array in first._outcome.parameters.items():
    assert (array == again._outcome.parameters[path]).all(), path
for a, b in zip(first.history_, alone.history_, strict=True):
    for name in ("loss", "valid_loss"):
        np.testing.assert_allclose(a[name], b[name], rtol=2e-2)
"""


RECURRENT = """
import numpy as np
import ranvier as rv
generator = np.random.default_rng(0)
y = np.arange(140) % 2
rows = [generator.normal(size=(n, 4)) + k for n, k in zip(generator.integers(40, 81, 140), y)]
few = dict(units=(64,), convolutions=(), epochs=2, batch_size=56, validation_fraction=0.2,
           verbose=0)
first, again, alone = (rv.RNN(devices=n, **few).fit(rows, y) for n in (None, None, 1))
print([dict(m.decisions_)["device"].split(" · ")[0] for m in (first, alone)])
for path, array in first._outcome.parameters.items():
    assert (array == again._outcome.parameters[path]).all(), path
for a, b in zip(first.history_, alone.history_, strict=True):
    for name in ("loss", "valid_loss"):
        np.testing.assert_allclose(a[name], b[name], rtol=2e-2)
"""


def said(program: str, **environment: str) -> str:
    kept = {name: value for name, value in os.environ.items() if name != "JAX_NUM_CPU_DEVICES"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(program)],
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_cores_share_only_steps_of_much_work_that_one_core_does_alone():
    assert said(RULE, JAX_NUM_CPU_DEVICES="2") == "2 1 2 1 1 1 2 1"


def test_what_the_user_chose_stays():
    flag = "--xla_force_host_platform_device_count=3"
    program = "import jax, ranvier.training.mesh; print(len(jax.devices()))"
    assert said(program, XLA_FLAGS=flag) == "3"
    assert said(program, JAX_NUM_CPU_DEVICES="4") == "4"


def test_each_core_is_a_device():
    program = "import os, jax, ranvier.training.mesh; print(jax.device_count(), os.cpu_count())"
    if hasattr(os, "sched_getaffinity"):
        program = program.replace("os.cpu_count()", "len(os.sched_getaffinity(0))")
    devices, cores = said(program).split()
    assert devices == cores


def test_a_convolutional_network_on_two_repeats_its_bits_and_agrees_with_one():
    assert said(CONVOLUTIONS, JAX_NUM_CPU_DEVICES="2") == "['CPU, 2 replicas', 'CPU, one replica']"


def test_a_recurrent_network_on_two_repeats_its_bits_and_agrees_with_one():
    assert said(RECURRENT, JAX_NUM_CPU_DEVICES="2") == "['CPU, 2 replicas', 'CPU, one replica']"


THREE = """
import numpy as np
import ranvier as rv
X = np.random.default_rng(0).normal(size=(300, 3)).astype(np.float32)
fits = [rv.FCNN(recipe="textbook", epochs=2, batch_size=32, validation_fraction=0.3, verbose=0,
                devices=n).fit(X, X[:, 0] > 0) for n in (3, 1)]
for name in ("loss", "valid_loss"):
    np.testing.assert_allclose(*([row[name] for row in m.history_] for m in fits), rtol=1e-2)
print(len(fits[0].history_))
"""


def test_validation_rows_are_cut_for_any_number_of_devices():
    assert said(THREE, JAX_NUM_CPU_DEVICES="3") == "2"
