"""How long `predict` of one row takes, from a warm model: Ranvier, scikit-learn, Keras.

    python -m benchmarks.predict_latency

The same architecture, 64-128-64-10 with ReLU, trained on the digits. Peers that cannot be
imported are left out, and said. All models live in one process and take turns (Ranvier, a peer,
Ranvier, a peer, ...), so that both sides of a ratio meet the same machine; a ratio is the median
over the turns of the ratio within a turn. Must hold: at least 20 times faster than Keras
`predict`, at most 3 times scikit-learn's MLP.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable

import numpy as np
from sklearn.datasets import load_digits

Predict = Callable[[np.ndarray], object]

HIDDEN = (128, 64)
TURNS = 15
SECONDS = 0.2  # of each turn and side


def ranvier(X: np.ndarray, y: np.ndarray) -> Predict:
    import ranvier as rv

    return rv.FCNN(hidden=HIDDEN, activation="relu", epochs=5, verbose=0).fit(X, y).predict


def scikit_learn(X: np.ndarray, y: np.ndarray) -> Predict:
    import warnings

    from sklearn.neural_network import MLPClassifier

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # five epochs do not converge, and need not
        return MLPClassifier(HIDDEN, max_iter=5, random_state=0).fit(X, y).predict


def keras(X: np.ndarray, y: np.ndarray) -> Predict:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
    import keras as k

    layers = [k.layers.Dense(width, activation="relu") for width in HIDDEN]
    model = k.Sequential([k.Input((64,)), *layers, k.layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(X, y, epochs=5, verbose=0)
    return lambda row: model.predict(row, verbose=0).argmax(axis=1)


def mean_seconds(predict: Predict, rows: np.ndarray) -> float:
    """Mean time of one call over a turn, each on the next row."""
    count, began = 0, time.perf_counter()
    while True:
        predict(rows[count % len(rows)][None])
        count += 1
        spent = time.perf_counter() - began
        if spent >= SECONDS:
            return spent / count


def main() -> None:
    X, y = load_digits(return_X_y=True)
    X = X.astype(np.float32)
    ours = ranvier(X, y)
    lines = []
    times: list[float] = []
    for name, make in (("scikit-learn MLPClassifier", scikit_learn), ("Keras", keras)):
        try:
            theirs = make(X, y)
        except ImportError as error:
            print(f"{name} is left out: {error}.")
            continue
        title = name
        if name == "Keras":
            import keras as k

            title = f"Keras {k.__version__}, {k.backend.backend()} backend"
        for predict in (ours, theirs):
            mean_seconds(predict, X)  # warm
        pairs = [(mean_seconds(ours, X), mean_seconds(theirs, X)) for _ in range(TURNS)]
        times += [own for own, _ in pairs]
        ratio = statistics.median(other / own for own, other in pairs)
        lines.append((title, statistics.median(other for _, other in pairs), ratio))
    print("| predict of one row | median | times as long as Ranvier |")
    print("|---|---|---|")
    print(f"| Ranvier | {statistics.median(times) * 1e6:,.0f} µs | 1.00 |")
    for name, seconds, ratio in lines:
        print(f"| {name} | {seconds * 1e6:,.0f} µs | {ratio:.2f} |")


if __name__ == "__main__":
    main()
