"""Tiny published models, and what transformers makes of them; see golden/published/make.py."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file, save_file

from ranvier.families.transformer.builder import CAUSAL, EMBEDDING, MASKED, TransformerBuilder
from ranvier.families.transformer.published import Published
from ranvier.specification import InputSpec, OutputSpec
from ranvier.training.blueprint import blueprint_of

GOLDEN = Path(__file__).parents[3] / "golden" / "published"
NAMES = tuple(sorted(path.parent.name for path in GOLDEN.glob("*/config.json")))
LANGUAGE = {"causal": CAUSAL, "masked": MASKED, "none": EMBEDDING}


def expected(name: str) -> dict[str, np.ndarray]:
    return load_file(GOLDEN / name / "expected.safetensors")


def copied(name: str, folder: Path) -> Path:
    """A copy of a golden folder, to be damaged."""
    place = folder / name
    shutil.copytree(GOLDEN / name, place)
    return place


def edit(folder: Path, **changes: Any) -> Path:
    """Change config.json; None takes a name away."""
    path = folder / "config.json"
    values = json.loads(path.read_text()) | changes
    path.write_text(json.dumps({k: v for k, v in values.items() if v is not None}))
    return folder


def tensors(folder: Path, **changes: Any) -> Path:
    """Change the weights: an array replaces, None takes away; dots are written as "__"."""
    path = folder / "model.safetensors"
    held = load_file(path) | {k.replace("__", "."): v for k, v in changes.items()}
    save_file({k: np.ascontiguousarray(v) for k, v in held.items() if v is not None}, path)
    return folder


def builder_of(published: Published) -> TransformerBuilder:
    """What builds the network that these weights are for."""
    rows, shape, head = len(published.parameters["embed/tokens"]), published.shape, published.head
    return TransformerBuilder(
        InputSpec(steps=9, vocabulary=rows, segments=shape.segments),
        OutputSpec(units=len(published.labels) or rows, activation="softmax", loss="cross_entropy"),
        shape,
        language=LANGUAGE.get(head, ""),
        pooling="first",
        pooler=published.pooler_activation if head == "classes" else "",
    )


def network_of(published: Published) -> Any:
    """The network with these weights."""
    blueprint = blueprint_of(builder_of(published))
    wanted = {path: published.parameters[path] for path in blueprint.parameters}
    return blueprint.assemble(wanted, {})


def asked(name: str, shape: Any) -> dict[str, np.ndarray]:
    """The questions of a golden folder."""
    wanted = ("tokens", "lengths") + (("segments",) if shape.segments else ())
    return {part: expected(name)[part] for part in wanted}


def real(name: str) -> np.ndarray:
    """Bool (2, 9): which steps are no padding."""
    return np.arange(9)[None] < expected(name)["lengths"][:, None]
