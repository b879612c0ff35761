"""The estimator contract that all families share: scikit-learn's, and what stands on it."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import jax
import numpy as np

from ranvier import hyperparameters
from ranvier.data import Dataset, as_examples
from ranvier.errors import DataWarning, TargetError
from ranvier.model import calibrating, fitting
from ranvier.model.estimator import Estimator, only_where
from ranvier.model.family import Family
from ranvier.model.inputs import Columns, check_inputs, examples_of, is_matched_by_name, truth_of
from ranvier.model.predicting import Predictor
from ranvier.model.scoring import evaluate, score
from ranvier.model.summary import render
from ranvier.model.tags import tagged
from ranvier.preprocessing.fitting import Coder, Preprocessor
from ranvier.tasks import TASKS, no_target
from ranvier.training.blueprint import blueprint_of
from ranvier.training.loop import Outcome, Watcher

if TYPE_CHECKING:
    from flax import nnx
    from sklearn.utils import Tags

    from ranvier.data.streams import Streamed
    from ranvier.export.writing import Exported
    from ranvier.model.fitting import Prepared
    from ranvier.training.progress import Display


def _classifies(model: Model) -> bool:
    _predicts(model)
    task = getattr(model, "task_", None) or model.task
    if task in ("regression", "image_to_image"):
        raise AttributeError(f"{type(model).__name__} has no classes: this task is {task}")
    return True


def _predicts(model: Model) -> bool:
    if not model._supervised:
        raise AttributeError(f"{type(model).__name__} predicts no target")
    return True


class Model(Family, Estimator):
    """Base of all families; what a family gives stands in `Family`.

    Attributes after `fit`:
        task_: "binary", "multiclass", "multilabel", "regression", ...; see `tasks`.
        classes_: the sorted classes, for binary, multiclass and labelling.
        history_: one dictionary per epoch: "epoch", "loss", "valid_loss", ...
        best_epoch_: the epoch whose weights are kept; 0 without validation rows.
        resolved_: every hyperparameter's value, the recipe's choices included.
        decisions_: (label, text) lines: what was found in the data and decided.
        n_features_in_: number of input columns.
        feature_names_in_: their names, where they have names.
        network_: the trained network, a Flax NNX module.
    """

    # The contract.

    def fit(
        self,
        X: Any,
        y: Any = None,
        *,
        sample_weight: Any = None,
        target: str | tuple[str, ...] | None = None,
        run_dir: str | Path | None = None,
        resume: bool = False,
    ) -> Self:
        """Learn.

        Args:
            X: (N, columns) array, sparse matrix or frame; or a Dataset, of which the rows that
                are not held out are used; or the path of a file, of which all rows are. A file
                too large for `max_memory`, or a folder of files, is streamed.
            y: (N,) or (N, outputs) target for arrays and frames.
            sample_weight: (N,) how much each row counts; a weight of 2 is a row given twice.
            target: name of the target column, for a path or a frame that holds it.
            run_dir: folder for checkpoints, so that a run that was killed can go on; a streamed
                table's encoded rows lie there too while it is trained.
            resume: go on from the newest checkpoint in `run_dir`.

        Returns:
            The model itself. Ctrl-C ends the training and keeps the best weights so far.

        Raises:
            DataError, TargetError: the data cannot be used.
            HyperparameterError: a hyperparameter outside its range.
            DivergedError: the loss became NaN or infinite.
            CheckpointError: `resume` with other data or settings.
        """
        display = self._display()
        try:
            examples = self._examples_to_fit(X, y, sample_weight, target, display)
            return self._fit(examples, display, run_dir=run_dir, resume=resume)
        finally:
            if display is not None:
                display.close()

    def _fit(
        self,
        examples: Dataset | Streamed,
        watcher: Watcher | None,
        *,
        run_dir: str | Path | None = None,
        resume: bool = False,
    ) -> Self:
        """What `fit` does with checked examples and someone who watches."""
        hyperparameters.check(self)
        if isinstance(examples, Dataset):
            prepared = fitting.prepare(self, examples)
        else:
            from ranvier.model import streaming

            prepared = streaming.prepare(self, examples, run_dir)
        try:
            if watcher is not None:
                watcher.announce(prepared.lines)
            folder = None if run_dir is None else Path(run_dir) / "checkpoints"
            outcome, problem = fitting.train(
                prepared, watcher=watcher, folder=folder, resume=resume
            )
        finally:
            prepared.rows.close()
        if problem:
            warnings.warn(problem, DataWarning, stacklevel=3)
        if watcher is None:
            for text in outcome.remarks:
                warnings.warn(text, DataWarning, stacklevel=3)
        outcome, more = self._calibrated(prepared, outcome, watcher)
        more = (*more, *(("note", text) for text in outcome.remarks))
        self._remember(
            columns=prepared.columns,
            preprocessor=prepared.preprocessor,
            coder=prepared.coder,
            resolved=prepared.resolved,
            outcome=outcome,
            target_names=examples.target_names,
            lines=(*prepared.lines, *more),
        )
        return self

    def _calibrated(
        self, prepared: Prepared, outcome: Outcome, watcher: Watcher | None
    ) -> tuple[Outcome, tuple[tuple[str, str], ...]]:
        """The outcome with its certainty as validation rows have it, and lines that say so."""
        return calibrating.calibrate(self, prepared, outcome, watcher)

    @only_where(_predicts)
    def predict(self, X: Any) -> np.ndarray:
        """Predict.

        Args:
            X: (N, columns) in a form that `fit` takes. Arrays and frames must have the columns
                of the training data, in order; files and Datasets are matched by name, and
                missing columns count as missing values.

        Returns:
            (N,) class labels or float64 numbers; (N, outputs) for several targets. Of labels of
            steps, objects (N,): an array of labels for each row.

        Raises:
            NotFittedError: `fit` was not called.
            DataError: the columns do not fit.
        """
        return self._coder_or_raise().labels(self._logits(X))

    @only_where(_classifies)
    def predict_proba(self, X: Any) -> np.ndarray:
        """Float64 (N, classes): the probability of each class of `classes_`, or of each label.

        Of labels of steps, objects (N,): float64 (steps, classes) for each row.
        """
        return self._coder_or_raise().probabilities(self._logits(X))

    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        """Accuracy for classes, R² for numbers. X may be a Dataset with a target."""
        coder = self._coder_or_raise()
        examples = self._examples_of(X, y, sample_weight)
        prediction = coder.labels(self._logits_of(examples, lenient=is_matched_by_name(X)))
        return score(
            coder.task,
            truth_of(examples, self.target_names_, type(self).__name__),
            prediction,
            examples.weights,
        )

    def evaluate(self, X: Any, y: Any = None, sample_weight: Any = None) -> dict[str, float]:
        """The task's metrics by name, and the loss.

        Binary: accuracy, roc_auc, f1. Multiclass and multilabel: accuracy, f1_macro.
        Regression: r2, rmse, mae.
        """
        coder = self._coder_or_raise()
        examples = self._examples_of(X, y, sample_weight)
        logits = self._logits_of(examples, lenient=is_matched_by_name(X))
        return evaluate(
            coder,
            truth_of(examples, self.target_names_, type(self).__name__),
            logits,
            examples.weights,
        )

    def summary(self) -> str:
        """Layers, neurons and parameters, and the reason for the output layer, as text."""
        self._check_fitted()
        reason = next(text for label, text in self.decisions_ if label == "task")
        return render(f"{type(self).__name__} · {self.task_}", self._layers(), reason)

    def save(self, path: str | Path) -> None:
        """Write the fitted model to a `.ranvier` file: plain data, no code, no pickle.

        Raises:
            NotFittedError: `fit` was not called.
            ArtifactError: the file cannot be written; an older one stays as it was.
        """
        from ranvier.model import saving

        self._check_fitted()
        saving.save(self, path)

    def export(self, path: str | Path, format: str | None = None, *, X: Any = None) -> Exported:
        """Write the fitted model in a form that others run, and try it before it is kept.

        Args:
            path: of the file, whose suffix tells the format, or of a folder.
            format: its name, where the suffix does not tell: see `docs/export.md`.
            X: rows in a form that `predict` takes, on which the file has to answer as the model;
                None: rows are made up from what the model remembers of its training.

        Returns:
            Where it stands, and by how much it differs from the model.

        Raises:
            NotFittedError: `fit` was not called.
            HyperparameterError: an unknown format.
            MissingExtraError: the format's package is not installed.
            ExportError: the format cannot hold the model, answers otherwise, or cannot be written.

        Example:
            >>> import tempfile, pathlib, ranvier as rv
            >>> iris = rv.read("iris")
            >>> model = rv.FCNN(epochs=5, verbose=0).fit(iris)
            >>> folder = pathlib.Path(tempfile.mkdtemp()) / "iris"
            >>> model.export(folder, "safetensors").difference < 1e-6
            True
        """
        from ranvier.model import exporting

        self._check_fitted()
        return exporting.export(self, Path(path), format, X)

    def export_inputs(self, X: Any) -> dict[str, np.ndarray]:
        """Rows as an exported file takes them, by the name of its input.

        Args:
            X: rows in a form that `predict` takes.
        """
        from ranvier.model import exporting

        self._check_fitted()
        return exporting.rows_of(self, X)

    @property
    def network_(self) -> nnx.Module:
        """The trained network in evaluation mode, to be used in plain JAX."""
        self._check_fitted()
        whole = blueprint_of(self._builder())
        # JAX's arrays, which a network that is trained on replaces and does not write into.
        numbers = jax.device_put((self._outcome.parameters, self._outcome.variables))
        network: nnx.Module = whole.assemble(*numbers)
        return network

    # Behind the contract.

    def _display(self) -> Display | None:
        if not self.verbose:
            return None
        from ranvier.training.progress import Display

        return Display()

    def _examples_to_fit(
        self, X: Any, y: Any, sample_weight: Any, target: Any, display: Watcher | None
    ) -> Dataset | Streamed:
        if y is not None and self.task in TASKS and TASKS[self.task].is_language:
            raise no_target(self.task)
        if isinstance(X, (str, Path)) or target is not None:
            from ranvier.model import streaming

            if y is not None:
                raise TargetError("Give either y or target=, not both: leave one of them out.")
            return streaming.read_or_stream(
                X,
                target=target if self._supervised or target is not None else (),
                seed=self.seed,
                max_memory=self.max_memory,
                on_error=self.on_error,
                watcher=display,
                task=self.task,
            )
        return as_examples(X, y, sample_weight=sample_weight, layout=self._layout).train

    def _examples_of(self, X: Any, y: Any = None, sample_weight: Any = None) -> Dataset:
        return examples_of(X, y, sample_weight, layout=self._layout, on_error=self.on_error)

    def _remember(
        self,
        *,
        columns: Columns,
        preprocessor: Preprocessor,
        coder: Coder,
        resolved: dict[str, Any],
        outcome: Outcome,
        target_names: tuple[str, ...],
        lines: tuple[tuple[str, str], ...],
    ) -> None:
        """Set everything that is learned, at once."""
        self.task_ = coder.task.kind
        named = coder.task.kind in ("binary", "multiclass", "labelling")
        if named or (coder.task.is_unsupervised and len(coder.classes)):
            self.classes_ = coder.classes
        elif hasattr(self, "classes_"):
            del self.classes_  # of an earlier fit
        self.n_features_in_ = len(columns.names)
        if columns.named:
            self.feature_names_in_ = np.array(columns.names, dtype=object)
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_
        self.target_names_ = target_names
        self.preprocessor_ = preprocessor
        self.resolved_ = resolved
        self.decisions_ = lines
        self.history_ = outcome.history
        self.best_epoch_ = outcome.best_epoch
        self._columns, self._coder, self._outcome = columns, coder, outcome
        self._predictor = self._make_predictor()

    def _make_predictor(self) -> Predictor:
        outcome, precision = self._outcome, self.resolved_["precision"]
        most = self._rows_at_once(self.preprocessor_.spec)
        return Predictor(self._builder(), outcome.parameters, outcome.variables, precision, most)

    def _builder(self) -> Any:
        return self._build(self.preprocessor_.spec, self._coder.spec, self.resolved_)

    def _check_fitted(self) -> None:
        if "_predictor" not in vars(self):  # scikit-learn's own error, asked where it will fail
            from sklearn.utils.validation import check_is_fitted

            check_is_fitted(self)

    def _coder_or_raise(self) -> Coder:
        self._check_fitted()
        return self._coder

    def _logits(self, X: Any) -> np.ndarray:
        return self._predictor.logits(self._preprocessed(X))

    def _preprocessed(self, X: Any) -> dict[str, np.ndarray]:
        """Rows as the network takes them."""
        self._check_fitted()
        return self._transformed(self._examples_of(X), lenient=is_matched_by_name(X))

    def _logits_of(self, examples: Dataset, *, lenient: bool) -> np.ndarray:
        return self._predictor.logits(self._transformed(examples, lenient=lenient))

    def _transformed(self, examples: Dataset, *, lenient: bool) -> dict[str, np.ndarray]:
        examples = self._suited(examples, getattr(self.preprocessor_, "form", None))
        check_inputs(
            examples, self._columns, self.preprocessor_, type(self).__name__, lenient=lenient
        )
        return self.preprocessor_.transform(examples.inputs, lenient=lenient)

    def __sklearn_tags__(self) -> Tags:
        task = str(getattr(self, "task_", self.task)) if self._supervised else ""
        return tagged(super().__sklearn_tags__(), task)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_predictor"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        if hasattr(self, "_outcome"):
            self._predictor = self._make_predictor()
