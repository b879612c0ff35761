"""How much work one row is: what chunks of steps are cut by."""

from __future__ import annotations

from ranvier.families.sequential.cost import rows_at_once as of_steps
from ranvier.families.transformer.builder import CAUSAL, MASKED, TransformerBuilder
from ranvier.specification import InputSpec

LOGITS = 1 << 26  # numbers of the output layer that are made together
FORECAST = 8.0  # a step ahead is this much more work than one number
CHOSEN = 0.15  # of the tokens are hidden, and have an output layer


def products(whole: TransformerBuilder) -> float:
    """How many weights times a number the longest row takes on its way, near enough."""
    shape, steps = whole.shape, whole.places
    dense = shape.width * shape.attended + shape.heads * shape.head_width * shape.width
    dense += shape.width * shape.hidden * (3 if shape.gated else 2)
    mixed = 2 * steps * shape.heads * shape.head_width  # for each token: scores, and their sums
    answers = {CAUSAL: float(steps), MASKED: CHOSEN * steps}.get(whole.language, 1.0)
    if whole.inputs.window is not None:
        answers = FORECAST
    elif whole.outputs.each_step:
        answers = float(steps)
    return steps * shape.layers * float(dense + mixed) + answers * shape.width * whole.outputs.units


def rows_at_once(inputs: InputSpec, units: int = 1) -> int:
    """Rows that go through a trained network together; `units`: of the output at each step."""
    steps = inputs.steps if inputs.window is None else inputs.window.context
    rows = of_steps(steps)
    while rows > 1 and rows * max(1, steps) * units > LOGITS:
        rows //= 2
    return rows
