"""The kinds of steps, to which JAX's operations are brought.

Layers, each with its weights behind what enters; None where a bias is left out:

    dense                   x (..., n), kernel (n, units), bias (units,)
    convolution             x (B, ..., C), kernel (k, ..., C / groups, O), bias; strides, padding,
                            dilation, groups
    transposed_convolution  x (B, ..., C), kernel (k, ..., O, C), bias; strides, by which it grows,
                            padding: what is cut off of the full result on each side
    batch_normalization     x, scale, bias, mean, var; epsilon
    layer_normalization     x, scale, [bias]; epsilon; over the last axis
    rms_normalization       x, scale, [bias]; epsilon; over the last axis
    recurrent               x (B, steps, n), [lengths (B,)], kernel, recurrent, bias,
                            [recurrent_bias]; cell, reverse, whole, lengths; makes the states
                            (steps, B, units), where the whole is asked for, and the last (B, units)
    max_pool, average_pool  x (B, ..., C); window, strides
    embedding               codes (...), table (rows, width)
    softmax                 x; axis

Operations, elementwise on arrays that broadcast: those of `UNARY` and `BINARY`, `where`, `cast`
(dtype). On shapes: `reshape` (shape), `transpose` (axes), `squeeze` and `expand_dims` (axes),
`concatenate` and `stack` (axis), `slice` (starts, limits, strides), `pad` (widths, of zeros),
`reverse` (axes), `expand` (shape). Over axes: those of `REDUCTIONS` (axes), `argmax` (axis).
Products: `einsum` (equation). Of sizes that are known only when the network runs: `size` and
`count`, which are how long an input is along an axis (axis), and the numbers below that.
"""

from __future__ import annotations

UNARY = {
    "relu", "silu", "elu", "selu", "leaky_relu", "softplus", "soft_sign", "hard_swish", "mish",
    "gelu", "sigmoid", "tanh", "exp", "log", "log1p", "expm1", "sin", "cos", "sqrt", "rsqrt",
    "square", "abs", "negative", "sign", "floor", "round", "erf", "logical_not", "is_nan",
    "is_finite",
}  # fmt: skip
BINARY = {
    "add", "subtract", "multiply", "divide", "maximum", "minimum", "power", "equal", "not_equal",
    "less", "less_equal", "greater", "greater_equal", "logical_and", "logical_or",
}  # fmt: skip
REDUCTIONS = {"sum", "max", "min", "all", "any"}
ELEMENTWISE = UNARY | BINARY | {"where", "cast"}
