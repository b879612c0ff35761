"""What every family does with its data that goes through rows step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from ranvier.data import Dataset, read
from ranvier.data.pictures import Form
from ranvier.data.reading import target_list
from ranvier.data.sequences.long_targets import holds_classes
from ranvier.data.series import Windows
from ranvier.data.steps import STEPS, WORDS, StepForm
from ranvier.errors import DataError, HyperparameterError
from ranvier.families.sequential.cost import rows_at_once
from ranvier.families.sequential.forecasting.model import FORECASTING, ONLY_AHEAD, Forecasting
from ranvier.families.sequential.labelling import (
    LABELLING,
    LabellingJudge,
    LabellingLoss,
    StepPredictor,
    from_long,
    labelled,
)
from ranvier.model.inputs import is_matched_by_name
from ranvier.model.predicting import Predictor
from ranvier.model.steps import as_steps
from ranvier.preprocessing.step_labels import StepCoder
from ranvier.specification import InputSpec, OutputSpec
from ranvier.training.learner import Learner, Player

if TYPE_CHECKING:
    from sklearn.utils import Tags

    from ranvier.data.streams import Streamed
    from ranvier.explain.series import SequenceExplanation
    from ranvier.explain.texts import TextExplanation
    from ranvier.training.loop import Watcher


class Sequential(Forecasting):
    """Base of the families that take sequences of numbers, texts, and series to be continued."""

    _stepwise: ClassVar[bool] = True
    _of_words: ClassVar[bool] = False  # whether lists may be pairs or words, which have labels
    _pairs: ClassVar[bool] = False  # whether two columns of texts are pairs

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
        from ranvier.families.sequential import looking

        return looking.explain(self, *self._rows_and_inputs(X, "explain"), output)

    def _blank(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """What explanations begin with, where that is not nothing: "blank", tokens of each row."""
        return {}

    def _rows_explained(self, steps: int) -> int:
        """How many rows of so many steps are explained together, at most."""
        return self._rows_at_once(self.preprocessor_.spec)

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
        return WORDS if self._of_words else STEPS

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
        name = type(self).__name__
        task = self.task if form is None else self.task_
        examples = as_steps(examples, name, form, pairs=self._pairs)
        return labelled(examples, task, name, words=self._of_words)

    def _examples_of(self, X: Any, y: Any = None, sample_weight: Any = None) -> Dataset:
        examples = super()._examples_of(X, y, sample_weight)
        form = getattr(vars(self).get("preprocessor_"), "form", None)
        if form is not None and self.task_ == LABELLING:
            whole = from_long(examples, self.target_names_, form)
            return self._suited(whole or examples, form)
        # Several rows of a long table are one sequence: whatever follows counts sequences.
        return self._suited(examples, form) if getattr(form, "series", "") else examples

    def _input_options(self, resolved: dict[str, Any]) -> Mapping[str, Any]:
        return {
            "tokenizer": self.tokenizer,
            "vocabulary_size": self.vocabulary_size,
            "max_length": self.max_length,
        }

    def _learner(self, inputs: InputSpec, outputs: OutputSpec, resolved: dict[str, Any]) -> Learner:
        learner = super()._learner(inputs, outputs, resolved)
        if not outputs.each_step:
            return learner
        player = Player("network", LabellingLoss())
        return replace(learner, players=(player,), judge=LabellingJudge())

    def _make_predictor(self) -> Predictor:
        predictor = super()._make_predictor()
        if not isinstance(self._coder, StepCoder):
            return predictor
        return StepPredictor.of(predictor, self._coder.usual)

    def _rows_at_once(self, inputs: InputSpec) -> int:
        window = inputs.window
        return rows_at_once(inputs.steps if window is None else window.context)
