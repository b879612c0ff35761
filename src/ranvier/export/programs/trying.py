"""Rows to try an exported file with, where nobody gives any."""

from __future__ import annotations

import numpy as np

from ranvier.export.graph import STEPS
from ranvier.export.programs.inputs import Inputs
from ranvier.export.programs.program import Arrays
from ranvier.preprocessing.fitting import Preprocessor
from ranvier.preprocessing.pictures import PicturePreprocessor
from ranvier.preprocessing.sequences import SequencePreprocessor
from ranvier.preprocessing.table import TablePreprocessor

TRIED = 32  # rows


def made_up(inputs: Inputs, preprocessor: Preprocessor) -> Arrays:
    """Rows like those of training, as far as the model remembers them."""
    rng = np.random.default_rng(0)
    rows: Arrays = {}
    table = preprocessor if isinstance(preprocessor, TablePreprocessor) else None
    table = table or getattr(getattr(preprocessor, "beside", None), "table", None)
    for name, tensor in inputs.tensors.items():
        shape = (TRIED, *tensor.sized(inputs.usual))
        values: np.ndarray = rng.normal(size=shape)
        if name == "numbers" and table is not None:
            values = _numbers(table, values, rng)
        elif name == "others":
            values = rng.integers(0, 2, shape)
        elif name == "categories" and table is not None:
            codes = [words.codes for _, words in table.plan.vocabularies]
            values = np.stack([rng.integers(0, count, TRIED) for count in codes], axis=1)
        elif name == "image":
            values = _pixels(preprocessor, shape, rng)
        elif name == "steps" and isinstance(preprocessor, SequencePreprocessor):
            values = preprocessor.center + values * preprocessor.scale
        elif name == "tokens":
            values = rng.integers(1, preprocessor.spec.vocabulary, shape)
        elif name == "importance":
            values = np.abs(values) / np.sqrt(shape[1])
        elif name == "segments":
            values = np.sort(rng.integers(0, 2, shape), axis=1)
        elif name == "lengths":
            values = rng.integers(1, inputs.usual[STEPS] + 1, shape)
        elif name.endswith("_categories") and preprocessor.spec.window is not None:
            part = name.removesuffix("_categories")
            known = getattr(preprocessor.spec.window, part).categories
            values = np.stack([rng.integers(0, n, shape[:-1]) for n in known], axis=-1)
        rows[name] = values.astype(tensor.dtype)
    return _padded(rows)


def _padded(rows: Arrays) -> Arrays:
    """Nothing stands behind the end of a row."""
    lengths = rows.get("lengths")
    for name in ("steps", "tokens", "importance", "segments"):
        if lengths is not None and name in rows:
            real = np.arange(rows[name].shape[1]) < lengths[:, None]
            rows[name] = np.where(real.reshape(*real.shape, *(1,) * (rows[name].ndim - 2)),
                                  rows[name], 0).astype(rows[name].dtype)  # fmt: skip
    return rows


def _numbers(table: TablePreprocessor, values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    plan = table.plan
    spread = np.divide(1.0, plan.scale, out=np.zeros_like(plan.scale), where=plan.scale > 0)
    places = [table.columns.index(name) for name in plan.numbers] if plan.array else slice(None)
    found = np.zeros(values.shape)
    found[:, places] = plan.center + values[:, : len(plan.center)] * spread
    holes = rng.random(found.shape) < 0.1
    return np.where(holes, np.nan, found)


def _pixels(
    preprocessor: Preprocessor, shape: tuple[int, ...], rng: np.random.Generator
) -> np.ndarray:
    spec = preprocessor.spec
    values = np.array(spec.image_center) + rng.normal(size=shape) * np.array(spec.image_scale)
    whole = isinstance(preprocessor, PicturePreprocessor) and preprocessor.dtype == "uint8"
    found: np.ndarray = np.clip(np.rint(values), 0, 255) if whole else values
    return found
