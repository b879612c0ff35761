"""From a function of JAX to a graph: what is known is computed at once, the rest are steps.

The function is traced within `marking`, so that layers come as they are called. Loops of a fixed
length are unrolled, calls are followed, and everything that only depends on weights is a constant.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import numpy as np
from jax.extend import core

from ranvier.errors import ExportError
from ranvier.export.graph import BATCH, Constant, Graph, Operand, Size, Step, Value, source_of
from ranvier.export.programs.program import Arrays, Function
from ranvier.export.symbols import known_sizes, sizes, symbolic
from ranvier.layers.marking import marking, read_mark

# jax.nn's functions, which every library has under the same name.
FUNCTIONS = {
    "relu", "silu", "elu", "selu", "leaky_relu", "softplus", "soft_sign", "hard_swish", "mish",
}  # fmt: skip
# What changes no number.
PASSED = {"stop_gradient", "copy", "copy_p", "optimization_barrier", "reduce_precision", "pvary"}
CALLS = {"jit", "pjit", "closed_call", "custom_jvp_call", "custom_vjp_call", "checkpoint", "remat2"}
DROPPED = {"sharding", "out_sharding", "accuracy", "weak_type"}  # settings that no format has
LONGEST_LOOP = 512  # times that a loop goes round


def traced(
    function: Function, weights: Arrays, inputs: Mapping[str, tuple[tuple[Size, ...], str]]
) -> Graph:
    """The graph of `function(weights, inputs)`, whose results are named.

    Args:
        function: made of JAX.
        weights: by path.
        inputs: shape and dtype of each; sizes that are text are symbols.

    Raises:
        ExportError: it does what no format can hold.
    """
    wide = any(dtype == "float64" for _, dtype in inputs.values())
    with jax.enable_x64(wide):
        return _traced(function, weights, inputs)


def _traced(
    function: Function, weights: Arrays, inputs: Mapping[str, tuple[tuple[Size, ...], str]]
) -> Graph:
    scope = jax.export.SymbolicScope()
    shapes = {
        name: jax.ShapeDtypeStruct(symbolic(shape, scope), dtype)
        for name, (shape, dtype) in inputs.items()
    }
    abstract = {name: jax.ShapeDtypeStruct(a.shape, a.dtype) for name, a in weights.items()}
    symbols = {size for shape, _ in inputs.values() for size in shape if isinstance(size, str)}
    with marking(), known_sizes(free=symbols != {BATCH}):
        program, outputs = jax.make_jaxpr(function, return_shape=True)(abstract, shapes)
    leaves = jax.tree.leaves((weights, dict.fromkeys(shapes)), is_leaf=lambda leaf: leaf is None)
    names = [*sorted(weights), *sorted(shapes)]
    arguments: list[Operand] = []
    for name, leaf, variable in zip(names, leaves, program.jaxpr.invars, strict=True):
        if leaf is None:
            arguments.append(Value(name, sizes(variable.aval.shape), variable.aval.dtype.name))
        else:
            arguments.append(Constant(np.asarray(leaf), name))
    given = {value.name: value for value in arguments if isinstance(value, Value)}
    tracer = _Tracer([given[name] for name in inputs])
    results = tracer.run(program, arguments)
    named = dict(zip(sorted(outputs), results, strict=True))
    return Graph(
        {name: given[name] for name in inputs},
        {name: named[name] for name in outputs},
        tracer.steps,
    ).pruned()


class _Tracer:
    """Goes through a program of JAX equation by equation.

    Args:
        inputs: which bring the sizes that are not known.
    """

    def __init__(self, inputs: list[Value]) -> None:
        self.steps: list[Step] = []
        self._inputs = inputs
        self._count = 0

    def run(self, program: Any, arguments: list[Operand]) -> list[Operand]:
        """What a closed program makes of its arguments."""
        known: dict[Any, Operand] = dict(zip(program.jaxpr.invars, arguments, strict=True))
        for variable, array in zip(program.jaxpr.constvars, program.consts, strict=True):
            known[variable] = Constant(np.asarray(array))

        def read(variable: Any) -> Operand:
            if isinstance(variable, core.Literal):
                kind: Any = variable.aval
                return Constant(np.asarray(variable.val, kind.dtype))
            return known[variable]

        for equation in program.jaxpr.eqns:
            if equation.primitive.name.startswith("random_"):
                continue  # nothing is drawn in evaluation
            try:
                operands = [read(variable) for variable in equation.invars]
            except KeyError:
                continue  # of what is drawn
            results = self._equation(equation, operands)
            known.update(zip(equation.outvars, results, strict=True))
        return [read(variable) for variable in program.jaxpr.outvars]

    def _equation(self, equation: Any, operands: list[Operand]) -> list[Operand]:
        name, params = equation.primitive.name, equation.params
        if name in PASSED:
            return operands
        if name in CALLS:
            return self._call(equation, operands)
        if name == "scan":
            return self._loop(params, operands)
        if name == "dim_as_value":
            return self._of_size("size", str(params["dim"]), equation.outvars, {})
        if all(isinstance(operand, Constant) for operand in operands):
            if _is_fixed(equation):
                return _computed(equation, operands)
            settings, shape = _plain(params), sizes(equation.outvars[0].aval.shape)
            if name == "iota":
                size = shape[settings["dimension"]]
                return self._of_size(name, size, equation.outvars, settings)
            if name == "slice":
                return self._of_size(name, shape[0], equation.outvars, settings, *operands)
        return self._step(name, operands, equation.outvars, _plain(params))

    def _of_size(
        self, kind: str, size: Size, outputs: Any, settings: dict[str, Any], *operands: Operand
    ) -> list[Operand]:
        """A step that reads how large an input is, along "of"."""
        source, axis = source_of(self._inputs, size)
        return self._step(kind, [source, *operands], outputs, settings | {"of": axis})

    def _call(self, equation: Any, operands: list[Operand]) -> list[Operand]:
        params = equation.params
        inner = next(params[key] for key in ("jaxpr", "call_jaxpr", "fun_jaxpr") if key in params)
        if not hasattr(inner, "consts"):
            inner = core.ClosedJaxpr(inner, ())
        name = str(params.get("name", ""))
        mark = read_mark(name)
        if mark is not None and not all(isinstance(o, Constant) for o in operands):
            kind, settings = mark
            return self._step(kind, operands, equation.outvars, settings)
        if name in FUNCTIONS and isinstance(operands[0], Value):
            settings = {}
            if len(operands) > 1:
                settings["slope"] = float(operands[1].array)  # type: ignore[union-attr]
            return self._step(name, operands[:1], equation.outvars, settings)
        return self.run(inner, operands)

    def _loop(self, params: dict[str, Any], operands: list[Operand]) -> list[Operand]:
        """A loop over the first axis, as often as it goes."""
        consts, carries, length = params["num_consts"], params["num_carry"], params["length"]
        if not isinstance(length, int) or length > LONGEST_LOOP:
            raise ExportError(
                f"A loop of {length} steps cannot be exported: at most {LONGEST_LOOP} are written "
                "one by one."
            )
        fixed, state = operands[:consts], operands[consts : consts + carries]
        sequences = operands[consts + carries :]
        results: list[list[Operand]] = []
        order = range(length - 1, -1, -1) if params["reverse"] else range(length)
        for turn in order:
            now = [self._at(sequence, turn) for sequence in sequences]
            made = self.run(params["jaxpr"], [*fixed, *state, *now])
            state = made[:carries]
            results.append(made[carries:])
        if params["reverse"]:
            results.reverse()
        return [*state, *(self._stacked(list(column)) for column in zip(*results, strict=True))]

    def _at(self, sequence: Operand, turn: int) -> Operand:
        if isinstance(sequence, Constant):
            name = f"{sequence.name}/{turn}" if sequence.name else ""
            return Constant(sequence.array[turn], name)
        starts, limits = [turn, *[0] * (len(sequence.shape) - 1)], [turn + 1, *sequence.shape[1:]]
        (part,) = self.add(
            "slice", [sequence], [((1, *sequence.shape[1:]), sequence.dtype)],
            {"starts": starts, "limits": limits, "strides": [1] * len(starts)},
        )  # fmt: skip
        (found,) = self.add(
            "squeeze", [part], [(sequence.shape[1:], sequence.dtype)], {"axes": [0]}
        )
        return found

    def _stacked(self, parts: list[Operand]) -> Operand:
        if all(isinstance(part, Constant) for part in parts):
            return Constant(np.stack([part.array for part in parts]))  # type: ignore[union-attr]
        shape = (len(parts), *parts[0].shape)
        return self.add("stack", parts, [(shape, parts[0].dtype)], {"axis": 0})[0]

    def _step(
        self, kind: str, operands: list[Operand], outputs: Any, settings: dict[str, Any]
    ) -> list[Operand]:
        made = [(sizes(v.aval.shape), v.aval.dtype.name) for v in outputs]
        return self.add(kind, operands, made, settings)

    def add(
        self,
        kind: str,
        operands: list[Operand],
        outputs: list[tuple[tuple[Size, ...], str]],
        settings: dict[str, Any],
    ) -> list[Operand]:
        """One more step, and what it makes."""
        values = []
        for shape, dtype in outputs:
            self._count += 1
            values.append(Value(f"v{self._count}", shape, dtype))
        self.steps.append(Step(kind, tuple(operands), tuple(values), settings))
        return list(values)


def _is_fixed(equation: Any) -> bool:
    """Whether all sizes are numbers."""
    return all(
        isinstance(size, int) for variable in equation.outvars for size in variable.aval.shape
    )


def _computed(equation: Any, operands: list[Operand]) -> list[Operand]:
    """What an equation makes of numbers that are known; a changed shape keeps the name."""
    arrays = [operand.array for operand in operands]  # type: ignore[union-attr]
    with jax.default_device(jax.devices("cpu")[0]):
        found = equation.primitive.bind(*arrays, **equation.params)
    results = found if equation.primitive.multiple_results else [found]
    names = {operand.name for operand in operands if operand.name}
    name = names.pop() if len(names) == 1 else ""
    return [Constant(np.asarray(result), name) for result in results]


def _plain(params: dict[str, Any]) -> dict[str, Any]:
    """Settings of an operation as plain data, with symbols as text."""
    return {name: _value(value) for name, value in params.items() if name not in DROPPED}


def _value(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_value(part) for part in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, np.dtype) or (isinstance(value, type) and issubclass(value, np.generic)):
        return np.dtype(value).name
    return str(value)
