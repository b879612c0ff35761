"""What each neuron computed for given rows: weighted sum, bias, activation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class NeuronLayer:
    """One layer of neurons and what it did with N rows.

    `weighted_sum[r, j]` is `inputs[r] @ weights[:, j] + bias[j]`, and `outputs[r, j]` is what
    the activation made of it (and the normalisation before it, where there is one).

    Attributes:
        name: "hidden 1", ..., "output".
        weights: float32 (n_in, n): column j holds the weights of neuron j.
        bias: float32 (n,).
        inputs: float32 (N, n_in): the outputs of the layer before.
        weighted_sum: float32 (N, n), bias included.
        activation: name of the function.
        outputs: float32 (N, n).
        share: float32 (n,): how much of its activation f each neuron uses, w + share (f(w) - w) of
            the weighted sum w; None: all of it.
        note: what else lies between weighted sum and output, in words; empty: nothing.
    """

    name: str
    weights: np.ndarray
    bias: np.ndarray
    inputs: np.ndarray
    weighted_sum: np.ndarray
    activation: str
    outputs: np.ndarray
    share: np.ndarray | None = None
    note: str = ""

    def spoken(self, neuron: int, row: int = 0, terms: int = 5) -> str:
        """One neuron's arithmetic for one row, its largest terms first, as text."""
        products = self.inputs[row] * self.weights[:, neuron]
        largest = np.argsort(-np.abs(products), kind="stable")[:terms]
        lines = [f"{self.name}, neuron {neuron + 1}, row {row + 1}"]
        for i in largest:
            lines.append(
                f"  input {i + 1:>4}  {self.inputs[row, i]:+.4f} x weight "
                f"{self.weights[i, neuron]:+.4f} = {products[i]:+.4f}"
            )
        rest = len(products) - len(largest)
        if rest > 0:
            lines.append(f"  {rest} more terms: {np.delete(products, largest).sum():+.4f}")
        lines.append(f"  bias: {self.bias[neuron]:+.4f}")
        lines.append(f"  weighted sum: {self.weighted_sum[row, neuron]:+.4f}")
        through = self.activation
        if self.share is not None:
            through = f"{self.share[neuron]:.4f} of the way to {through}"
        through = f"{self.note}, then {through}" if self.note else through
        lines.append(f"  {through}: {self.outputs[row, neuron]:+.4f}")
        return "\n".join(lines)
