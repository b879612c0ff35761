"""The public class of the autoencoder."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from ranvier.data import Dataset
from ranvier.data.pictures import Form, Pictures
from ranvier.data.sequences import Sequences
from ranvier.data.steps import StepForm
from ranvier.errors import DataError, HyperparameterError
from ranvier.export.programs.program import Program
from ranvier.families.autoencoder import answering, cost, mixture, outputs
from ranvier.families.autoencoder.builder import AutoencoderBuilder
from ranvier.families.autoencoder.data import as_given, suited
from ranvier.families.autoencoder.describing import layers, line
from ranvier.families.autoencoder.hyperparameters import AutoencoderHyperparameters
from ranvier.families.autoencoder.learning import Price, ReconstructionJudge, ReconstructionLoss
from ranvier.families.autoencoder.recipes import (
    WIDEST_LINEAR,
    components_of,
    dimensions_of,
    epochs_within,
    own,
    pieces_of,
)
from ranvier.families.cnn.hyperparameters import widths
from ranvier.families.pictured import brought
from ranvier.model import Model
from ranvier.model.budget import memory_budget
from ranvier.model.recipes import common
from ranvier.model.suiting import as_table
from ranvier.model.summary import Layer
from ranvier.preprocessing.fitting import Coder, Preprocessor
from ranvier.preprocessing.own_targets import OwnCoder
from ranvier.specification import InputSpec, OutputSpec
from ranvier.tasks import RECONSTRUCTION, Task
from ranvier.training.feeds import Rows, Weights
from ranvier.training.learner import Learner, Player
from ranvier.training.loop import Draw, Outcome, Watcher

if TYPE_CHECKING:
    from sklearn.utils import Tags

    from ranvier.data.streams import Streamed
    from ranvier.model.fitting import Prepared


class Autoencoder(AutoencoderHyperparameters, Model):
    """Autoencoder: rows through a code of a few numbers and back.

    Dense layers for tables, convolutions for pictures, recurrent layers for sequences. Beside them
    lies a linear way that begins as the principal components, so that the network only learns what
    they miss. The code is plain, or learned from disturbed rows, or sparse, or normally distributed
    (variational), or put together of pieces from a book (vector-quantised).

    `fit` takes what `FCNN`, `CNN` and `RNN` take, and needs no target; one that is given is not
    looked at. Rows of numbers are a table unless `layout` says that they are pictures ("HW").

    Example:
        >>> import ranvier as rv
        >>> digits = rv.read("digits")
        >>> model = rv.Autoencoder(dimensions=8, layout="HW", epochs=5, verbose=0).fit(digits)
        >>> codes = model.transform(digits.test)
        >>> codes.shape, codes.dtype
        ((359, 8), dtype('float32'))
        >>> model.inverse_transform(codes).shape
        (359, 64)
        >>> model.sample(3).shape
        (3, 64)
    """

    family: ClassVar[str] = "autoencoder"
    _supervised: ClassVar[bool] = False

    def transform(self, X: Any) -> Any:
        """The code of each row.

        Args:
            X: rows in a form that `fit` takes.

        Returns:
            Float32 (N, dimensions); a frame where `set_output` asks for one.
        """
        codes = self._programs().codes(self._preprocessed(X))
        names = [str(name) for name in self.get_feature_names_out()]
        return outputs.contained(codes, vars(self).get("_output"), names, X)

    def fit_transform(self, X: Any, y: Any = None, **fit_arguments: Any) -> Any:
        """`fit`, then the codes of the same rows."""
        return self.fit(X, y, **fit_arguments).transform(X)

    def inverse_transform(self, X: Any) -> Any:
        """The rows of codes (N, dimensions), in the form and the units of the training rows.

        Tables come as float64 arrays, or as frames where training rows were a frame; pictures in
        the type, the range and the layout of training; sequences as an array, or as a list of
        arrays where they differ in length. A vector-quantised code is first put together of the
        nearest pieces.

        Raises:
            DataError: codes of another width.
        """
        self._check_fitted()
        return answering.decoded(self, answering.as_codes(self, X))

    def reconstruct(self, X: Any) -> Any:
        """What comes out for rows X, in the form of `inverse_transform`."""
        codes = self._programs().codes(self._preprocessed(X))
        return answering.decoded(self, codes, like=X)

    def sample(self, n: int = 1, seed: int | None = None) -> Any:
        """New rows like those of training, in the form of `inverse_transform`.

        A variational code is drawn from the normal distribution that training gave it. Others are
        drawn from a mixture of Gaussians that was fitted to the training rows' codes; those of a
        vector-quantised one are then put together of the nearest pieces.

        Args:
            n: how many.
            seed: decides the chance; None: the model's own seed.
        """
        self._check_fitted()
        return answering.decoded(self, answering.drawn(self, n, seed))

    def score_samples(self, X: Any) -> np.ndarray:
        """Float64 (N,): how usual each row is; the higher the more.

        The log density of its code by the mixture that `sample` draws from, less half the
        dimensions for each time that the mean squared error of its reconstruction is as large as
        usual: rows are odd by what their codes say, and by what these leave out. Of a variational
        autoencoder the lower bound of its log likelihood in nats, by eight draws of its code.
        """
        self._check_fitted()
        return answering.usual(self, self._preprocessed(X))

    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        """R² of the reconstruction: the share of the rows' variance that it explains."""
        return self.evaluate(X, y, sample_weight)["r2"]

    def evaluate(self, X: Any, y: Any = None, sample_weight: Any = None) -> dict[str, float]:
        """How close reconstructions come, in standardised units: mse, r2 and mae.

        A target is not looked at.
        """
        self._check_fitted()
        return answering.evaluated(self, X, sample_weight)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Objects (dimensions,): a name for each number of the code."""
        del input_features
        self._check_fitted()
        count = self.resolved_["dimensions"]
        return np.array([f"{self.family}{number}" for number in range(count)], dtype=object)

    def set_output(self, *, transform: str | None = None) -> Self:
        """The container that `transform` returns: "default", "pandas" or "polars"."""
        if outputs.checked(transform) is not None:
            self._output = transform
        return self

    def __sklearn_clone__(self) -> Self:
        fresh = super().__sklearn_clone__()
        if "_output" in vars(self):
            fresh._output = self._output
        return fresh

    def __sklearn_tags__(self) -> Tags:
        from sklearn.utils import TransformerTags

        tags = super().__sklearn_tags__()
        tags.transformer_tags = TransformerTags(preserves_dtype=["float32"])
        tags.input_tags.three_d_array = True
        return tags

    # What a family gives.

    def _programs(self) -> Any:
        self._check_fitted()
        return answering.programs_of(self)

    @property
    def _layout(self) -> str:
        return self.layout

    def _examples_to_fit(
        self, X: Any, y: Any, sample_weight: Any, target: Any, display: Watcher | None
    ) -> Dataset | Streamed:
        given = as_given(X)
        rows = X.inputs if isinstance(X, Dataset) else X
        self._given_as = (outputs.container_of(rows), outputs.row_shape_of(rows))
        return super()._examples_to_fit(given, y, sample_weight, target, display)

    def _fit(self, examples: Dataset | Streamed, watcher: Watcher | None, **where: Any) -> Self:
        if not isinstance(examples, Dataset):
            raise DataError(
                "Autoencoder learns from rows in memory, and these take more than max_memory: "
                "allow more, or take a part of them."
            )
        if "_given_as" not in vars(self):
            self._given_as = ("array", outputs.row_shape_of(examples.inputs))
        return super()._fit(examples, watcher, **where)

    def _examples_of(self, X: Any, y: Any = None, sample_weight: Any = None) -> Dataset:
        stepwise = isinstance(getattr(vars(self).get("preprocessor_"), "form", None), StepForm)
        return super()._examples_of(as_given(X, stepwise=stepwise), y, sample_weight)

    def _suited(self, examples: Dataset, form: Form | StepForm | None = None) -> Dataset:
        given = suited(examples, type(self).__name__, self.layout, form)
        inputs = given.inputs
        if isinstance(inputs, Sequences):
            return given
        if not isinstance(inputs, Pictures):
            return as_table(given, type(self).__name__, memory_budget(self.max_memory))
        return replace(given, inputs=brought(inputs, self, trains=form is None))

    def _own_task(self, examples: Dataset) -> tuple[Task, str]:
        if self.task not in ("auto", RECONSTRUCTION.kind):
            raise HyperparameterError(
                f"task={self.task!r} does not suit Autoencoder, whose rows are their own target: "
                "leave task= out."
            )
        return RECONSTRUCTION, "rows are made again from their codes"

    def _resolve(self, task: Task, rows: int, inputs: Any = None) -> dict[str, Any]:
        chosen = common(self.recipe, task, rows) | own(self.recipe, self.kind, rows)
        resolved = self._filled(chosen)
        resolved["hidden"] = widths(resolved["hidden"], "hidden", least=0)
        resolved["filters"] = widths(resolved["filters"], "filters", least=0)
        return resolved

    def _own_coder(
        self, task: Task, train: Dataset, preprocessor: Preprocessor, resolved: dict[str, Any]
    ) -> OwnCoder:
        spec = preprocessor.spec
        if spec.image:
            return OwnCoder(task, spec.image[-1], spec.image[:-1])
        if spec.channels:
            return OwnCoder(task, spec.channels, (spec.steps,))
        return OwnCoder(task, answering.table_width(spec))

    def _observed(
        self, train: Dataset, coder: Coder, resolved: dict[str, Any]
    ) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        spec, rows = coder.spec, len(train)
        numbers = spec.units * int(np.prod(spec.image, dtype=np.int64))
        dimensions = resolved["dimensions"] or dimensions_of(self.kind, numbers)
        resolved = {**resolved, "dimensions": dimensions}
        if self.linear is None and numbers * dimensions > WIDEST_LINEAR:
            resolved["linear"] = False
        lines = [("", f"a code of {dimensions:,} numbers for {numbers:,}")]
        if self.kind == "vector_quantised":
            parts, codes = pieces_of(self.codes, self.parts, dimensions, rows)
            resolved |= {"parts": parts, "codes": codes}
        if resolved["components"] is None and self.kind != "variational":
            resolved["components"] = components_of(rows, dimensions)
        inputs = train.inputs
        uneven = isinstance(inputs, Sequences) and len(np.unique(inputs.lengths)) > 1
        container, row = vars(self).pop("_given_as", ("array", ()))
        resolved |= {"uneven": uneven, "container": container, "row_shape": row}
        if self.epochs is None and self.recipe == "strong":
            shape = self._build(answering.inputs_of(train, spec), spec, resolved)
            resolved["epochs"] = epochs_within(resolved["epochs"], rows, cost.products(shape))
        return resolved, lines

    def _build(
        self, inputs: InputSpec, outputs: OutputSpec, resolved: dict[str, Any]
    ) -> AutoencoderBuilder:
        kind = resolved["kind"]
        quantised = kind == "vector_quantised"
        return AutoencoderBuilder(
            inputs=inputs,
            outputs=outputs,
            dimensions=resolved["dimensions"],
            linear=bool(resolved["linear"]),
            hidden=tuple(resolved["hidden"]),
            activation=resolved["activation"],
            filters=tuple(resolved["filters"]),
            kernel_size=resolved["kernel_size"],
            cell=resolved["cell"],
            units=resolved["state_width"],
            noisy=kind == "variational",
            sparse=kind == "sparse",
            pieces=(resolved["parts"], resolved["codes"]) if quantised else (),
            components=0 if kind == "variational" else resolved["components"],
            uneven=bool(resolved["uneven"]),
        )

    def _learner(self, inputs: InputSpec, outputs: OutputSpec, resolved: dict[str, Any]) -> Learner:
        learner = super()._learner(inputs, outputs, resolved)
        price = Price(*(float(resolved[name]) for name in ("sparsity", "beta", "commitment")))
        loss = ReconstructionLoss(price, float(resolved["noise"]), float(resolved["masking"]))
        players = (Player("network", loss),)
        return replace(learner, players=players, judge=ReconstructionJudge(price))

    def _given(
        self, learner: Learner, resolved: dict[str, Any], rows: Rows, weights: Weights | None
    ) -> dict[str, np.ndarray]:
        from ranvier.families.autoencoder import start

        shape = learner.build
        assert isinstance(shape, AutoencoderBuilder)
        return start.begun(shape, rows, weights)

    def _calibrated(
        self, prepared: Prepared, outcome: Outcome, watcher: Watcher | None
    ) -> tuple[Outcome, tuple[tuple[str, str], ...]]:
        shape = prepared.learner.build
        assert isinstance(shape, AutoencoderBuilder)
        if not shape.components:
            return outcome, ()
        codes = answering.some_codes(self, prepared, outcome)
        found = mixture.fitted(codes, shape.components, prepared.resolved["seed"])
        row = outcome.history[outcome.best_epoch - 1]
        found["error"] = np.array([row.get("valid_mse", row["mse"])], np.float32)
        arrays = {f"mixture/{name}": array for name, array in found.items()}
        return replace(outcome, variables=outcome.variables | arrays), ()

    def _drawer(
        self,
        learner: Learner,
        preprocessor: Preprocessor,
        coder: Coder,
        resolved: dict[str, Any],
        rows: Rows,
        valid: Any,
    ) -> Draw | None:
        from ranvier.families.autoencoder import showing

        return showing.drawer(learner, preprocessor, resolved, rows, valid)

    def _products(
        self, parameters: int, inputs: InputSpec, outputs: OutputSpec, resolved: dict[str, Any]
    ) -> float:
        del parameters
        return cost.products(self._build(inputs, outputs, resolved))

    def _rows_at_once(self, inputs: InputSpec) -> int:
        return cost.rows_at_once(inputs.image or (max(1, inputs.steps), max(1, inputs.channels)))

    def _exported(self) -> Program:
        from ranvier.families.autoencoder import exporting

        return exporting.program(self)

    def _exported_answers(self, X: Any) -> dict[str, np.ndarray]:
        from ranvier.families.autoencoder import exporting

        return exporting.answers_of(self, X)

    def _layers(self) -> list[Layer]:
        return layers(self._builder(), self._outcome.parameters)

    def _line_about_network(
        self, inputs: InputSpec, outputs: OutputSpec, resolved: dict[str, Any]
    ) -> str:
        return line(self._build(inputs, outputs, resolved), resolved["kind"])

    def _measured(self, examples: Dataset) -> tuple[np.ndarray, np.ndarray]:
        """Rows and what is made of them, float32 (N, numbers) each, in standardised units."""
        self._check_fitted()
        return answering.measured(self, examples)
