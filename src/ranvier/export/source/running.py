"""Written files run in a process of their own, which knows nothing of Ranvier."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors import safe_open

from ranvier.errors import ExportError
from ranvier.export.programs.program import Arrays

LOADED = """
import importlib.util, sys
import numpy as np
path, given, made = sys.argv[1:]
spec = importlib.util.spec_from_file_location("written", path)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
rows = dict(np.load(given))
"""
TORCH = """
import torch
with torch.no_grad():
    found = module.load()(**{name: torch.from_numpy(array) for name, array in rows.items()})
"""
FLAX = """
from flax import nnx
found = nnx.jit(lambda network, rows: network(**rows))(module.load(), rows)
"""
SAVED = """
found = found if isinstance(found, dict) else {"": found}
np.savez(made, **{"result_" + name: np.asarray(array) for name, array in found.items()})
"""


def run_torch(path: Path, rows: Arrays, python: str = sys.executable) -> Arrays:
    """What a file of `write_torch` answers.

    Args:
        path: of the file.
        rows: inputs by name.
        python: an interpreter with torch and safetensors.

    Returns:
        The results by name.

    Raises:
        ExportError: it does not run.
    """
    return _run(path, rows, python, TORCH)


def run_flax(path: Path, rows: Arrays, python: str = sys.executable) -> Arrays:
    """What a file of `write_flax` answers; arguments and result as those of `run_torch`."""
    return _run(path, rows, python, FLAX)


def _run(path: Path, rows: Arrays, python: str, framework: str) -> Arrays:
    inputs, outputs = _named(path)
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder, "given.npz"), Path(folder, "made.npz")
        np.savez(given, **{inputs[name]: array for name, array in rows.items()})  # type: ignore[arg-type]
        command = [python, "-c", LOADED + framework + SAVED, str(path), str(given), str(made)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            last = (done.stderr.strip() or "nothing was said").splitlines()[-1]
            raise ExportError(f"{path.name} was written and does not run: {last}")
        with np.load(made) as found:
            results = {name.removeprefix("result_"): found[name] for name in found.files}
    return {outputs[0]: results[""]} if "" in results else results


def _named(path: Path) -> tuple[Mapping[str, str], list[str]]:
    """The inputs' names in the source, and the results' names."""
    with safe_open(path.with_suffix(".safetensors"), "numpy") as file:
        about = file.metadata()
    return json.loads(about["inputs"]), json.loads(about["outputs"])
