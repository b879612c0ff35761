"""LightGBM as a practitioner tunes it: a random search with early stopping, then a refit.

A tenth of the training rows validates, as in Ranvier. The first setting is LightGBM's own default,
the others are drawn. The search ends after `SETTINGS` settings or `SECONDS` processor seconds,
which a busy machine does not change; a setting that this cuts short counts with the rounds that it
had. The best is trained again on all training rows, with the number of rounds that was best.
"""

from __future__ import annotations

import time
from typing import Any

import lightgbm
import numpy as np
from sklearn.model_selection import train_test_split

from benchmarks.quality.peers.columns import Columns
from benchmarks.quality.peers.protocol import Peer, serve

SETTINGS = 15
SECONDS = 120.0
ROUNDS = 3000
PATIENCE = 50
VALIDATION_SHARE = 0.1


class Tuned(Peer):
    packages = ("lightgbm", "scikit-learn", "numpy")

    def fit(self, inputs: Any, target: np.ndarray) -> None:
        self.columns = Columns().fit(inputs)
        table = self.columns.transform(inputs)
        coded: np.ndarray = target
        self.fixed: dict[str, Any] = {"objective": "l2", "metric": "l2"}
        if self.task == "classification":
            self.classes, coded = np.unique(target, return_inverse=True)
            many = len(self.classes) > 2
            name = "multi_logloss" if many else "binary_logloss"
            self.fixed = {"objective": "multiclass" if many else "binary", "metric": name}
            self.fixed |= {"num_class": len(self.classes)} if many else {}
        self.fixed |= {"verbosity": -1, "seed": self.seed}
        best, rounds = self._search(table, coded)
        # Names of columns are taken for JSON by LightGBM; positions are not.
        self.model = lightgbm.train(
            self.fixed | best, lightgbm.Dataset(_unnamed(table), coded), rounds
        )
        self.best = best | {"rounds": rounds}

    def predict(self, inputs: Any) -> np.ndarray:
        answer = np.asarray(self.model.predict(_unnamed(self.columns.transform(inputs))))
        if self.task == "classification" and answer.ndim == 1:
            return np.stack([1 - answer, answer], axis=1)  # (rows, 2)
        return answer

    def notes(self) -> dict[str, Any]:
        return {"settings": self.tried} | {k: float(f"{v:.4g}") for k, v in self.best.items()}

    def _search(self, table: Any, target: np.ndarray) -> tuple[dict[str, Any], int]:
        train, valid = train_test_split(
            np.arange(len(table)),
            test_size=VALIDATION_SHARE,
            random_state=self.seed,
            stratify=target if self.task == "classification" else None,
        )
        parts = [(_unnamed(table.iloc[rows]), target[rows]) for rows in (train, valid)]
        random = np.random.default_rng(self.seed)
        until = time.process_time() + SECONDS
        least, best, rounds, self.tried = np.inf, {}, 1, 0
        while self.tried < SETTINGS and time.process_time() < until:
            setting = _drawn(random) if self.tried else {}
            data = lightgbm.Dataset(*parts[0])
            scores: dict[str, dict[str, list[float]]] = {}
            lightgbm.train(
                self.fixed | setting,
                data,
                ROUNDS,
                valid_sets=[data.create_valid(*parts[1])],
                callbacks=[
                    lightgbm.record_evaluation(scores),
                    lightgbm.early_stopping(PATIENCE, verbose=False),
                    _clock(until),
                ],
            )
            curve = scores["valid_0"][self.fixed["metric"]]
            if min(curve) < least:
                least, best, rounds = min(curve), setting, int(np.argmin(curve)) + 1
            self.tried += 1
        return best, rounds


def _drawn(random: np.random.Generator) -> dict[str, Any]:
    def between(low: float, high: float) -> float:
        return float(np.exp(random.uniform(np.log(low), np.log(high))))

    return {
        "learning_rate": between(0.02, 0.2),
        "num_leaves": round(between(8, 256)),
        "min_data_in_leaf": round(between(5, 100)),
        "feature_fraction": random.uniform(0.4, 1.0),
        "bagging_fraction": random.uniform(0.5, 1.0),
        "bagging_freq": 1,
        "lambda_l1": between(1e-8, 1.0),
        "lambda_l2": between(1e-3, 10.0),
        "cat_smooth": between(1.0, 100.0),
        "cat_l2": between(1.0, 100.0),
    }


def _clock(until: float) -> Any:
    def stop(env: Any) -> None:
        if time.process_time() > until:
            raise lightgbm.callback.EarlyStopException(env.iteration, env.evaluation_result_list)

    stop.order = 40  # type: ignore[attr-defined]  # after the scores are recorded
    return stop


def _unnamed(table: Any) -> Any:
    return table.set_axis([f"c{place}" for place in range(table.shape[1])], axis=1)


if __name__ == "__main__":
    serve(Tuned)
