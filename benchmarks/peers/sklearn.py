"""scikit-learn's MLPClassifier: it draws its weights by Glorot's rule, which cannot be changed."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from benchmarks.peers.protocol import Peer, serve


class Sklearn(Peer):
    packages = ("scikit-learn", "numpy")

    def prepare(self) -> None:
        self.row.build("sklearn", 1)  # says so at once where there is none

    def train(self, epochs: int) -> dict[str, Any]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "has not converged": the epochs are fixed
            self.model = self.row.build("sklearn", epochs)
            self.model.fit(self.data["X"], self.data["y"])
        return {}

    def scores(self) -> np.ndarray:
        return self.model.predict_log_proba(self.data["X_test"])

    def notes(self) -> dict[str, Any]:
        return {"weights": "drawn by Glorot's rule"}


if __name__ == "__main__":
    serve(lambda row, data, arguments: Sklearn(row, data))
