"""What comes in, and the numeric preprocessing inside the exported function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np

from ranvier.export.programs.program import Arrays, Tensor
from ranvier.preprocessing import numeric
from ranvier.preprocessing.corpus import CorpusPreprocessor
from ranvier.preprocessing.fitting import Preprocessor
from ranvier.preprocessing.pictures import PicturePreprocessor
from ranvier.preprocessing.sequences import FARTHEST, SequencePreprocessor
from ranvier.preprocessing.table import TablePreprocessor
from ranvier.preprocessing.texts import TextPreprocessor
from ranvier.specification import WindowSpec
from ranvier.tasks import MASKED_LANGUAGE_MODEL

Encode = Callable[[Mapping[str, Any]], dict[str, Any]]
TRIED = 32  # rows that are made up where none are given


@dataclass(frozen=True)
class Inputs:
    """One kind of input.

    Attributes:
        tensors: by name.
        encode: within the function: from these to what the network takes.
        about: how values become numbers before they come here, as JSON can hold it.
    """

    tensors: dict[str, Tensor]
    encode: Encode
    about: dict[str, Any]


def inputs_of(preprocessor: Preprocessor, columns: int) -> Inputs:
    """The inputs of a fitted model; `columns`: of the array that it was fitted with."""
    if isinstance(preprocessor, TablePreprocessor):
        return _table(preprocessor, columns)
    return _network(preprocessor)


def _table(table: TablePreprocessor, columns: int) -> Inputs:
    plan, tensors = table.plan, {}
    dtype = _dtype(plan.center, plan.scale)
    kept = [table.columns.index(name) for name in plan.numbers]
    if plan.array:
        tensors["numbers"] = Tensor((columns,), dtype, "the columns; NaN where one is missing")
    elif plan.numbers:
        tensors["numbers"] = Tensor((len(plan.numbers),), dtype, ", ".join(plan.numbers))
    others = len(plan.booleans) + 2 * len(plan.places)
    if others:
        tensors["others"] = Tensor((others,), "float32", ", ".join(plan.feature_names[-others:]))
    if plan.vocabularies:
        names = ", ".join(name for name, _ in plan.vocabularies)
        tensors["categories"] = Tensor((len(plan.vocabularies),), "int32", names)
    center, scale = plan.center.astype(dtype), plan.scale.astype(dtype)
    indicated = [int(position) for position in plan.indicated]

    def encode(given: Mapping[str, Any]) -> dict[str, Any]:
        parts = []
        if "numbers" in given:
            raw = given["numbers"]
            raw = _chosen(raw, kept) if plan.array else raw
            parts.append(_scaled(raw, center, scale, indicated))
        if "others" in given:
            parts.append(given["others"])
        found = {} if not parts else {"numeric": _beside(parts)}
        return found | ({"categories": given["categories"]} if "categories" in given else {})

    return Inputs(tensors, encode, _codes(table))


def _codes(table: TablePreprocessor) -> dict[str, Any]:
    """For each column of text the code of each value; what stands in none of them is 0."""
    found = {}
    for name, vocabulary in table.plan.vocabularies:
        found[name] = {value: code for code, value in enumerate(vocabulary.values, 1)}
        if vocabulary.missing:
            found[name]["(missing)"] = vocabulary.codes - 1
    return {"categories": found} if found else {}


def _scaled(raw: Any, center: Any, scale: Any, indicated: list[int]) -> Any:
    """`numeric.features`, with indicators by slices, which every format knows."""
    values = numeric.features(raw, center[None], scale[None], (), xp=jnp)
    parts = [values.astype(jnp.float32)]
    parts += [jnp.isnan(raw[:, at : at + 1]).astype(jnp.float32) for at in indicated]
    return _beside(parts)


def _chosen(raw: Any, kept: list[int]) -> Any:
    """Some of the columns, by as few slices as do."""
    if kept == list(range(raw.shape[1])):
        return raw
    runs: list[list[int]] = []
    for column in kept:
        if runs and runs[-1][1] == column:
            runs[-1][1] = column + 1
        else:
            runs.append([column, column + 1])
    return _beside([raw[:, first:last] for first, last in runs])


def _beside(parts: list[Any]) -> Any:
    return parts[0] if len(parts) == 1 else jnp.concatenate(parts, axis=1)


def _dtype(center: np.ndarray, scale: np.ndarray) -> str:
    """Float32, unless a column is so far from zero that it would lose what it tells."""
    lost = np.abs(center) * scale * 2.0**-24
    return "float64" if np.any(lost > 1e-6) else "float32"


def _network(preprocessor: Preprocessor) -> Inputs:
    """What the network takes itself, but for the numbers of sequences, which come raw."""
    spec, tensors, about = preprocessor.spec, {}, {}
    if isinstance(preprocessor, PicturePreprocessor):
        words = f"{preprocessor.form}: pixels as they are"
        tensors["image"] = Tensor(spec.image, preprocessor.dtype, words)
    if isinstance(preprocessor, SequencePreprocessor):
        width = len(preprocessor.center)
        tensors["steps"] = Tensor((spec.steps, width), "float32", "padded with zeros at the end")
    if isinstance(preprocessor, TextPreprocessor):
        tensors["tokens"] = Tensor((spec.steps,), "int32", "padded with 0 at the end")
        about["tokenizer"] = preprocessor.tokens.to_state()
        if preprocessor.documents is not None:
            tensors["importance"] = Tensor((spec.steps,), "float32", "of each token: tf-idf")
            about["idf"] = [round(float(value), 7) for value in preprocessor.idf]
        if spec.segments:
            tensors["segments"] = Tensor((spec.steps,), "int32", "0 at the first text, 1 after it")
    if isinstance(preprocessor, CorpusPreprocessor):
        tensors["tokens"] = Tensor((preprocessor.context,), "int32", "padded with 0 at the end")
        about["tokenizer"] = preprocessor.tokens.to_state()
        if preprocessor.task == MASKED_LANGUAGE_MODEL.kind:
            tensors["lengths"] = Tensor((), "int32", "how many tokens of each row are real")
    if spec.window is not None:
        tensors |= _windows(spec.window)
    if (
        not (isinstance(preprocessor, SequencePreprocessor) and preprocessor.even)
        and spec.steps
        and not isinstance(preprocessor, CorpusPreprocessor)
    ):
        tensors["lengths"] = Tensor((), "int32", "how many steps of each row are real")
    tabled = getattr(getattr(preprocessor, "beside", None), "table", None)
    beside = None if tabled is None else _table(tabled, len(tabled.columns))

    def encode(given: Mapping[str, Any]) -> dict[str, Any]:
        found = dict(given)
        if isinstance(preprocessor, SequencePreprocessor):
            found["steps"] = _steps(preprocessor, given["steps"], given.get("lengths"))
        if beside is not None:
            own = {name: found.pop(name) for name in beside.tensors}
            found |= beside.encode(own)
        return found

    if beside is not None:
        tensors |= beside.tensors
        about |= beside.about
    return Inputs(tensors, encode, about)


def _windows(window: WindowSpec) -> dict[str, Tensor]:
    """What a network that forecasts takes, as the model's own preprocessing makes it."""
    steps = window.context + window.horizon
    tensors = {
        "past": Tensor((window.context,), "float32", "standardised values of the steps before"),
        "linear": Tensor((window.horizon,), "float32", "what the best linear forecast says"),
    }
    if window.calendar:
        tensors["calendar"] = Tensor((steps, window.calendar), "float32", "waves of the calendar")
    for name, spec, axes in (("known", window.known, (steps,)), ("static", window.static, ())):
        if spec.numeric:
            tensors[f"{name}_numeric"] = Tensor((*axes, spec.numeric), "float32", "standardised")
        if spec.categories:
            shape = (*axes, len(spec.categories))
            tensors[f"{name}_categories"] = Tensor(shape, "int32", "codes")
    return tensors


def _steps(learned: SequencePreprocessor, raw: Any, lengths: Any) -> Any:
    """As `SequencePreprocessor.transform` does it; padding stays 0."""
    factor = np.divide(
        1.0, learned.scale, out=np.zeros_like(learned.scale), where=learned.scale > 0
    )
    center = learned.center.astype(np.float32)[None, None]
    scaled = jnp.clip((raw - center) * factor.astype(np.float32)[None, None], -FARTHEST, FARTHEST)
    parts = [jnp.where(jnp.isnan(scaled), 0.0, scaled)]
    for channel in learned.indicated:
        parts.append(jnp.isnan(raw[:, :, channel : channel + 1]).astype(jnp.float32))
    found = parts[0] if len(parts) == 1 else jnp.concatenate(parts, axis=2)
    if lengths is None:
        return found
    real = jnp.arange(raw.shape[1])[None] < lengths[:, None]
    return jnp.where(real[:, :, None], found, 0.0)


def made_up(inputs: Inputs, preprocessor: Preprocessor) -> Arrays:
    """Rows like those of training, as far as the model remembers them."""
    rng, rows = np.random.default_rng(0), {}
    table = preprocessor if isinstance(preprocessor, TablePreprocessor) else None
    table = table or getattr(getattr(preprocessor, "beside", None), "table", None)
    for name, tensor in inputs.tensors.items():
        shape = (TRIED, *tensor.shape)
        values = rng.normal(size=shape)
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
            values = np.abs(values) / np.sqrt(tensor.shape[0])
        elif name == "segments":
            values = np.sort(rng.integers(0, 2, shape), axis=1)
        elif name == "lengths":
            longest = next(inputs.tensors[n] for n in ("steps", "tokens") if n in inputs.tensors)
            values = rng.integers(1, longest.shape[0] + 1, shape)
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


def _pixels(preprocessor: Preprocessor, shape: Any, rng: np.random.Generator) -> np.ndarray:
    spec = preprocessor.spec
    values = np.array(spec.image_center) + rng.normal(size=shape) * np.array(spec.image_scale)
    whole = isinstance(preprocessor, PicturePreprocessor) and preprocessor.dtype == "uint8"
    return np.clip(np.rint(values), 0, 255) if whole else values


def raw_rows(inputs: Inputs, preprocessor: Preprocessor, given: Any, *, lenient: bool) -> Arrays:
    """Rows of a person's data as an exported file takes them.

    Args:
        inputs: of the file.
        preprocessor: fitted.
        given: the rows as they were read.
        lenient: as in `TablePreprocessor.transform`.
    """
    found = dict(preprocessor.transform(given, lenient=lenient))
    table, rows = preprocessor, given
    if not isinstance(preprocessor, TablePreprocessor):
        table, rows = getattr(getattr(preprocessor, "beside", None), "table", None), given.beside
    if isinstance(table, TablePreprocessor):
        if "numbers" in inputs.tensors:
            found["numbers"] = table.raw(rows, lenient=lenient)
        if "others" in inputs.tensors:
            found["others"] = found["numeric"][:, -inputs.tensors["others"].shape[0] :]
    if isinstance(preprocessor, SequencePreprocessor):
        found["steps"] = _raw_steps(given)
        found.setdefault("lengths", np.asarray(given.lengths))
    return {
        name: _of_length(np.asarray(found[name][: len(found[name])]), tensor).astype(tensor.dtype)
        for name, tensor in inputs.tensors.items()
    }


def _raw_steps(given: Any) -> np.ndarray:
    """(N, longest, channels) as they were read."""
    lengths = np.asarray(given.lengths)
    steps = np.zeros((len(lengths), int(lengths.max(initial=0)), given.width), np.float32)
    steps[np.arange(steps.shape[1]) < lengths[:, None]] = given.flat()
    return steps


def _of_length(array: np.ndarray, tensor: Tensor) -> np.ndarray:
    """Padded with zeros along the steps, or cut."""
    if array.ndim < 2 or not tensor.shape or array.shape[1] == tensor.shape[0]:
        return array
    wanted = tensor.shape[0]
    if array.shape[1] > wanted:
        return array[:, :wanted]
    return np.pad(array, [(0, 0), (0, wanted - array.shape[1]), *[(0, 0)] * (array.ndim - 2)])
