"""The hyperparameters that only `Custom` has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ranvier.hyperparameters import Hyperparameters, explained, setting

if TYPE_CHECKING:
    from ranvier.training.learner import Player


@explained
@dataclass(kw_only=True, eq=False, repr=False)
class CustomHyperparameters(Hyperparameters):
    """Hyperparameters of `Custom`; None means "let the recipe decide"."""

    build: Callable[..., Any] | None = setting(
        None, "from (inputs, outputs, rngs) to a Flax NNX module"
    )
    players: tuple[Player, ...] = setting((), "who trains what; none: one player, the task's loss")
    dropout: float = setting(0.0, "rate of ranvier's Dropout layers in the module", low=0, high=1)
