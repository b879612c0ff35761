"""The public class of the recurrent family."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from ranvier.data import Dataset
from ranvier.data.texts import Texts
from ranvier.families.cnn.hyperparameters import widths
from ranvier.families.rnn import cost
from ranvier.families.rnn.builder import RNNBuilder
from ranvier.families.rnn.describing import layers, line
from ranvier.families.rnn.hyperparameters import RNNHyperparameters
from ranvier.families.rnn.recipes import own
from ranvier.families.sequential.model import Sequential
from ranvier.model.recipes import common
from ranvier.model.summary import Layer
from ranvier.preprocessing.fitting import Coder
from ranvier.specification import InputSpec, OutputSpec
from ranvier.tasks import Task

if TYPE_CHECKING:
    from ranvier.explain.states import States


class RNN(RNNHyperparameters, Sequential):
    """Recurrent network: sequences, texts and time series.

    It goes through a row step by step and carries a state along: a few numbers that say what it
    has seen so far. Classification (one class or several labels) and regression of sequences of
    numbers and of texts, each row of its own length; a label for each step of a sequence; and
    forecasting of series.

    `fit` takes texts (a list of strings, or a table with a column of them), sequences of numbers
    ((N, steps, channels), (N, steps), a list of arrays, or `Sequences`), or a Dataset that
    `ranvier.read` made. Labels of steps are a list of arrays, each as long as its row; so are the
    predictions.

    Example:
        >>> import numpy as np, ranvier as rv
        >>> rng = np.random.default_rng(0)
        >>> rows = [rng.standard_normal((n, 1)).cumsum(axis=0) for n in range(10, 50)]
        >>> rises = np.array([bool(row[-1, 0] > row[0, 0]) for row in rows])
        >>> model = rv.RNN(epochs=2, units=(8,), convolutions=(), verbose=0).fit(rows, rises)
        >>> model.predict(rows).shape
        (40,)
    """

    family: ClassVar[str] = "rnn"
    _core_products: ClassVar[float] = 2**26  # its loop over the steps is one core's, too
    _last: ClassVar[tuple[str, ...]] = ("head/output", "convolutions/output", "bag")

    def states(self, X: Any) -> States:
        """What the recurrent layers carry along: their states after each step.

        Args:
            X: texts or sequences in a form that `predict` takes.

        Returns:
            `States`; in a notebook they show themselves, `save("states.png")` draws a row's.

        Raises:
            HyperparameterError: a model that forecasts.
        """
        from ranvier.families.rnn import looking

        return looking.states(self, *self._rows_and_inputs(X, "states"))

    def _resolve(self, task: Task, rows: int, inputs: Any = None) -> dict[str, Any]:
        texts = isinstance(inputs, Texts)
        chosen = common(self.recipe, task, rows) | own(self.recipe, task, rows, texts=texts)
        resolved = self._filled(chosen)
        resolved["units"] = widths(resolved["units"], "units", least=1)
        resolved["hidden"] = widths(resolved["hidden"], "hidden", least=0)
        resolved["convolutions"] = widths(resolved["convolutions"], "convolutions", least=0)
        return resolved

    def _build(
        self, inputs: InputSpec, outputs: OutputSpec, resolved: dict[str, Any]
    ) -> RNNBuilder:
        texts, ahead = inputs.vocabulary > 0, inputs.window is not None
        return RNNBuilder(
            inputs=inputs,
            outputs=outputs,
            cell=resolved["cell"],
            units=tuple(resolved["units"]),
            bidirectional=bool(resolved["bidirectional"]),
            pooling=resolved["pooling"],
            hidden=tuple(resolved["hidden"]),
            activation=resolved["activation"],
            dropout=resolved["dropout"] > 0,
            convolutions=() if texts or ahead else tuple(resolved["convolutions"]),
            bag=texts and bool(resolved["bag"]),
            embedding=int(resolved["embedding"]) if texts else 0,
        )

    def _observed(
        self, train: Dataset, coder: Coder, resolved: dict[str, Any]
    ) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        resolved, lines = super()._observed(train, coder, resolved)
        if coder.task.stepwise and self.pooling is not None:
            words = f"each step has an answer, so nothing is pooled: pooling={self.pooling!r}"
            lines = [*lines, ("", f"{words} is not used")]
        return resolved, lines

    def _products(
        self, parameters: int, inputs: InputSpec, outputs: OutputSpec, resolved: dict[str, Any]
    ) -> float:
        del parameters
        return cost.products(self._build(inputs, outputs, resolved))

    def _layers(self) -> list[Layer]:
        return layers(self._builder(), self._outcome.parameters)

    def _line_about_network(
        self, inputs: InputSpec, outputs: OutputSpec, resolved: dict[str, Any]
    ) -> str:
        return line(self._build(inputs, outputs, resolved))
