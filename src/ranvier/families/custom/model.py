"""The public class for a user's own network."""

from __future__ import annotations

from typing import Any, ClassVar

from flax import nnx

from ranvier.errors import HyperparameterError
from ranvier.families.custom.hyperparameters import CustomHyperparameters
from ranvier.families.custom.network import MODULE, CustomBuilder, adapted
from ranvier.layers.table_input import one_hot_width
from ranvier.model import Model
from ranvier.model.recipes import common
from ranvier.model.summary import Layer
from ranvier.specification import InputSpec, OutputSpec
from ranvier.tasks import Task
from ranvier.training.learner import Learner


class Custom(CustomHyperparameters, Model):
    """Your own Flax NNX module through the same training loop.

    `build(inputs, outputs, rngs)` is given an `InputSpec` whose `numeric` is the width of the
    vector that the module will receive (categories arrive as one-hot codes), an `OutputSpec`
    whose `units` is the number of logits it must return, and random streams. Pass a function
    that has a name: a new lambda for each fit would compile anew each time.

    `players` replaces the task's loss: each `Player` names the part of your module that it
    moves ("generator") and the loss by which it moves it.

    A saved model holds no code: `ranvier.load(path, build=...)` needs the function again.

    Example:
        >>> import ranvier as rv
        >>> from flax import nnx
        >>> class TwoLayers(nnx.Module):
        ...     def __init__(self, n_in, n_out, rngs):
        ...         self.first = nnx.Linear(n_in, 32, rngs=rngs)
        ...         self.second = nnx.Linear(32, n_out, rngs=rngs)
        ...     def __call__(self, x):  # (batch, n_in)
        ...         return self.second(nnx.relu(self.first(x)))  # (batch, n_out)
        >>> def build(inputs, outputs, rngs):
        ...     return TwoLayers(inputs.numeric, outputs.units, rngs)
        >>> iris = rv.read("iris")
        >>> model = rv.Custom(build=build, learning_rate=0.01, verbose=0).fit(iris)
        >>> model.score(iris.test) > 0.8
        True
    """

    family: ClassVar[str] = "custom"
    _label_of_network: ClassVar[str] = "module"
    _code: ClassVar[tuple[str, ...]] = ("build", "players")

    def _resolve(self, task: Task, rows: int, inputs: Any = None) -> dict[str, Any]:
        if not callable(self.build):
            raise HyperparameterError(
                "build must be a function from (inputs, outputs, rngs) to a Flax NNX module; "
                f"got {self.build!r}."
            )
        if self.calibrate:
            raise HyperparameterError(
                "calibrate=True needs a network whose last layer is known, and yours is not; "
                "leave calibrate out, or divide the logits in your module."
            )
        return self._filled(common(self.recipe, task, rows) | {"calibrate": False})

    def _build(
        self, inputs: InputSpec, outputs: OutputSpec, resolved: dict[str, Any]
    ) -> CustomBuilder:
        assert self.build is not None
        return CustomBuilder(inputs, outputs, self.build)

    def _learner(self, inputs: InputSpec, outputs: OutputSpec, resolved: dict[str, Any]) -> Learner:
        learner = super()._learner(inputs, outputs, resolved)
        if not self.players:
            return learner
        players = tuple(adapted(player) for player in self.players)
        return Learner(**{**vars(learner), "players": players, "judge": None})

    @property
    def network_(self) -> nnx.Module:
        """Your trained module, in evaluation mode."""
        module: nnx.Module = getattr(super().network_, MODULE)
        return module

    def _layers(self) -> list[Layer]:
        shape = self._builder()
        sizes: dict[str, int] = {}
        for path, array in self._outcome.parameters.items():
            part = path.split("/")[1]
            sizes[part] = sizes.get(part, 0) + array.size
        inner = [Layer(name, None, "", size) for name, size in sizes.items()]
        outputs = shape.outputs
        return [
            Layer("input", one_hot_width(shape.inputs), "", 0),
            *inner,
            Layer("output", outputs.units, outputs.activation, 0),
        ]

    def _line_about_network(
        self, inputs: InputSpec, outputs: OutputSpec, resolved: dict[str, Any]
    ) -> str:
        name = getattr(self.build, "__name__", type(self.build).__name__)
        return f"{name}: {one_hot_width(inputs)} → … → {outputs.units} {outputs.activation}"
