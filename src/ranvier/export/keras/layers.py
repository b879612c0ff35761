"""Steps with weights, as layers of Keras."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ranvier.errors import ExportError
from ranvier.export.graph import Constant, Size, Step
from ranvier.export.keras.convolutions import convolution, transposed_convolution
from ranvier.export.keras.writer import Writer, array_of, optional, without
from ranvier.export.text import call, literal, shape_text


def _dense(writer: Writer, step: Step) -> None:
    _, kernel, bias = step.inputs
    weights = {"kernel": array_of(kernel)} | optional("bias", bias)
    arguments = [str(weights["kernel"].shape[1]), *without("bias", bias)]
    writer.layer(step, "Dense", arguments, weights)


def _embedding(writer: Writer, step: Step) -> None:
    table = array_of(step.inputs[1])
    if table.ndim != 2:
        raise ExportError(f"Keras looks up rows of a table, not of {table.ndim} axes.")
    writer.layer(step, "Embedding", [*map(str, table.shape)], {"embeddings": table})


def _batch_normalization(writer: Writer, step: Step) -> None:
    scale, bias, mean, var = map(array_of, step.inputs[1:])
    writer.layer(
        step, "BatchNormalization", [f"epsilon={step.settings['epsilon']!r}"],
        {"gamma": scale, "beta": bias, "moving_mean": mean, "moving_variance": var},
    )  # fmt: skip


def _layer_normalization(writer: Writer, step: Step) -> None:
    _, scale, *bias = step.inputs
    arguments = [f"epsilon={step.settings['epsilon']!r}"]
    arguments += [] if bias else ["center=False"]
    beta = optional("beta", bias[0] if bias else None)
    writer.layer(step, "LayerNormalization", arguments, {"gamma": array_of(scale)} | beta)


def _rms_normalization(writer: Writer, step: Step) -> None:
    _, scale, *bias = step.inputs
    if bias:
        raise ExportError("Keras has no RMS normalization with a bias.")
    arguments = [f"epsilon={step.settings['epsilon']!r}"]
    writer.layer(step, "RMSNormalization", arguments, {"scale": array_of(scale)})


CELLS = {"lstm": "LSTM", "gru": "GRU", "rnn": "SimpleRNN"}


def _recurrent(writer: Writer, step: Step) -> None:
    """A layer that reads backwards gives its states in the order in which it reads.

    At masked steps Keras keeps the state, so that the last is the one behind the last real step,
    and reading a padded row backwards begins with its padding, which changes nothing.
    """
    given = step.settings
    x, *others = step.inputs
    mask = f", mask={writer.variable(others.pop(0))}" if given["lengths"] else ""
    weights = _recurrent_weights(given["cell"], [array_of(weight) for weight in others])
    arguments = [str(weights["recurrent_kernel"].shape[0])]
    *states, last = (writer.variable(output) for output in step.outputs)
    heads = [last]
    if states:
        arguments.append("return_sequences=True")
        # Read backwards, a row begins with its padding, at which the state is still zero.
        arguments += ["zero_output_for_mask=True"] if mask and not given["reverse"] else []
        heads = states
        if writer.graph.uses().get(step.outputs[-1]):
            arguments.append("return_state=True")
            heads = [*states, last, *["_"] * (given["cell"] == "lstm")]
    arguments += ["go_backwards=True"] if given["reverse"] else []
    into = f"{writer.variable(x)}{mask}"
    kind = CELLS[given["cell"]]
    writer.layer(step, kind, arguments, weights, into=into, heads=", ".join(heads))
    if states and given["reverse"]:
        writer.lines += call(f"{states[0]} = keras.ops.flip", [states[0], "axis=1"])


def _recurrent_weights(cell: str, arrays: list[np.ndarray]) -> dict[str, np.ndarray]:
    """Keras's gates of a GRU are update, reset, new; its two biases lie in one array."""
    kernel, recurrent, *biases = arrays
    if cell == "gru":
        kernel, recurrent, *biases = (_update_first(a) for a in arrays)
        return {"kernel": kernel, "recurrent_kernel": recurrent, "bias": np.stack(biases)}
    return {"kernel": kernel, "recurrent_kernel": recurrent, "bias": biases[0]}


def _update_first(array: np.ndarray) -> np.ndarray:
    reset, update, new = np.split(array, 3, axis=-1)
    return np.concatenate([update, reset, new], axis=-1)


def _einsum(writer: Writer, step: Step) -> None:
    """With weights: their letters come second in Keras, and the batch's is the first result's."""
    words, result = step.settings["equation"].split("->")
    left, right = words.split(",")
    x, kernel = step.inputs
    if isinstance(x, Constant):
        x, kernel, left, right = kernel, x, right, left
    assert x is not None
    batch = left[0]
    if batch in right:
        raise ExportError("Weights of their own for each row of a batch fit no Keras layer.")
    sizes: dict[str, Size] = dict(zip(left, x.shape, strict=True))
    sizes |= dict(zip(right, array_of(kernel).shape, strict=True))
    made = batch + result.replace(batch, "")
    shape = tuple(_known(sizes[letter]) for letter in made[1:])
    arguments = [f'"{left},{right}->{made}"', literal(shape)]
    turned = Step(step.kind, (x, kernel), step.outputs, step.settings, step.name)
    writer.layer(turned, "EinsumDense", arguments, {"kernel": array_of(kernel)})
    if made != result:
        axes = literal(tuple(made.index(letter) for letter in result))
        output = writer.variable(step.outputs[0])
        comment = shape_text(step.outputs[0].shape)
        writer.lines += call(f"{output} = keras.ops.transpose", [output, axes], comment=comment)


def _known(size: Size) -> int | None:
    return size if isinstance(size, int) else None


LAYERS: dict[str, Callable[[Writer, Step], None]] = {
    "dense": _dense,
    "embedding": _embedding,
    "convolution": convolution,
    "transposed_convolution": transposed_convolution,
    "batch_normalization": _batch_normalization,
    "layer_normalization": _layer_normalization,
    "rms_normalization": _rms_normalization,
    "recurrent": _recurrent,
    "einsum": _einsum,
}
