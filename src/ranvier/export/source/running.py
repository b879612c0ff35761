"""Written files run in a process of their own, which knows nothing of Ranvier."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors import safe_open

from ranvier.errors import ExportError
from ranvier.export.programs.program import Arrays, Trials

LOADED = """
import importlib.util, sys
import numpy as np
path, *files = sys.argv[1:]
spec = importlib.util.spec_from_file_location("written", path)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
network = module.load()
"""
TORCH = """
import torch
torch.set_grad_enabled(False)
def run(rows):
    return network(**{name: torch.from_numpy(array) for name, array in rows.items()})
"""
FLAX = """
from flax import nnx
answer = nnx.jit(lambda network, rows: network(**rows))
def run(rows):
    return answer(network, rows)
"""
KERAS = """
def run(rows):
    return network(rows, training=False)
"""
SAVED = """
for given, made in zip(files[::2], files[1::2]):
    found = run(dict(np.load(given)))
    found = found if isinstance(found, dict) else {"": found}
    np.savez(made, **{"result_" + name: np.asarray(array) for name, array in found.items()})
"""


def run_torch(path: Path, trials: Trials, python: str = sys.executable) -> list[Arrays]:
    """What a file of `write_torch` answers.

    Args:
        path: of the file.
        trials: several times inputs by name.
        python: an interpreter with torch and safetensors.

    Returns:
        For each the results by name.

    Raises:
        ExportError: it does not run.
    """
    return _run(path, trials, python, TORCH)


def run_flax(path: Path, trials: Trials, python: str = sys.executable) -> list[Arrays]:
    """What a file of `write_flax` answers; arguments and result as those of `run_torch`."""
    return _run(path, trials, python, FLAX)


def run_keras_source(path: Path, trials: Trials, python: str = sys.executable) -> list[Arrays]:
    """What a source of Keras answers, in JAX; arguments and result as those of `run_torch`."""
    return _run(path, trials, python, KERAS)


def _run(path: Path, trials: Trials, python: str, framework: str) -> list[Arrays]:
    inputs, outputs = _named(path)
    with tempfile.TemporaryDirectory() as folder:
        places = []
        for number, rows in enumerate(trials):
            given = Path(folder, f"given-{number}.npz")
            np.savez(given, **{inputs[name]: array for name, array in rows.items()})  # type: ignore[arg-type]
            places += [str(given), str(Path(folder, f"made-{number}.npz"))]
        command = [python, "-c", LOADED + framework + SAVED, str(path), *places]
        environment = os.environ | {
            "JAX_TRACEBACK_FILTERING": "off",  # or an error's last line is about itself
            "KERAS_BACKEND": "jax",
        }
        if framework == KERAS and any(a.dtype == np.float64 for t in trials for a in t.values()):
            environment["JAX_ENABLE_X64"] = "1"
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            last = (done.stderr.strip() or "nothing was said").splitlines()[-1]
            raise ExportError(f"{path.name} was written and does not run: {last}")
        return [_read(Path(made), outputs) for made in places[1::2]]


def _read(path: Path, outputs: list[str]) -> Arrays:
    with np.load(path) as found:
        results = {name.removeprefix("result_"): found[name] for name in found.files}
    return {outputs[0]: results[""]} if "" in results else results


def _named(path: Path) -> tuple[Mapping[str, str], list[str]]:
    """The inputs' names in the source, and the results' names."""
    with safe_open(path.with_suffix(".safetensors"), "numpy") as file:
        about = file.metadata()
    return json.loads(about["inputs"]), json.loads(about["outputs"])
