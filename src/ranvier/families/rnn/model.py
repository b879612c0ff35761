"""The public class of the recurrent family."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from ranvier.data import Dataset, read
from ranvier.data.pictures import Form
from ranvier.data.reading import target_list
from ranvier.data.sequences.long_targets import holds_classes
from ranvier.data.series import Windows
from ranvier.data.steps import STEPS, StepForm
from ranvier.data.texts import Texts
from ranvier.errors import DataError, HyperparameterError
from ranvier.families.cnn.hyperparameters import widths
from ranvier.families.rnn import cost
from ranvier.families.rnn.builder import RNNBuilder
from ranvier.families.rnn.describing import layers, line
from ranvier.families.rnn.forecasting import describing as forecasting
from ranvier.families.rnn.forecasting.model import FORECASTING, ONLY_AHEAD, Forecasting
from ranvier.families.rnn.labelling import (
    LABELLING,
    LabellingJudge,
    LabellingLoss,
    StepPredictor,
    from_long,
    labelled,
)
from ranvier.families.rnn.recipes import own
from ranvier.model.inputs import is_matched_by_name
from ranvier.model.predicting import Predictor
from ranvier.model.recipes import common
from ranvier.model.steps import as_steps
from ranvier.model.summary import Layer
from ranvier.preprocessing.fitting import Coder
from ranvier.specification import InputSpec, OutputSpec
from ranvier.tasks import Task
from ranvier.training.learner import Learner, Player

if TYPE_CHECKING:
    from sklearn.utils import Tags

    from ranvier.data.streams import Streamed
    from ranvier.explain.series import SequenceExplanation
    from ranvier.explain.states import States
    from ranvier.explain.texts import TextExplanation
    from ranvier.training.loop import Watcher


class RNN(Forecasting):
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

    def explain(self, X: Any, output: int | None = None) -> TextExplanation | SequenceExplanation:
        """What moved each prediction: each token's part, or each step's and channel's.

        Args:
            X: texts or sequences in a form that `predict` takes.
            output: the unit of the output layer to explain; None: the predicted class, or the
                first number.

        Returns:
            A `TextExplanation` or a `SequenceExplanation`. In a notebook it shows itself,
            `show()` prints it in colours and `save("why.html")` writes it.

        Raises:
            HyperparameterError: no such unit, or a model that forecasts.
        """
        from ranvier.families.rnn import looking

        return looking.explain(self, *self._rows_and_inputs(X, "explain"), output)

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

    def _rows_and_inputs(self, X: Any, what: str) -> tuple[Any, dict[str, Any]]:
        """Texts or sequences as they were given, and as the network takes them."""
        self._check_fitted()
        if self.task_ == FORECASTING:
            raise HyperparameterError(
                f"{what} takes texts or sequences with an answer for each row, and this "
                f"{type(self).__name__} forecasts series: look at `backtest` to see where it errs."
            )
        form = getattr(self.preprocessor_, "form", None)
        examples = self._suited(self._examples_of(X), form)
        return examples.inputs, self._transformed(examples, lenient=is_matched_by_name(X))

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        inputs = tags.input_tags
        inputs.two_d_array, inputs.three_d_array = False, True
        inputs.sparse = inputs.categorical = False
        return tags

    @property
    def _layout(self) -> str:
        return STEPS

    def _examples_to_fit(
        self, X: Any, y: Any, sample_weight: Any, target: Any, display: Watcher | None
    ) -> Dataset | Streamed:
        if isinstance(X, Dataset) or y is not None or not self._is_long(X, target):
            return super()._examples_to_fit(X, y, sample_weight, target, display)
        if sample_weight is not None:
            raise DataError(
                "The rows of a long table are steps, which have no weights of their own: leave "
                "sample_weight= out."
            )
        return read(
            X,
            target=target,
            test_fraction=0.0,
            on_error=self.on_error,
            series=self.series,
            time=self.time,
        )

    def _is_long(self, X: Any, target: Any) -> bool:
        """Whether the data are a long table whose series, or steps, have classes or numbers."""
        if self.series is None or self.task != "auto":
            return self.series is not None and self.task != FORECASTING
        if any(getattr(self, name) is not None for name in ONLY_AHEAD):
            return False
        return holds_classes(X, target_list(target))

    def _suited(self, examples: Dataset, form: Form | StepForm | None = None) -> Dataset:
        if isinstance(examples.inputs, Windows):
            return examples
        assert not isinstance(form, Form)
        task = self.task if form is None else self.task_
        return labelled(as_steps(examples, type(self).__name__, form), task)

    def _examples_of(self, X: Any, y: Any = None, sample_weight: Any = None) -> Dataset:
        examples = super()._examples_of(X, y, sample_weight)
        form = getattr(vars(self).get("preprocessor_"), "form", None)
        if form is not None and self.task_ == LABELLING:
            whole = from_long(examples, self.target_names_, form)
            return self._suited(whole or examples, form)
        # Several rows of a long table are one sequence: whatever follows counts sequences.
        return self._suited(examples, form) if getattr(form, "series", "") else examples

    def _input_options(self) -> Mapping[str, Any]:
        return {
            "tokenizer": self.tokenizer,
            "vocabulary_size": self.vocabulary_size,
            "max_length": self.max_length,
        }

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

    def _learner(self, inputs: InputSpec, outputs: OutputSpec, resolved: dict[str, Any]) -> Learner:
        learner = super()._learner(inputs, outputs, resolved)
        if not outputs.each_step:
            return learner
        player = Player("network", LabellingLoss())
        return replace(learner, players=(player,), judge=LabellingJudge())

    def _make_predictor(self) -> Predictor:
        predictor = super()._make_predictor()
        return StepPredictor.of(predictor) if self.task_ == LABELLING else predictor

    def _products(
        self, parameters: int, inputs: InputSpec, outputs: OutputSpec, resolved: dict[str, Any]
    ) -> float:
        del parameters
        return cost.products(self._build(inputs, outputs, resolved))

    def _rows_at_once(self, inputs: InputSpec) -> int:
        window = inputs.window
        return cost.rows_at_once(inputs.steps if window is None else window.context)

    def _layers(self) -> list[Layer]:
        shape = self._builder()
        told = layers if shape.inputs.window is None else forecasting.layers
        return told(shape, self._outcome.parameters)

    def _line_about_network(
        self, inputs: InputSpec, outputs: OutputSpec, resolved: dict[str, Any]
    ) -> str:
        told = line if inputs.window is None else forecasting.line
        return told(self._build(inputs, outputs, resolved))
