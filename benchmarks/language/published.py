"""Published weights beside transformers and sentence-transformers, read and written.

    python -m benchmarks.language.published           the table of greatest differences
    python -m benchmarks.language.published --make    the tiny models of the tests anew

For each kind of model: the greatest difference of the numbers that Ranvier reads out of a folder of
transformers; and of those that transformers reads out of the folder that Ranvier writes of it.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import subprocess
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file

from benchmarks.environments import ROOT, python_of
from benchmarks.language.minilm import minilm, sentences
from ranvier.families.transformer.model import Transformer
from ranvier.families.transformer.published import Published, read_published, write_published
from tests.families.transformer.published.folders import GOLDEN, NAMES, asked, network_of, real

PROMISED = 1e-4
SENTENCES = 200
TIED = 1e-6  # cosines that float32 does not tell apart
TEXTS = ["the cat sat on the mat .", "a cat"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--make", action="store_true", help="write the tests' models anew")
    python = python_of("transformers")
    if parser.parse_args().make:
        script = [str(python), "-m", "tests.golden.published.make"]
        subprocess.run(script, cwd=ROOT, env=_quiet(), check=True)
        return
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as scratch:
        rows = _compare(Path(scratch), python)
    print("| model | hidden | answer | read back: hidden | answer | tokens |")
    print("|---|---|---|---|---|---|")
    for row in rows:
        print(f"| {' | '.join(row)} |")


def _compare(scratch: Path, python: Path) -> list[tuple[str, ...]]:
    folder, texts = minilm(), sentences(SENTENCES)
    ours = Transformer.from_pretrained(folder, verbose=0)
    ours.save_pretrained(scratch / "minilm")
    for name in NAMES:
        _write(scratch / name, read_published(GOLDEN / name))
    questions = {name: GOLDEN / name / "expected.safetensors" for name in NAMES}
    job = {
        "folders": {n: [str(scratch / n), str(path)] for n, path in questions.items()},
        "minilm": [str(folder), str(scratch / "minilm")],
        "texts": TEXTS,
        "sentences": texts,
        "out": str(scratch),
    }
    done = subprocess.run(
        [str(python), "-m", "benchmarks.language.published_peers"],
        cwd=ROOT, env=_quiet(), input=json.dumps(job), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    said = json.loads(done.stdout.splitlines()[-1])
    rows = [_row(name, scratch, said[name]) for name in NAMES]
    vectors = ours.embed(texts)
    for number, what in enumerate(("MiniLM", "MiniLM, written by Ranvier")):
        theirs = load_file(scratch / f"minilm-{number}.safetensors")["vectors"]
        text = _rankings(vectors, theirs)
        rows.append((what, "", _number(np.abs(vectors - theirs).max()), "", "", text))
    return rows


def _write(place: Path, read: Published) -> None:
    write_published(
        place, read.shape, read.parameters, read.tokenizer, kind=read.kind, head=read.head,
        labels=read.labels, task=read.task, max_length=read.max_length,
    )  # fmt: skip


def _row(name: str, scratch: Path, tokens: Any) -> tuple[str, ...]:
    """Differences of what Ranvier reads, and of what transformers reads back."""
    known = load_file(GOLDEN / name / "expected.safetensors")
    found = _answers(name)
    back = load_file(scratch / f"{name}.safetensors")
    cells = []
    for came in (found, back):
        for part in ("hidden", "logits"):
            if part not in came or part not in known:
                cells.append("–")
                continue
            gap = np.abs(came[part] - known[part])
            cells.append(_number((gap[real(name)] if gap.ndim == 3 else gap).max()))
    wanted = [list(ids) for ids in _tokens(name)]
    return (name, *cells, "the same" if tokens == wanted else "DIFFER")


def _answers(name: str) -> dict[str, Any]:
    published = read_published(GOLDEN / name)
    network, inputs = network_of(published), asked(name, published.shape)
    if published.head == "classes":
        return {"logits": np.asarray(network(inputs))}
    hidden = network.hidden(inputs)
    logits = {} if published.head == "none" else {"logits": np.asarray(network.logits(hidden))}
    return {"hidden": np.asarray(hidden), **logits}


def _tokens(name: str) -> list[list[int]]:
    """The tokens of `TEXTS` as Ranvier cuts them, with the marks around that the kind has."""
    model = Transformer.from_pretrained(GOLDEN / name, verbose=0)
    tokens = model.preprocessor_.tokens
    flat, starts = tokens.encode(TEXTS)
    cuts = [flat[a:b].tolist() for a, b in itertools.pairwise(starts)]
    if model.task_ == "language_model":
        return cuts
    return [[tokens.start, *cut, tokens.end] for cut in cuts]


def _rankings(ours: np.ndarray, theirs: np.ndarray) -> str:
    """For each sentence all others, the nearest first: how many of these orders are the same.

    Where one differs, how far apart the cosines are that changed places.
    """
    cosines = theirs.astype(np.float64) @ theirs.T.astype(np.float64)
    mine = _orders(ours.astype(np.float64) @ ours.T.astype(np.float64))
    gaps = np.abs(np.take_along_axis(cosines, mine, 1) - np.sort(-cosines, axis=1) * -1)
    same = int((mine == _orders(cosines)).all(axis=1).sum())
    said = f"{same} of {len(ours)} rankings the same"
    if same == len(ours):
        return said
    widest = gaps.max()
    return f"{said}; cosines {widest:.0e} apart change places{' DIFFER' if widest > TIED else ''}"


def _orders(cosines: np.ndarray) -> np.ndarray:
    return np.argsort(-cosines, axis=1, kind="stable")


def _number(gap: Any) -> str:
    return f"{float(gap):.1e}{'' if gap <= PROMISED else ' !'}"


def _quiet() -> dict[str, str]:
    names = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_PROGRESS_BARS")
    return {**os.environ, **dict.fromkeys(names, "1"), "PYTHONPATH": str(ROOT)}


if __name__ == "__main__":
    main()
