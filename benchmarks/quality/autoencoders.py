"""Autoencoders beside principal components and isolation forests.

python -m benchmarks.quality.autoencoders digits      reconstruction and neighbours, 2 to 32 numbers
python -m benchmarks.quality.autoencoders fashion     the same on Fashion-MNIST
python -m benchmarks.quality.autoencoders anomalies   which article was never seen, mean over ten
python -m benchmarks.quality.autoencoders faults      faults planted in a table

Errors are in pixels, on rows that were held out; neighbours vote by fives among the training
rows' codes.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import numpy as np
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsClassifier

import ranvier as rv
from benchmarks.quality import packages

SIZES = (2, 4, 8, 16, 32)
ROWS = 10_000  # of the nine articles that anomalies are told from
Array = np.ndarray[Any, Any]


def digits() -> tuple[Array, ...]:
    """Training and test pixels, and their labels."""
    data = rv.read("digits")
    return (
        np.asarray(data.train.inputs), np.asarray(data.test.inputs),
        data.train.labels, data.test.labels,
    )  # fmt: skip


def fashion() -> tuple[Array, ...]:
    """The same of Fashion-MNIST."""
    (X, y), (X_test, y_test) = (packages.fashion(part) for part in ("train", "t10k"))
    return X.reshape(len(X), -1), X_test.reshape(len(X_test), -1), y, y_test


def compressed(name: str, sizes: tuple[int, ...]) -> None:
    """One line for each size of the code."""
    X, X_test, y, y_test = digits() if name == "digits" else fashion()
    print("| numbers | error, PCA | error | of PCA's | neighbours, PCA | neighbours | seconds |")
    print("|---|---|---|---|---|---|---|")
    for size in sizes:
        components = PCA(size, random_state=0).fit(X.astype(np.float32))
        pairs = [(components.transform(X), components.transform(X_test))]
        errors = [_error(components.inverse_transform(pairs[0][1]), X_test)]
        began = time.perf_counter()
        model = rv.Autoencoder(dimensions=size, layout="HW", verbose=0).fit(X)
        seconds = time.perf_counter() - began
        pairs.append((model.transform(X), model.transform(X_test)))
        errors.append(_error(model.reconstruct(X_test), X_test))
        near = [KNeighborsClassifier(5).fit(a, y).score(b, y_test) for a, b in pairs]
        print(
            f"| {size} | {errors[0]:.3f} | {errors[1]:.3f} | {errors[1] / errors[0]:.2f} "
            f"| {near[0]:.4f} | {near[1]:.4f} | {seconds:.0f} |",
            flush=True,
        )


def _error(made: Array, X: Array) -> float:
    return float(np.mean((made.astype(np.float64) - X) ** 2))


def anomalies(size: int, rows: int) -> None:
    """AUC of each article that is missing in training."""
    X, X_test, y, y_test = fashion()
    found = []
    for article in range(10):
        known = X[y != article][:rows]
        model = rv.Autoencoder(dimensions=size, layout="HW", verbose=0).fit(known)
        found.append(_compared(known, X_test, y_test == article, model, size))
    print(f"| mean | {' | '.join(f'{value:.3f}' for value in np.mean(found, axis=0))} |")


def faults() -> None:
    """A table of twelve columns that follow from four, and rows in which one does not."""
    rng = np.random.default_rng(0)
    z = rng.normal(size=(6_000, 4))
    X = np.tanh(z @ rng.normal(size=(4, 12))) + 0.05 * rng.normal(size=(6_000, 12))
    X_test, is_fault = X[4_000:].copy(), np.arange(2_000) < 100
    column = rng.integers(0, 12, 100)
    X_test[np.arange(100), column] = rng.permutation(X_test[100:, :])[np.arange(100), column]
    model = rv.Autoencoder(dimensions=4, verbose=0).fit(X[:4_000])
    _compared(X[:4_000], X_test, is_fault, model, 4)


def _compared(
    known: Array, X: Array, is_odd: Array, model: rv.Autoencoder, size: int
) -> tuple[float, ...]:
    """AUC of an isolation forest, of what components leave out, and of ours."""
    forest = IsolationForest(random_state=0).fit(known)
    components = PCA(size, random_state=0).fit(known.astype(np.float64))
    left = X - components.inverse_transform(components.transform(X.astype(np.float64)))
    scores = (-forest.score_samples(X), (left**2).mean(axis=1), -model.score_samples(X))
    found = tuple(float(roc_auc_score(is_odd, score)) for score in scores)
    print("forest {:.3f}, components {:.3f}, ours {:.3f}".format(*found), flush=True)
    return found


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("digits", "fashion", "anomalies", "faults"))
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--size", type=int, default=8)
    parser.add_argument("--rows", type=int, default=ROWS, help="of the nine articles")
    given = parser.parse_args()
    if given.what == "anomalies":
        anomalies(given.size, given.rows)
    elif given.what == "faults":
        faults()
    else:
        compressed(given.what, tuple(given.sizes))


if __name__ == "__main__":
    main()
