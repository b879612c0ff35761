"""What a model does with series: read them, forecast, and test itself on the past."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier import hyperparameters
from ranvier.data import Dataset
from ranvier.data.series import Windows, as_windows
from ranvier.data.series.columns import SeriesColumns, names_of
from ranvier.errors import DataError, TargetError
from ranvier.families.sequential.forecasting import ahead
from ranvier.families.sequential.forecasting.learning import ForecastJudge, ForecastLoss
from ranvier.families.sequential.hyperparameters import SequentialHyperparameters
from ranvier.model import Model, conformal, forecast_scoring
from ranvier.preprocessing.fitting import Coder
from ranvier.preprocessing.series import SeriesCoder, WindowPreprocessor
from ranvier.specification import InputSpec, OutputSpec
from ranvier.training.learner import Learner, Player

if TYPE_CHECKING:
    import polars as pl

    from ranvier.data.pictures import Form
    from ranvier.data.streams import Streamed
    from ranvier.model.fitting import Prepared
    from ranvier.training.loop import Outcome, Watcher

FORECASTING = "forecasting"
ONLY_AHEAD = ("horizon", "context", "season", "known", "static")
ONLY_FOR_SERIES = (*ONLY_AHEAD, "time", "series")


class Forecasting(SequentialHyperparameters, Model):
    """`forecast`, `backtest`, and series wherever `Model` takes rows."""

    def forecast(
        self, horizon: int | None = None, known: Any = None, *, source: Any = None
    ) -> pl.DataFrame:
        """Continue the series after their last value.

        Args:
            horizon: steps ahead; None: as many as in training. More are made block by block,
                each from the forecasts of the one before, with intervals that widen.
            known: a frame with the columns known ahead, one row for each step (of each series);
                None: the rows of the data behind their last value.
            source: other series of the same columns; None: those of training.

        Returns:
            A frame with a row for each step: the time, "forecast" (the middle), "low" and "high"
            (the interval of `coverage`); and the series, where there are several.

        Raises:
            NotFittedError: `fit` was not called.
            DataError: the model does not forecast, or the known columns are missing.
        """
        preprocessor, coder = self._of_series("forecast")
        table = preprocessor.tail if source is None else self._table(source)
        return ahead.forecast(preprocessor, coder, self._predictor, table, horizon, known)

    def backtest(self, X: Any) -> pl.DataFrame:
        """Forecast from every origin of the past that can be checked, beside three baselines.

        Args:
            X: a Dataset that `ranvier.read_series` made, of which the held-out windows are used
                (all, where none are held out); or a frame, a series or a path.

        Returns:
            A frame with a row for the model and one for each baseline: "mase", "smape", "rmse"
            and "coverage".

        Raises:
            NotFittedError, DataError: as `forecast`.
        """
        import polars as pl

        preprocessor, _ = self._of_series("backtest")
        examples = X if isinstance(X, Dataset) else self._rolling(X)
        examples = examples if examples.test_rows is None else examples.test
        windows = examples.inputs
        assert isinstance(windows, Windows)
        rows = [{"forecast": "this model", **self.evaluate(examples)}]
        for words, rival in forecast_scoring.RIVALS:
            found = forecast_scoring.measure(windows, examples.labels, rival(preprocessor, windows))
            rows.append({"forecast": words, **found})
        return pl.DataFrame(rows)

    def evaluate(self, X: Any, y: Any = None, sample_weight: Any = None) -> dict[str, float]:
        """As `Model.evaluate`; of forecasts: mase, smape, rmse and coverage."""
        if not self._is_fitted_for_series:
            return super().evaluate(X, y, sample_weight)
        preprocessor, coder = self._of_series("evaluate")
        if y is not None:
            raise TargetError("A series is its own truth: pass it alone, without y.")
        examples = X if isinstance(X, Dataset) else self._rolling(X, test=0.0)
        windows = examples.inputs
        if not isinstance(windows, Windows):
            raise DataError("This model forecasts series: pass what ranvier.read_series made.")
        logits = self._predictor.logits(preprocessor.transform(windows, lenient=True))
        low, middle, high = np.moveaxis(coder.quantiles(logits), 1, 0)
        weights = examples.weights if sample_weight is None else np.asarray(sample_weight)
        truth = windows.future() if examples.target is None else examples.labels
        return forecast_scoring.measure(windows, truth, middle, (low, high), weights)

    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        """As `Model.score`; of forecasts: 1 - MASE, so that greater is better."""
        if not self._is_fitted_for_series:
            return super().score(X, y, sample_weight)
        return 1.0 - self.evaluate(X, y, sample_weight)["mase"]

    # Hooks of the contract.

    def _examples_to_fit(
        self, X: Any, y: Any, sample_weight: Any, target: Any, display: Watcher | None
    ) -> Dataset | Streamed:
        if isinstance(X, Dataset) or not self._is_series(X, y):
            return super()._examples_to_fit(X, y, sample_weight, target, display)
        if y is not None or sample_weight is not None:
            raise TargetError(
                "A series is what is to be forecast: pass it alone, or a frame with target=."
            )
        hyperparameters.check(self)  # before what they choose is read
        fraction = 0.15 if self.validation_fraction is None else self.validation_fraction
        return as_windows(X, self._columns_of_series(target), 0.0, fraction).train

    def _examples_of(self, X: Any, y: Any = None, sample_weight: Any = None) -> Dataset:
        if isinstance(X, Windows):
            return Dataset(X, X.future(), (X.table.target,))
        if isinstance(X, Dataset) or not self._is_fitted_for_series:
            return super()._examples_of(X, y, sample_weight)
        preprocessor, _ = self._of_series("predict")
        return Dataset(ahead.at_the_ends(preprocessor, self._table(X)))

    def _suited(self, examples: Dataset, form: Form | None = None) -> Dataset:
        if isinstance(examples.inputs, Windows):
            return examples
        return super()._suited(examples, form)

    def _observed(
        self, train: Dataset, coder: Coder, resolved: dict[str, Any]
    ) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        resolved, lines = super()._observed(train, coder, resolved)
        if coder.task.kind == FORECASTING and resolved["precision"] != "float32":
            words = "float32 all the same: a series' small changes are lost in bfloat16"
            return {**resolved, "precision": "float32"}, [*lines, ("precision", words)]
        return resolved, lines

    def _learner(self, inputs: InputSpec, outputs: OutputSpec, resolved: dict[str, Any]) -> Learner:
        learner = super()._learner(inputs, outputs, resolved)
        if inputs.window is None:
            return learner
        coverage = float(resolved["coverage"])
        player = Player("network", ForecastLoss(coverage))
        return replace(learner, players=(player,), judge=ForecastJudge(coverage))

    def _calibrated(
        self, prepared: Prepared, outcome: Outcome, watcher: Watcher | None
    ) -> tuple[Outcome, tuple[tuple[str, str], ...]]:
        if prepared.coder.task.kind != FORECASTING:
            return super()._calibrated(prepared, outcome, watcher)
        resolved = prepared.resolved
        most = self._rows_at_once(prepared.preprocessor.spec)
        variables, words = conformal.stretched(
            prepared, outcome, resolved["precision"], most, float(resolved["coverage"])
        )
        lines = (("interval", words),)
        if watcher is not None:
            watcher.announce(lines)
        return replace(outcome, variables=variables), lines

    # Behind them.

    @property
    def _is_fitted_for_series(self) -> bool:
        self._check_fitted()
        return self.task_ == FORECASTING

    def _of_series(self, verb: str) -> tuple[WindowPreprocessor, SeriesCoder]:
        self._check_fitted()
        preprocessor, coder = self.preprocessor_, self._coder
        if not isinstance(preprocessor, WindowPreprocessor) or not isinstance(coder, SeriesCoder):
            raise DataError(
                f"{type(self).__name__}.{verb} continues series, and this model was trained for "
                f"{self.task_}: train one with task='forecasting'."
            )
        return preprocessor, coder

    def _is_series(self, X: Any, y: Any) -> bool:
        """Whether data that come to be fitted are series."""
        if self.task != "auto":
            return self.task == FORECASTING
        if any(getattr(self, name) is not None for name in ONLY_FOR_SERIES):
            return True
        if y is not None or isinstance(X, (str, Path)):
            return False
        single = hasattr(X, "dtype") and not hasattr(X, "columns") and np.ndim(X) == 1
        return single and np.asarray(X).dtype.kind in "iuf"

    def _columns_of_series(self, target: Any) -> SeriesColumns:
        return SeriesColumns(
            names_of(target, "target"), self.time, self.series, names_of(self.known, "known"),
            names_of(self.static, "static"), self.horizon, self.context, self.season,
        )  # fmt: skip

    def _as_learned(self, source: Any) -> SeriesColumns:
        """How another source is to be read: as that of training."""
        preprocessor, _ = self._of_series("predict")
        tail = preprocessor.tail
        target = tail.names if len(tail) > 1 and self.series is None else (tail.target,)
        if np.ndim(source) == 1 and not hasattr(source, "columns"):
            target = ()  # values alone, whatever they are called
        return replace(
            self._columns_of_series(target),
            before=(tail.time, tail.series, tail.target),
            horizon=preprocessor.horizon,
            context=preprocessor.context,
            season=tail.season,
            known=() if tail.known is None else tuple(tail.known.columns),
            static=() if tail.static is None else tuple(tail.static.columns),
        )

    def _table(self, source: Any) -> Any:
        preprocessor, _ = self._of_series("forecast")
        return ahead.table_of(source, self._as_learned(source), preprocessor)

    def _rolling(self, source: Any, test: float = 0.2) -> Dataset:
        return as_windows(source, self._as_learned(source), test, 0.0)
