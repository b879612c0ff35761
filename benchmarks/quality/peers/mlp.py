"""scikit-learn's MLP with its default settings, in the usual pipeline."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.impute import SimpleImputer
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from benchmarks.quality.peers.columns import Columns
from benchmarks.quality.peers.protocol import Peer, serve


class MLP(Peer):
    packages = ("scikit-learn", "numpy")

    def fit(self, inputs: Any, target: np.ndarray) -> None:
        self.columns = Columns().fit(inputs)
        prepare = ColumnTransformer(
            [
                (
                    "numbers",
                    make_pipeline(SimpleImputer(strategy="median"), StandardScaler()),
                    self.columns.numbers,
                ),
                ("text", OneHotEncoder(handle_unknown="ignore"), self.columns.text),
            ]
        )
        if self.task == "regression":
            # Without it the network would have to learn the target's scale first.
            network: Any = TransformedTargetRegressor(
                MLPRegressor(random_state=self.seed), transformer=StandardScaler()
            )
        else:
            network = MLPClassifier(random_state=self.seed)
        self.model = make_pipeline(prepare, network)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "has not converged" within its default epochs
            self.model.fit(self.columns.transform(inputs), target)

    def predict(self, inputs: Any) -> np.ndarray:
        table = self.columns.transform(inputs)
        if self.task == "regression":
            return np.asarray(self.model.predict(table))
        self.classes = self.model.classes_
        return np.asarray(self.model.predict_proba(table))

    def notes(self) -> dict[str, Any]:
        network = self.model[-1]
        return {"epochs": getattr(network, "regressor_", network).n_iter_}


if __name__ == "__main__":
    serve(MLP)
