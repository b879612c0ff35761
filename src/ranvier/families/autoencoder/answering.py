"""What a fitted autoencoder answers, from arrays to rows in their own form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data import Dataset
from ranvier.data.checks import check_weights
from ranvier.data.pictures import Pictures
from ranvier.data.sequences import Sequences
from ranvier.errors import DataError, HyperparameterError
from ranvier.families.autoencoder import mixture, outputs
from ranvier.families.autoencoder.programs import Programs
from ranvier.layers.table_input import one_hot_width
from ranvier.model.inputs import is_matched_by_name
from ranvier.preprocessing import restoring
from ranvier.preprocessing.pictures import PicturePreprocessor
from ranvier.preprocessing.sequences import SequencePreprocessor
from ranvier.preprocessing.table import TablePreprocessor
from ranvier.specification import InputSpec, OutputSpec

if TYPE_CHECKING:
    from ranvier.families.autoencoder.model import Autoencoder
    from ranvier.model.fitting import Prepared
    from ranvier.training.loop import Outcome

BLOCK = 4096  # rows compared at once
Array = np.ndarray[Any, Any]


def table_width(spec: InputSpec) -> int:
    """Numbers of a table's row: its numeric ones and the one-hot codes."""
    return one_hot_width(spec)


def inputs_of(train: Dataset, outputs: OutputSpec) -> InputSpec:
    """What enters a network that makes this again, as far as it decides the work."""
    if isinstance(train.inputs, Pictures):
        return InputSpec(image=(*outputs.image, outputs.units))
    if isinstance(train.inputs, Sequences):
        return InputSpec(steps=outputs.image[0], channels=outputs.units)
    return InputSpec(numeric=outputs.units)


def programs_of(model: Autoencoder) -> Programs:
    """What the model is asked; made when it is first asked, kept beside its predictor."""
    predictor: Any = model._predictor
    if not hasattr(predictor, "programs"):
        predictor.programs = _programs(model, model._outcome)
    programs: Programs = predictor.programs
    return programs


def _programs(model: Autoencoder, outcome: Outcome) -> Programs:
    spec = model.preprocessor_.spec
    return Programs(
        model._builder(),
        outcome.parameters,
        outcome.variables,
        model.resolved_["precision"],
        model._rows_at_once(spec),
    )


def some_codes(model: Autoencoder, prepared: Prepared, outcome: Outcome) -> Array:
    """The codes of training rows, evenly spaced: float32 (N, dimensions)."""
    rows = prepared.rows
    count = min(len(rows), mixture.MOST_ROWS)
    numbers = np.linspace(0, len(rows) - 1, count).astype(np.int32)
    programs = Programs(
        prepared.learner.build,  # type: ignore[arg-type]
        outcome.parameters,
        outcome.variables,
        prepared.resolved["precision"],
        model._rows_at_once(prepared.preprocessor.spec),
    )
    blocks = np.array_split(numbers, -(-count // BLOCK))
    return np.concatenate([programs.codes(rows.take(block)["inputs"]) for block in blocks])


def as_codes(model: Autoencoder, codes: Any) -> Array:
    """Float32 (N, dimensions) of an array, a frame or a list.

    Raises:
        DataError: another width, text, NaN or infinities.
    """
    wanted = model.resolved_["dimensions"]
    try:
        array = np.asarray(codes, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise DataError(
            f"inverse_transform needs numbers, (N, {wanted}): codes as transform gives them."
        ) from error
    if array.ndim != 2 or array.shape[1] != wanted or not len(array):
        raise DataError(
            f"inverse_transform needs codes of shape (N, {wanted}), as transform gives them; got "
            f"{array.shape}."
        )
    if not np.isfinite(array).all():
        raise DataError("inverse_transform needs codes without NaN or infinities: leave them out.")
    return array


def drawn(model: Autoencoder, n: int, seed: int | None) -> Array:
    """Codes float32 (n, dimensions), by chance.

    Raises:
        HyperparameterError: no whole number above 0.
    """
    seed = model.resolved_["seed"] if seed is None else seed
    asked: tuple[tuple[str, Any, int], ...] = (("n", n, 1), ("seed", seed, 0))
    for name, value, least in asked:
        whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
        if not whole or int(value) < least:
            raise HyperparameterError(
                f"{name} must be a whole number of at least {least}; got {value!r}."
            )
    chance = int(seed)
    if not model._builder().components:
        shape = (int(n), model.resolved_["dimensions"])
        return np.random.default_rng(chance).standard_normal(shape).astype(np.float32)
    return mixture.draw(_mixture(model), int(n), chance)


def _mixture(model: Autoencoder) -> dict[str, Array]:
    start = "mixture/"
    variables = model._outcome.variables
    return {path[len(start) :]: a for path, a in variables.items() if path.startswith(start)}


def usual(model: Autoencoder, inputs: dict[str, Any]) -> Array:
    """How usual encoded rows are, float64 (N,); see `score_samples`."""
    programs = programs_of(model)
    found: Array = programs.usual(inputs).astype(np.float64)
    if not model._builder().components:
        return found
    return mixture.usual(_mixture(model), programs.codes(inputs), -found)


def decoded(model: Autoencoder, codes: Array, like: Any = None) -> Any:
    """The rows of codes, in the form and the units of the training rows.

    Args:
        model: fitted.
        codes: float32 (N, dimensions).
        like: the rows of which they are the codes: their lengths and their index are kept.
    """
    preprocessor, resolved = model.preprocessor_, model.resolved_
    made, shares = programs_of(model).rows(codes)
    shape = tuple(resolved["row_shape"])
    if isinstance(preprocessor, PicturePreprocessor):
        return outputs.as_rows(restoring.pictures(preprocessor, made), shape)
    if isinstance(preprocessor, SequencePreprocessor):
        restored = restoring.sequences(preprocessor, made)
        flat = len(shape) == 1 and restored.shape[-1] == 1
        restored = restored[..., 0] if flat else restored
        if not resolved["uneven"]:
            return restored
        lengths = _lengths(model, like, shares, restored.shape[1])
        return [row[:length] for row, length in zip(restored, lengths, strict=True)]
    assert isinstance(preprocessor, TablePreprocessor)
    rows = restoring.table(preprocessor, made)
    if isinstance(rows, np.ndarray):
        return rows
    return outputs.as_frame(rows, resolved["container"], getattr(like, "index", None))


def _lengths(model: Autoencoder, like: Any, shares: Array, longest: int) -> Array:
    """How many steps each row has: those of the rows themselves, or as the code tells."""
    if like is None:
        told = np.rint(shares * longest)
    else:
        told = model._preprocessed(like).get("lengths", np.full(len(shares), longest))
    lengths: Array = np.clip(told, 1, longest).astype(np.int64)
    return lengths


def evaluated(model: Autoencoder, X: Any, sample_weight: Any) -> dict[str, float]:
    """mse, r2 and mae over all numbers of all rows, in standardised units."""
    examples = model._examples_of(X)
    inputs = model._transformed(examples, lenient=is_matched_by_name(X))
    weights = examples.weights
    rows = _count(inputs)
    if sample_weight is not None:
        weights = np.broadcast_to(check_weights(np.asarray(sample_weight)), rows)
    weights = np.ones(rows) if weights is None else np.asarray(weights, np.float64)
    totals = np.zeros(3)  # of the weights, the squared and the absolute errors
    first: Array = np.zeros(1)
    second: Array = np.zeros(1)
    counts: Array = np.zeros(1)
    for begin in range(0, rows, BLOCK):
        part = {name: array[begin : begin + BLOCK] for name, array in inputs.items()}
        truth, made, real = _flat(*programs_of(model).compared(part), part)
        some = weights[begin : begin + BLOCK, None] * real  # (block, numbers)
        width = max(truth.shape[1], len(first))
        first, second, counts = (_wider(a, width) for a in (first, second, counts))
        error = made - truth
        totals += [some.sum(), (some * error**2).sum(), (some * np.abs(error)).sum()]
        here = slice(0, truth.shape[1])
        first[here] += (some * truth).sum(axis=0)
        second[here] += (some * truth**2).sum(axis=0)
        counts[here] += some.sum(axis=0)
    spread = float((second - first**2 / np.maximum(counts, 1e-300)).sum())
    total = max(float(totals[0]), 1e-300)
    r2 = 1.0 - float(totals[1]) / spread if spread > 1e-12 else float(totals[1] < 1e-12)
    return {"mse": float(totals[1]) / total, "r2": r2, "mae": float(totals[2]) / total}


def measured(model: Autoencoder, examples: Dataset) -> tuple[Array, Array]:
    """Rows and what is made of them, float32 (N, numbers) each; padded steps are 0 in both."""
    inputs = model._transformed(examples, lenient=True)
    pair = programs_of(model).compared(inputs)
    truth, made = (part.reshape(len(part), -1) for part in pair)
    return truth, made


def _flat(truth: Array, made: Array, inputs: dict[str, Any]) -> tuple[Array, Array, Array]:
    """Float64 (N, numbers) twice, and 1 where a number is real, else 0."""
    real = np.ones(truth.shape)
    if "lengths" in inputs:
        steps = np.arange(truth.shape[1])[None] < np.asarray(inputs["lengths"])[:, None]
        real = real * steps[..., None]
    rows = len(truth)
    truth, made = (part.astype(np.float64).reshape(rows, -1) for part in (truth, made))
    return truth, made, real.reshape(rows, -1)


def _count(inputs: dict[str, Any]) -> int:
    return int(next(iter(inputs.values())).shape[0])


def _wider(array: Array, width: int) -> Array:
    return np.pad(array, (0, width - len(array)))
