"""Sequences and texts of known sets on their official splits, with default settings.

    python -m benchmarks.sequences.scores [--model rnn] [--sets GunPoint] [--seeds 0,1,2,3,4]

Beside the series stands what the package aeon carries of InceptionTime's published accuracy
(Ismail Fawaz et al. 2020) on the same split; beside the texts scikit-learn's tf-idf with logistic
regression, as it comes and with the best of four strengths by cross-validation.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import machine
from benchmarks.environments import ROOT
from benchmarks.sequences import data

RESULTS = ROOT / "benchmarks" / "results"
SETS = ("ItalyPowerDemand", "JapaneseVowels", "GunPoint", "BasicMotions", "reuters-r8",
        "20newsgroups")  # fmt: skip
STRENGTHS = (1.0, 3.0, 10.0, 30.0)  # of logistic regression's C
FOLDS = 3


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--sets", type=lambda text: text.split(","), default=list(SETS))
    parser.add_argument(
        "--seeds", type=lambda text: [int(n) for n in text.split(",")], default=[0, 1, 2, 3, 4]
    )
    parser.add_argument("--model", choices=("rnn", "transformer"), default="rnn")
    parser.add_argument("--out", type=Path, help="where the results go, without suffix")
    options = parser.parse_args(arguments)
    results = []
    for name in options.sets:
        try:
            folder = data.texts(name) if name in data.TEXTS else data.series(name)
        except LookupError as reason:
            print(f"{name} is left out: {reason}")
            continue
        results.append(measure(name, folder, options.seeds, options.model))
    if not results:
        return 3
    of = "" if options.model == "rnn" else f"{options.model}-"
    out = options.out or RESULTS / f"sequences-{of}{time.strftime('%Y-%m-%d')}"
    report = {"date": time.strftime("%Y-%m-%d"), "commit": machine.commit(),
              "machine": machine.description(), "results": results}  # fmt: skip
    out.with_suffix(".json").write_text(json.dumps(report, indent=1) + "\n")
    page = table(results) + "\n"
    out.with_suffix(".md").write_text(page)
    print(page)
    return 0


def measure(name: str, folder: Path, seeds: list[int], family: str = "rnn") -> dict[str, Any]:
    """A model for each seed, and who stands beside it."""
    import ranvier as rv

    examples = rv.read(folder)
    scores, seconds = [], []
    for seed in seeds:
        began = time.perf_counter()
        made = rv.Transformer if family == "transformer" else rv.RNN
        model = made(seed=seed, verbose=0).fit(examples)
        seconds.append(round(time.perf_counter() - began, 1))
        scores.append(model.score(examples.test))
        print(f"{name}, seed {seed}: {scores[-1]:.4f}, {seconds[-1]} s", file=sys.stderr)
    rivals = _linear(examples) if name in data.TEXTS else _published(name)
    return {"set": name, "model": family, "train": len(examples.train), "test": len(examples.test),
            "accuracy": scores, "seconds": seconds, "rivals": rivals}  # fmt: skip


def _published(name: str) -> dict[str, float]:
    found = data.inception_time(name)
    return {} if found is None else {"InceptionTime, published": found}


def _linear(examples: Any) -> dict[str, float]:
    """Accuracies of tf-idf with logistic regression."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import Pipeline

    def pipeline() -> Pipeline:
        return Pipeline(
            [("tfidf", TfidfVectorizer()), ("regression", LogisticRegression(max_iter=1000))]
        )

    train, test = examples.train, examples.test
    texts = {part: rows.inputs.values.to_list() for part, rows in (("a", train), ("b", test))}
    plain = pipeline().fit(texts["a"], train.target)
    tuned = GridSearchCV(pipeline(), {"regression__C": STRENGTHS}, cv=FOLDS)
    tuned.fit(texts["a"], train.target)
    score: Callable[[Any], float] = lambda model: float(model.score(texts["b"], test.target))  # noqa: E731
    return {"tf-idf, logistic regression": score(plain),
            "the same, tuned": score(tuned)}  # fmt: skip


def table(results: list[dict[str, Any]]) -> str:
    """Mean accuracy over the seeds, the lowest and the highest, and the others."""
    lines = ["| set | rows: train, test | Ranvier | low–high | s a model | beside it |",
             "|---|--:|--:|--:|--:|---|"]  # fmt: skip
    for one in results:
        scores = one["accuracy"]
        beside = "; ".join(f"{words} {value:.4f}" for words, value in one["rivals"].items())
        cells = [
            one["set"],
            f"{one['train']:,}, {one['test']:,}",
            f"**{statistics.mean(scores):.4f}** ({len(scores)} seeds)",
            f"{min(scores):.4f}–{max(scores):.4f}",
            f"{statistics.median(one['seconds']):.0f}",
            beside or "–",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
