"""What a family gives, and what it may replace: the hooks of the contract in `base`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from ranvier.data import Dataset
from ranvier.data.pictures import Form
from ranvier.export.programs.program import Program
from ranvier.hyperparameters import Hyperparameters
from ranvier.model.budget import memory_budget
from ranvier.model.recipes import filled
from ranvier.model.suiting import as_table
from ranvier.model.summary import Layer
from ranvier.preprocessing.fitting import Coder, Preprocessor
from ranvier.preprocessing.own_targets import OwnCoder
from ranvier.specification import InputSpec, OutputSpec
from ranvier.tasks import Task
from ranvier.training.feeds import Rows, Weights
from ranvier.training.learner import Learner, Player
from ranvier.training.loop import Draw, Row
from ranvier.training.mesh import CORE_ROWS
from ranvier.training.supervised import SupervisedJudge, SupervisedLoss


class Family(Hyperparameters):
    """A family gives its hyperparameters, its recipes and its network."""

    family: ClassVar[str]

    # What a family gives.

    def _resolve(self, task: Task, rows: int, inputs: Any = None) -> dict[str, Any]:
        """Every hyperparameter's value, with the recipe's choice where it is None."""
        raise NotImplementedError

    def _build(self, inputs: InputSpec, outputs: OutputSpec, resolved: dict[str, Any]) -> Any:
        """The network's builder: hashable, called with random streams."""
        raise NotImplementedError

    def _layers(self) -> list[Layer]:
        """The fitted network's layers, for the summary."""
        raise NotImplementedError

    def _line_about_network(
        self, inputs: InputSpec, outputs: OutputSpec, resolved: dict[str, Any]
    ) -> str:
        """The network in one line."""
        raise NotImplementedError

    def _filled(self, chosen: dict[str, Any]) -> dict[str, Any]:
        """The hyperparameters, with the recipe's choice where they are None."""
        return filled(self, chosen)

    # What a family may replace.

    @property
    def _layout(self) -> str:
        """How the rows of an array lie, where the family can be told."""
        return "auto"

    def _suited(self, examples: Dataset, form: Form | None = None) -> Dataset:
        """The examples as this family takes them; `form`: of the pictures in training."""
        return as_table(examples, type(self).__name__, memory_budget(self.max_memory))

    def _observed(
        self, train: Dataset, coder: Coder, resolved: dict[str, Any]
    ) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """What else is decided from the rows that train, and lines that say so."""
        return resolved, []

    def _products(
        self, parameters: int, inputs: InputSpec, outputs: OutputSpec, resolved: dict[str, Any]
    ) -> float:
        """How many weights times a number one row takes on its way through the network."""
        return float(parameters)

    def _rows_at_once(self, inputs: InputSpec) -> int:
        """How many rows go through the trained network together, at most."""
        return 2048

    def _input_options(self, resolved: dict[str, Any]) -> Mapping[str, Any]:
        """How the inputs are to be preprocessed, where the family has a say."""
        return {}

    def _exported(self) -> Program:
        """What an exported file computes."""
        from ranvier.export.programs import supervised

        return supervised.program(self)  # type: ignore[arg-type]

    def _exported_answers(self, X: Any) -> dict[str, np.ndarray]:
        """What the model itself says of rows, by the names of an exported file's results."""
        from ranvier.export.programs import supervised

        return supervised.answers_of(self, X)

    _stepwise: ClassVar[bool] = False  # whether rows are gone through step by step
    # Products of a step that one core of a CPU computes alone, from which the cores share its rows;
    # and how many of them each has at least.
    _core_products: ClassVar[float] = math.inf
    _core_rows: ClassVar[int] = CORE_ROWS
    _label_of_network: ClassVar[str] = "network"  # of the line that describes it
    _code: ClassVar[tuple[str, ...]] = ()  # hyperparameters that are code, never saved
    # The network's parts whose parameters the logits are linear in, so that they can be calibrated.
    _last: ClassVar[tuple[str, ...]] = ()

    # Whether it predicts a target; if not, rows are their own target, and `_own_task` and
    # `_own_coder` say what is made of them.
    _supervised: ClassVar[bool] = True

    def _own_task(self, examples: Dataset) -> tuple[Task, str]:
        """What is learned from rows without a target, and the reason in words."""
        raise NotImplementedError

    def _own_coder(
        self, task: Task, train: Dataset, preprocessor: Preprocessor, resolved: dict[str, Any]
    ) -> OwnCoder:
        """What the network makes of rows without a target."""
        raise NotImplementedError

    def _given(
        self, learner: Learner, resolved: dict[str, Any], rows: Rows, weights: Weights | None
    ) -> dict[str, np.ndarray]:
        """Parameters that do not begin fresh, path -> array; `rows`: what trains, encoded."""
        return {}

    def _drawer(
        self,
        learner: Learner,
        preprocessor: Preprocessor,
        coder: Coder,
        resolved: dict[str, Any],
        rows: Rows,
        valid: Any,
    ) -> Draw | None:
        """Shows what the network makes, in pictures, while it trains.

        `rows` are those that train, encoded; `valid` those that validate, as "inputs" and "target",
        or None.
        """
        return None

    def _remark(self, history: list[Row]) -> str | None:
        """What a person should be told of the history so far, such as that the run goes wrong."""
        return None

    def _learner(self, inputs: InputSpec, outputs: OutputSpec, resolved: dict[str, Any]) -> Learner:
        return Learner(
            build=self._build(inputs, outputs, resolved),
            players=(Player("network", SupervisedLoss(outputs.loss)),),
            judge=SupervisedJudge(outputs.loss),
            optimizer=resolved["optimizer"],
            schedule=resolved["schedule"],
            regularization_schedule=resolved["regularization_schedule"],
            precision=resolved["precision"],
            clips=bool(resolved["gradient_clip"]),
            averages=bool(resolved["ema_decay"]),
        )
