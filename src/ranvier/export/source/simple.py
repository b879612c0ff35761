"""A graph brought nearer to how a person writes it."""

from __future__ import annotations

from collections.abc import Callable

from ranvier.export.graph import Constant, Graph, Operand, Step, Value

Changed = dict[Value, Operand]


def simple(graph: Graph) -> Graph:
    """The same graph, without what only a compiler needs.

    States have the batch first, a number times itself is a square, what is limited on both sides
    is so at once, and nothing is masked twice.
    """
    graph = rewritten(_sizes_as_they_are(_batch_first(graph)), _plainer)
    return _masked_once(_limited(graph)).pruned()


def rewritten(graph: Graph, change: Callable[[Step], list[Step] | Operand]) -> Graph:
    """Each step replaced by some others, or by an operand that is the same."""
    replaced: Changed = {}
    steps: list[Step] = []
    for step in graph.steps:
        inputs = tuple(replaced.get(o, o) if isinstance(o, Value) else o for o in step.inputs)
        made = change(Step(step.kind, inputs, step.outputs, step.settings, step.name))
        if isinstance(made, list):
            steps += made
        else:
            replaced[step.outputs[0]] = made
    outputs = {
        name: replaced.get(o, o) if isinstance(o, Value) else o for name, o in graph.outputs.items()
    }
    return Graph(graph.inputs, outputs, steps)


def _batch_first(graph: Graph) -> Graph:
    """Recurrent layers that give (batch, steps, units)."""
    turned: dict[Value, Value] = {}

    def change(step: Step) -> list[Step] | Operand:
        if step.kind == "recurrent" and step.settings["whole"]:
            states, last = step.outputs
            steps, rows, units = states.shape
            other = Value(f"{states.name}_rows", (rows, steps, units), states.dtype)
            turned[states] = other
            layer = Step(step.kind, step.inputs, (other, last), step.settings, step.name)
            return [layer, Step("transpose", (other,), (states,), {"axes": [1, 0, 2]})]
        (x, *_) = step.inputs or (None,)
        if step.kind == "transpose" and x in turned and step.settings["axes"] == [1, 0, 2]:
            return turned[x]
        return [step]

    return rewritten(graph, change).pruned()


def _sizes_as_they_are(graph: Graph) -> Graph:
    """In Python the size of an array is a number that goes with arrays of any type."""
    sizes = {step.outputs[0] for step in graph.steps if step.kind == "size"}

    def change(step: Step) -> list[Step] | Operand:
        x = step.inputs[0] if step.inputs else None
        return x if step.kind == "cast" and isinstance(x, Value) and x in sizes else [step]

    return rewritten(graph, change)


def _plainer(step: Step) -> list[Step] | Operand:
    if step.kind == "multiply" and step.inputs[0] is step.inputs[1]:
        return [Step("square", step.inputs[:1], step.outputs)]
    if step.kind == "rms_normalization" and len(step.inputs) > 2 and step.inputs[2] is not None:
        (output,) = step.outputs
        plain = Value(f"{output.name}_plain", output.shape, output.dtype)
        layer = Step(step.kind, step.inputs[:2], (plain,), step.settings, step.name)
        return [layer, Step("add", (plain, step.inputs[2]), (output,))]
    return [step]


def _limited(graph: Graph) -> Graph:
    """The smaller of a number and the larger of another: between both."""
    uses = graph.uses()
    makers = {output: step for step in graph.steps for output in step.outputs}

    def change(step: Step) -> list[Step] | Operand:
        above = _limit(step, "minimum")
        if above is None:
            return [step]
        x, high = above
        inner = makers.get(x)
        below = _limit(inner, "maximum") if inner is not None and uses[x] == 1 else None
        if below is None:
            return [step]
        return [Step("clamp", (below[0], below[1], high), step.outputs)]

    return rewritten(graph, change)


def _limit(step: Step, kind: str) -> tuple[Value, Constant] | None:
    """What is limited, and the one number that does it."""
    if step.kind != kind:
        return None
    pair = sorted(step.inputs, key=lambda operand: isinstance(operand, Constant))
    x, limit = pair
    if isinstance(x, Value) and isinstance(limit, Constant) and limit.array.size == 1:
        return x, limit
    return None


def _masked_once(graph: Graph) -> Graph:
    """What a mask has replaced already is not looked at by the same mask again."""
    makers = {output: step for step in graph.steps for output in step.outputs}

    def change(step: Step) -> list[Step] | Operand:
        if step.kind == "where" and isinstance(step.inputs[1], Value):
            which, chosen, other = step.inputs
            inner = makers.get(chosen)  # type: ignore[arg-type]
            if inner is not None and inner.kind == "where" and inner.inputs[0] is which:
                return [Step("where", (which, inner.inputs[1], other), step.outputs)]
        return [step]

    return rewritten(graph, change).pruned()
