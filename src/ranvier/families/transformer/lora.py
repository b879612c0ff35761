"""Low-rank fine-tuning (Hu et al. 2021): pairs of thin matrices beside kernels that stay.

A kernel W becomes W + 2 A B, where A, "down_rank", has as many columns as B, "up_rank", has rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ranvier.families.transformer.block import LORA
from ranvier.training.blueprint import blueprint_of

Arrays = dict[str, np.ndarray[Any, Any]]

DOWN, UP = "down_rank", "up_rank"
STAYS = ("embed", "stack", "norm")  # what a model trained before brings


def trained(build: Any) -> tuple[str, ...]:
    """The paths of what is trained: the pairs, and what is new."""
    return tuple(
        path
        for path in blueprint_of(build).parameters
        if path.rsplit("/", 1)[-1] in (DOWN, UP) or path.split("/")[0] not in STAYS
    )


def merged(parameters: Mapping[str, np.ndarray[Any, Any]]) -> Arrays:
    """The parameters without pairs, their products added to the kernels."""
    found: Arrays = {}
    for path, array in parameters.items():
        place, _, name = path.rpartition("/")
        if name in (DOWN, UP):
            continue
        paired = name == "kernel" and f"{place}/{UP}" in parameters
        more = parameters[f"{place}/{DOWN}"] @ parameters[f"{place}/{UP}"] if paired else 0.0
        found[path] = (array + LORA * more).astype(array.dtype) if paired else array
    return found
