"""A virtual environment for each group of peers, made when it is missing or out of date."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".cache" / "benchmarks"


def python_of(environment: str) -> Path:
    """The environment's interpreter, after installing what its requirements ask for.

    Raises:
        LookupError: it cannot be made here, with the reason.
    """
    folder = FOLDER / environment
    python = folder / "bin" / "python"
    requirements = ROOT / "benchmarks" / "requirements" / f"{environment}.txt"
    wanted = _fingerprint(requirements)
    stamp = folder / "ready"
    if stamp.exists() and stamp.read_text() == wanted and python.exists():
        return python
    print(f"Making the environment {environment} (the first time, this takes minutes).")
    _run([sys.executable, "-m", "venv", "--clear", str(folder)])
    # Wheels only: nothing here may need a compiler.
    how = ["--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]
    _run([str(python), "-m", "pip", "install", *how, "--requirement", str(requirements)])
    stamp.write_text(wanted)
    return python


def _fingerprint(requirements: Path) -> str:
    digest = hashlib.sha256(str(ROOT).encode())  # a copied environment runs its first home's code
    digest.update(sys.version.encode())
    digest.update(requirements.read_bytes())
    if "--editable" in requirements.read_text():
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
        digest.update(repr(sorted(project["dependencies"])).encode())
    return digest.hexdigest()


def _run(command: list[str]) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        reason = (said or done.stderr.splitlines() or ["no reason given"])[-1]
        raise LookupError(f"cannot be installed here: {reason.removeprefix('ERROR: ')}")
