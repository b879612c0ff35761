"""The public class of the fully connected family."""

from __future__ import annotations

from typing import Any, ClassVar

from ranvier.errors import HyperparameterError
from ranvier.families.fcnn.hyperparameters import FCNNHyperparameters, check_hidden
from ranvier.families.fcnn.network import FCNNBuilder
from ranvier.families.fcnn.recipes import RECIPES
from ranvier.layers.table_input import input_width
from ranvier.model import Model
from ranvier.model.recipes import common
from ranvier.model.summary import Layer, depth
from ranvier.specification import InputSpec, OutputSpec
from ranvier.tasks import Task


class FCNN(FCNNHyperparameters, Model):
    """Fully connected network: classification and regression on tables.

    Every neuron computes a weighted sum of all outputs of the layer before, adds its bias and
    applies its activation. The task decides the output layer: one sigmoid unit (binary), a
    softmax over the classes (multiclass), one sigmoid per label (multilabel), linear units
    (regression).

    Example:
        >>> import ranvier as rv
        >>> iris = rv.read("iris")
        >>> model = rv.FCNN(epochs=60, verbose=0).fit(iris)
        >>> model.task_
        'multiclass'
        >>> model.predict(iris.test).shape
        (30,)
        >>> model.score(iris.test) > 0.8
        True
    """

    family: ClassVar[str] = "fcnn"

    def _resolve(self, task: Task, rows: int) -> dict[str, Any]:
        resolved = self._filled(common(self.recipe, task, rows) | RECIPES[self.recipe])
        resolved["hidden"] = check_hidden(resolved["hidden"])
        if resolved["optimizer"] == "adam" and resolved["weight_decay"] > 0:
            raise HyperparameterError(
                "weight_decay needs an optimizer that decays; got optimizer='adam'; "
                "use optimizer='adamw'."
            )
        return resolved

    def _build(
        self, inputs: InputSpec, outputs: OutputSpec, resolved: dict[str, Any]
    ) -> FCNNBuilder:
        return FCNNBuilder(
            inputs=inputs,
            outputs=outputs,
            hidden=resolved["hidden"],
            activation=resolved["activation"],
            normalization=resolved["normalization"],
            dropout=resolved["dropout"] > 0,
            residual=resolved["residual"],
        )

    def _layers(self) -> list[Layer]:
        shape = self._builder()
        counts: dict[str, int] = {}
        for path, array in self._outcome.parameters.items():
            top = path.split("/")
            name = f"hidden {int(top[1]) + 1}" if top[0] == "hidden" else top[0]
            counts[name] = counts.get(name, 0) + array.size
        names = ["input", *(f"hidden {n + 1}" for n in range(len(shape.hidden))), "output"]
        widths = [input_width(shape.inputs), *shape.hidden, shape.outputs.units]
        extras = [f"normalization: {shape.normalization}"] * (shape.normalization != "none")
        extras += [f"dropout {self.resolved_['dropout']:g}"] * shape.dropout
        inside = ", ".join([shape.activation, *extras])
        what = ["", *[inside] * len(shape.hidden), shape.outputs.activation]
        return [
            Layer(n, width, words, counts.get(n, 0))
            for n, width, words in zip(names, widths, what, strict=True)
        ]

    def _line_about_network(
        self, inputs: InputSpec, outputs: OutputSpec, resolved: dict[str, Any]
    ) -> str:
        widths = [input_width(inputs), *resolved["hidden"], outputs.units]
        layers = [Layer(f"hidden {n}", w, "", 0) for n, w in enumerate(resolved["hidden"], 1)]
        chain = " → ".join(str(width) for width in widths)
        return f"FCNN {chain} {outputs.activation} · {resolved['activation']} · {depth(layers)}"
