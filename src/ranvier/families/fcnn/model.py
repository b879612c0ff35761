"""The public class of the fully connected family."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from ranvier.errors import HyperparameterError
from ranvier.families.fcnn.hyperparameters import FCNNHyperparameters, check_hidden
from ranvier.families.fcnn.network import FCNNBuilder, input_layer
from ranvier.families.fcnn.recipes import FEWEST_ROWS_FOR_WAVES, RECIPES
from ranvier.layers.table_input import input_width, is_embedded
from ranvier.model import Model
from ranvier.model.recipes import common
from ranvier.model.summary import Layer, depth
from ranvier.specification import InputSpec, OutputSpec
from ranvier.tasks import Task

if TYPE_CHECKING:
    from ranvier.explain.attributions import Explanation
    from ranvier.explain.neurons import NeuronLayer


class FCNN(FCNNHyperparameters, Model):
    """Fully connected network: classification and regression on tables.

    Every neuron computes a weighted sum of all outputs of the layer before, adds its bias and
    applies its activation. The task decides the output layer: one sigmoid unit (binary), a
    softmax over the classes (multiclass), one sigmoid per label (multilabel), linear units
    (regression).

    With `members` it is that many networks in one, after TabM (Gorishniy, Kotelnikov and
    Babenko 2024): they share their weight matrices, learn side by side, and answer by their mean.

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
    _last: ClassVar[tuple[str, ...]] = ("output", "tails")

    def neurons(self, X: Any) -> list[NeuronLayer]:
        """What each neuron computed: per layer weights, bias, weighted sum and activation.

        Args:
            X: (N, columns) rows in a form that `predict` takes.

        Returns:
            One `NeuronLayer` per layer of neurons, from the first hidden layer to the output.

        Raises:
            HyperparameterError: the model was fitted with more than one of `members`.

        Example:
            >>> import numpy as np, ranvier as rv
            >>> iris = rv.read("iris")
            >>> model = rv.FCNN(recipe="textbook", epochs=5, verbose=0).fit(iris)
            >>> first = model.neurons(iris.test)[0]
            >>> by_hand = first.inputs[0] @ first.weights[:, 7] + first.bias[7]
            >>> bool(np.isclose(by_hand, first.weighted_sum[0, 7], atol=1e-5))
            True
            >>> bool(np.isclose(max(by_hand, 0), first.outputs[0, 7], atol=1e-5))  # ReLU
            True
        """
        from ranvier.families.fcnn import looking

        return looking.neurons(self, self._preprocessed(X))

    def explain(self, X: Any, output: int | None = None) -> Explanation:
        """How much each column moved each prediction: integrated gradients.

        Args:
            X: (N, columns) rows in a form that `predict` takes.
            output: the unit of the output layer to explain; None: the predicted class, or the
                first number.

        Returns:
            An `Explanation` whose values, (N, columns), add up to the output less its baseline:
            the output where every number is the training median and every category unknown.

        Example:
            >>> import ranvier as rv
            >>> iris = rv.read("iris")
            >>> model = rv.FCNN(epochs=20, verbose=0).fit(iris)
            >>> model.explain(iris.test).values.shape
            (30, 4)
        """
        from ranvier.families.fcnn import looking

        return looking.explain(self, self._preprocessed(X), output)

    def _resolve(self, task: Task, rows: int, inputs: Any = None) -> dict[str, Any]:
        resolved = self._filled(common(self.recipe, task, rows) | RECIPES[self.recipe])
        resolved["hidden"] = check_hidden(resolved["hidden"])
        if resolved["input_layer"] == "auto" and rows < FEWEST_ROWS_FOR_WAVES:
            resolved["input_layer"] = "plain"
        if self.linear_tails is None:
            resolved["linear_tails"] &= not task.classifies
        if resolved["members"] > 1:
            _check_members(self, task)
            resolved["calibrate"] = False  # a mean of probabilities has no logits to divide
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
            **_newer(resolved, inputs),
        )

    def _products(
        self, parameters: int, inputs: InputSpec, outputs: OutputSpec, resolved: dict[str, Any]
    ) -> float:
        return float(parameters * resolved["members"])

    def _layers(self) -> list[Layer]:
        shape = self._builder()
        counts: dict[str, int] = {}
        for path, array in self._outcome.parameters.items():
            top = path.split("/")
            name = f"hidden {int(top[1]) + 1}" if top[0] == "hidden" else top[0]
            counts[name] = counts.get(name, 0) + array.size
        counts["output"] += counts.pop("tails", 0)
        names = ["input", *(f"hidden {n + 1}" for n in range(len(shape.hidden))), "output"]
        widths = [input_width(shape.inputs), *shape.hidden, shape.outputs.units]
        extras = [f"normalization: {shape.normalization}"] * (shape.normalization != "none")
        extras += [f"dropout {self.resolved_['dropout']:g}"] * shape.dropout
        inside = ", ".join([shape.activation, *extras])
        what = ["", *[inside] * len(shape.hidden), shape.outputs.activation]
        what[-1] += ", linear tails" * shape.linear_tails
        if shape.members > 1:
            what[1:] = [f"{words}, {shape.members} members" for words in what[1:]]
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
        embedded = sum(is_embedded(codes) for codes in inputs.categories)
        parts = [f"FCNN {chain} {outputs.activation}", resolved["activation"], depth(layers)]
        if embedded:
            columns = "column is embedded" if embedded == 1 else "columns are embedded"
            parts.insert(1, f"{embedded} {columns}")
        if resolved["members"] > 1:
            parts.append(f"{resolved['members']} members")
        return " · ".join(parts)


def _check_members(model: FCNN, task: Task) -> None:
    """Refuse what many members cannot have.

    Raises:
        HyperparameterError: it was asked for.
    """
    for name, asked in (("calibrate", model.calibrate), ("linear_tails", model.linear_tails)):
        if asked and task.classifies:
            raise HyperparameterError(
                f"{name}=True needs one network where classes are learned; got "
                f"members={model.members}; leave {name} out, or fit with members=1."
            )


def _newer(resolved: dict[str, Any], inputs: InputSpec) -> dict[str, Any]:
    """What networks saved by the first release lack, as it was then."""
    return {
        "activation_rate": float(resolved.get("activation_rate", 0.0)),
        "input_layer": input_layer(resolved.get("input_layer", "plain"), inputs),
        "parametrization": resolved.get("parametrization", "standard"),
        "linear_tails": bool(resolved.get("linear_tails", False)),
        "members": int(resolved.get("members", 1)),
    }
