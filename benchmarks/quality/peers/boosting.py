"""scikit-learn's HistGradientBoosting with its default settings; categories by their type.

It takes at most 255 categories in a column; what has more is target-encoded, as scikit-learn's
guide advises.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import TargetEncoder

from benchmarks.quality.peers.columns import Columns
from benchmarks.quality.peers.protocol import Peer, serve

MOST = 255


class Boosting(Peer):
    packages = ("scikit-learn", "numpy")

    def fit(self, inputs: Any, target: np.ndarray) -> None:
        self.columns = Columns().fit(inputs)
        regression = self.task == "regression"
        kind = HistGradientBoostingRegressor if regression else HistGradientBoostingClassifier
        trees = kind(random_state=self.seed)  # categorical_features="from_dtype" is the default
        self.many = [
            name for name, dtype in self.columns.types.items() if len(dtype.categories) > MOST
        ]
        # Said, or whole numbers would be taken for classes.
        meaning = "continuous" if regression else "auto"
        folds = KFold if regression else StratifiedKFold
        cross = folds(5, shuffle=True, random_state=self.seed)
        encode = make_column_transformer(
            (TargetEncoder(target_type=meaning, cv=cross), self.many),
            remainder="passthrough",
            verbose_feature_names_out=False,
        ).set_output(transform="pandas")
        self.model = make_pipeline(encode, trees)
        self.model.fit(self.columns.transform(inputs), target)

    def predict(self, inputs: Any) -> np.ndarray:
        table = self.columns.transform(inputs)
        if self.task == "regression":
            return np.asarray(self.model.predict(table))
        self.classes = self.model.classes_
        return np.asarray(self.model.predict_proba(table))

    def notes(self) -> dict[str, Any]:
        noted: dict[str, Any] = {"rounds": self.model[-1].n_iter_}
        return noted | ({"target-encoded": self.many} if self.many else {})


if __name__ == "__main__":
    serve(Boosting)
