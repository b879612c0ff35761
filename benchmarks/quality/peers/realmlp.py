"""RealMLP-TD of pytabkit with its default settings, on the processor.

Categories by their type; gaps of numbers are filled with the median, which it leaves to its user.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from pytabkit import RealMLP_TD_Classifier, RealMLP_TD_Regressor

from benchmarks.quality.peers.columns import Columns
from benchmarks.quality.peers.protocol import Peer, serve


class RealMLP(Peer):
    packages = ("pytabkit", "torch", "scikit-learn")

    def fit(self, inputs: Any, target: np.ndarray) -> None:
        self.columns = Columns().fit(inputs)
        kind = RealMLP_TD_Regressor if self.task == "regression" else RealMLP_TD_Classifier
        threads = int(os.environ["OMP_NUM_THREADS"]) if "OMP_NUM_THREADS" in os.environ else None
        self.model = kind(device="cpu", random_state=self.seed, n_threads=threads)
        self.model.fit(self.columns.filled(inputs), target)

    def predict(self, inputs: Any) -> np.ndarray:
        table = self.columns.filled(inputs)
        if self.task == "regression":
            return np.asarray(self.model.predict(table))
        self.classes = self.model.classes_
        return np.asarray(self.model.predict_proba(table))


if __name__ == "__main__":
    serve(RealMLP)
