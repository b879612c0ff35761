"""Operations of JAX and Flax."""

from __future__ import annotations

from ranvier.export.graph import Step
from ranvier.export.source.dialect import Lengths, unknown
from ranvier.export.source.expressions import Text, call, listed, method
from ranvier.export.source.flax_layers import tuple_of
from ranvier.export.source.operations import axes_of, axis_of, shared, sizes

NAMES = {
    **{kind: f"jax.nn.{kind}" for kind in (
        "relu", "silu", "elu", "selu", "leaky_relu", "softplus", "soft_sign", "hard_swish",
        "mish", "gelu", "sigmoid",
    )},
    **{kind: f"jnp.{kind}" for kind in (
        "tanh", "exp", "log", "log1p", "expm1", "sin", "cos", "sqrt", "square", "abs", "sign",
        "floor", "round", "maximum", "minimum", "power", "where",
    )},
    "rsqrt": "jax.lax.rsqrt", "erf": "jax.scipy.special.erf", "is_nan": "jnp.isnan",
    "is_finite": "jnp.isfinite", "clamp": "jnp.clip", "divide": "jax.lax.div",
}  # fmt: skip


def flax_operation(step: Step, operands: list[Text], lengths: Lengths) -> Text:
    """An operation on expressions.

    Raises:
        ExportError: there is none of this kind.
    """
    found = shared(step, operands, lengths)
    if found is not None:
        return found
    kind, given, (x, *_) = step.kind, step.settings, operands
    first, output = step.inputs[0], step.outputs[0]
    assert first is not None
    if kind in ("elu", "leaky_relu") and given.get("slope") is not None:
        return call(f"jax.nn.{kind}", x, str(given["slope"]))
    if kind == "gelu":
        return call("jax.nn.gelu", x, approximate=None if given["approximate"] else False)
    if kind in NAMES:
        return call(NAMES[kind], *operands)
    if kind == "cast":
        return method(x, "astype", dtype(output.dtype))
    if kind == "softmax":
        return call("jax.nn.softmax", x, axis=axis_of(given["axis"], first))
    if kind == "transpose":
        changed = [place for place, axis in enumerate(given["axes"]) if axis != place]
        if len(changed) == 2:
            return method(x, "swapaxes", *map(str, changed))
        return method(x, "transpose", *map(str, given["axes"]))
    if kind in ("concatenate", "stack"):
        parts = f"[{', '.join(operand.words for operand in operands)}]"
        return call(f"jnp.{kind}", parts, axis=axis_of(given["axis"], output))
    if kind == "pad":
        return call("jnp.pad", x, listed([tuple_of(pair) for pair in given["widths"]]))
    if kind == "reverse":
        return call("jnp.flip", x, *map(str, given["axes"][:1])) if len(given["axes"]) == 1 else (
            call("jnp.flip", x, tuple_of(given["axes"]))
        )  # fmt: skip
    if kind == "count":
        return call("jnp.arange", f"{x.words}.shape[{given['axis']}]")
    if kind == "expand":
        return call("jnp.broadcast_to", x, listed(sizes(step, x, lengths)))
    if kind in ("sum", "max", "min", "all", "any"):
        return method(x, kind, axis=axes_of(step))
    if kind == "argmax":
        place = method(x, "argmax", axis=axis_of(given["axis"], first))
        return method(place, "astype", dtype(output.dtype))
    if kind == "einsum":
        return call("jnp.einsum", f'"{given["equation"]}"', *operands)
    if kind in ("max_pool", "average_pool"):
        name = "nnx.max_pool" if kind == "max_pool" else "nnx.avg_pool"
        return call(name, x, tuple_of(given["window"]), strides=tuple_of(given["strides"]))
    raise unknown(step, "JAX")


def dtype(name: str) -> str:
    """NumPy's name of a type as JAX has it."""
    return "bool" if name == "bool" else f"jnp.{name}"
