"""Writes what PyTorch's recurrent layers compute, to be compared with ours.

PyTorch is no part of the test environment: run it by hand, from the repository's root, with a
Python that has it (`python -m tests.golden.recurrent`), when a case is added.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

FILE = Path(__file__).with_suffix(".npz")
BATCH, STEPS, INPUTS, UNITS = 4, 6, 3, 5
LENGTHS = [6, 1, 4, 5]
CASES = {
    "lstm": (torch.nn.LSTM, {"bidirectional": True}),
    "gru": (torch.nn.GRU, {"bidirectional": True}),
    "rnn": (torch.nn.RNN, {}),
}


def slope(value: torch.Tensor) -> torch.Tensor:
    """A gradient that differs at every place."""
    return torch.cos(torch.arange(value.numel(), dtype=value.dtype)).reshape(value.shape)


def case(name: str) -> dict[str, np.ndarray]:
    kind, options = CASES[name]
    torch.manual_seed(0)
    layer = kind(INPUTS, UNITS, batch_first=True, **options)
    x = torch.randn(BATCH, STEPS, INPUTS, requires_grad=True)
    lengths = torch.tensor(LENGTHS)
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    outputs, state = layer(packed)
    outputs, _ = pad_packed_sequence(outputs, batch_first=True, total_length=STEPS)
    last = (state[0] if name == "lstm" else state).transpose(0, 1).flatten(1)
    torch.autograd.backward((outputs, last), (slope(outputs), slope(last)))
    found = {"x": x, "lengths": lengths, "outputs": outputs, "last": last, "x.gradient": x.grad}
    for key, parameter in layer.named_parameters():
        found |= {key: parameter, f"{key}.gradient": parameter.grad}
    return {f"{name}.{key}": value.detach().numpy() for key, value in found.items()}


def main() -> None:
    """Compute and keep all cases."""
    arrays = {}
    for name in CASES:
        arrays |= case(name)
    np.savez_compressed(FILE, **arrays)


if __name__ == "__main__":
    main()
