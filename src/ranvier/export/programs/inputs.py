"""What comes in, and the numeric preprocessing inside the exported function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jax.numpy as jnp
import numpy as np

from ranvier.export.graph import STEPS
from ranvier.export.programs.program import Tensor
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


@dataclass(frozen=True)
class Inputs:
    """One kind of input.

    Attributes:
        tensors: by name.
        encode: within the function: from these to what the network takes.
        about: how values become numbers before they come here, as JSON can hold it.
        usual: see `Program`.
    """

    tensors: dict[str, Tensor]
    encode: Encode
    about: dict[str, Any]
    usual: dict[str, int] = field(default_factory=dict)


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
    tensors, about = _own(preprocessor)
    longest = preprocessor.spec.steps
    if isinstance(preprocessor, CorpusPreprocessor):
        longest = preprocessor.context
    free = any(STEPS in tensor.shape for tensor in tensors.values())
    if longest and _is_padded(preprocessor):
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
    return Inputs(tensors, encode, about, {STEPS: longest} if free and longest else {})


def _own(preprocessor: Preprocessor) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The tensors of one kind of rows but for lengths, and what a reader has to know of them."""
    spec = preprocessor.spec
    if isinstance(preprocessor, PicturePreprocessor):
        words = f"{preprocessor.form}: pixels as they are"
        return {"image": Tensor(spec.image, preprocessor.dtype, words)}, {}
    if isinstance(preprocessor, SequencePreprocessor):
        shape = (STEPS, len(preprocessor.center))
        return {"steps": Tensor(shape, "float32", "padded with zeros at the end")}, {}
    if isinstance(preprocessor, TextPreprocessor | CorpusPreprocessor):
        tensors = {"tokens": Tensor((STEPS,), "int32", "padded with 0 at the end")}
        about: dict[str, Any] = {"tokenizer": preprocessor.tokens.to_state()}
        if isinstance(preprocessor, TextPreprocessor) and preprocessor.documents is not None:
            tensors["importance"] = Tensor((STEPS,), "float32", "of each token: tf-idf")
            about["idf"] = [round(float(value), 7) for value in preprocessor.idf]
        if spec.segments:
            tensors["segments"] = Tensor((STEPS,), "int32", "0 at the first text, 1 after it")
        return tensors, about
    return {} if spec.window is None else _windows(spec.window), {}


def _is_padded(preprocessor: Preprocessor) -> bool:
    """Whether rows may end before the array does."""
    if isinstance(preprocessor, SequencePreprocessor):
        return not preprocessor.even
    if isinstance(preprocessor, CorpusPreprocessor):
        return preprocessor.task == MASKED_LANGUAGE_MODEL.kind
    return True


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
