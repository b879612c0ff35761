"""Classes of texts: Reuters-R8 and 20 newsgroups on their official splits.

    python -m benchmarks.language.texts [--sets reuters-r8] [--models linear,rnn,transformer]
    python -m benchmarks.language.texts --models pretrained [--minilm FOLDER] [--epochs 3]

linear is scikit-learn's tf-idf with logistic regression, as it comes; tuned the same with the best
of four strengths by cross-validation; rnn and transformer are Ranvier's with default settings, from
fresh weights; pretrained is `Transformer(pretrained=MINILM)`. With --data FOLDER nothing is
fetched: it holds a folder for each set, train|test/<class>/<file>.txt, and minilm. Runs on whatever
device JAX finds.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from statistics import mean, median
from typing import Any

from benchmarks import machine
from benchmarks.environments import ROOT
from benchmarks.language import linear

RESULTS = ROOT / "benchmarks" / "results"
SETS = ("reuters-r8", "20newsgroups")
TITLES = {
    "linear": "tf-idf, logistic regression",
    "tuned": "the same, tuned",
    "rnn": "Ranvier's RNN",
    "transformer": "Ranvier's Transformer, from scratch",
    "pretrained": "Ranvier's Transformer from MiniLM",
}
ONCE = ("linear", "tuned")  # no seed changes them


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print the table."""
    options = _options(arguments)
    if "pretrained" in options.models:
        try:
            options.minilm = options.minilm or str(minilm_of(options.data))
        except LookupError as reason:
            print(f"pretrained is left out: {reason}")
            options.models.remove("pretrained")
    out = options.out or RESULTS / f"language-texts-{time.strftime('%Y-%m-%d')}"
    out.parent.mkdir(parents=True, exist_ok=True)
    results: list[dict[str, Any]] = []
    for name in options.sets:
        try:
            folder = folder_of(name, options.data)
        except LookupError as reason:
            print(f"{name} is left out: {reason}")
            continue
        for run in runs_of(name, folder, options):
            results.append(run)
            print(f"{name}, {run['model']}, seed {run['seed']}: {run['accuracy']:.4f}, "
                  f"{run['seconds']:.0f} s", file=sys.stderr, flush=True)  # fmt: skip
            report = {"date": time.strftime("%Y-%m-%d"), "commit": machine.commit(),
                      "machine": machine.description() | {"device": device()},
                      "runs": results}  # fmt: skip
            out.with_suffix(".json").write_text(json.dumps(report, indent=1) + "\n")
            out.with_suffix(".md").write_text(table(results) + "\n")
    if not results:
        return 3
    print(table(results))
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--sets", type=_names(SETS), default=list(SETS), help=", ".join(SETS))
    parser.add_argument("--models", type=_names(tuple(TITLES)), default=list(TITLES),
                        help=", ".join(TITLES))  # fmt: skip
    parser.add_argument("--seeds", type=lambda text: [int(n) for n in text.split(",")],
                        default=[0, 1, 2])  # fmt: skip
    parser.add_argument("--minilm", help="the folder of MiniLM's weights; default: fetched")
    parser.add_argument("--data", type=Path, help="the folder of the sets; nothing is fetched")
    parser.add_argument("--epochs", type=int, help="of Ranvier's models; default: their choice")
    parser.add_argument("--max-length", type=int, help="tokens that transformers read")
    parser.add_argument("--precision", help="of Ranvier's models, such as bfloat16")
    parser.add_argument("--out", type=Path, help="where the results go, without suffix")
    return parser.parse_args(arguments)


def _names(valid: tuple[str, ...]) -> Any:
    def parse(text: str) -> list[str]:
        for name in text.split(","):
            if name not in valid:
                raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(valid)}")
        return text.split(",")

    return parse


def folder_of(name: str, within: Path | None) -> Path:
    """The folder of a set; it is fetched unless `within` says where the sets are.

    Raises:
        LookupError: it is not there, or cannot be had here.
    """
    if within is None:
        from benchmarks.sequences import data

        return data.texts(name)
    if not (within / name / "train").is_dir():
        raise LookupError(f"{within / name} has no folder train")
    return within / name


def minilm_of(within: Path | None) -> Path:
    """The folder of MiniLM's weights; they are fetched unless `within` says where all is.

    Raises:
        LookupError: they are not there, or cannot be had here.
    """
    if within is None:
        from benchmarks.language.minilm import minilm

        return minilm()
    if not (within / "minilm").is_dir():
        raise LookupError(f"{within} has no folder minilm; give --minilm FOLDER")
    return within / "minilm"


def runs_of(name: str, folder: Path, options: argparse.Namespace) -> Any:
    """A result for each model, and for each seed where a seed says something."""
    import ranvier as rv

    examples = rv.read(folder)
    rows = {"train": len(examples.train), "test": len(examples.test)}
    for model in options.models:
        for seed in options.seeds[:1] if model in ONCE else options.seeds:
            began = time.perf_counter()
            if model in ONCE:
                found = linear.measured(examples, tuned=model == "tuned")
            else:
                found = _ranvier(model, examples, seed, options)
            yield {"set": name, **rows, "model": model, "seed": seed, **found,
                   "seconds": time.perf_counter() - began}  # fmt: skip


def _ranvier(model: str, examples: Any, seed: int, options: argparse.Namespace) -> dict[str, Any]:
    import ranvier as rv

    given = {"epochs": options.epochs, "precision": options.precision}
    if model != "rnn":
        given["max_length"] = options.max_length
    if model == "pretrained":
        given["pretrained"] = options.minilm
    settings = {name: value for name, value in given.items() if value is not None}
    made = (rv.RNN if model == "rnn" else rv.Transformer)(seed=seed, verbose=0, **settings)
    began = time.perf_counter()
    made.fit(examples)
    fitted = time.perf_counter() - began
    epochs = {"epochs": len(made.history_), "best_epoch": made._outcome.best_epoch}
    return {"accuracy": made.score(examples.test), "fit_seconds": fitted, **epochs}


def device() -> str:
    """What JAX computes on."""
    import jax

    first = jax.devices()[0]
    return f"{jax.device_count()} × {first.device_kind}"


def table(results: list[dict[str, Any]]) -> str:
    """Mean accuracy over the seeds of each model, by set."""
    lines = ["| set | rows: train, test | model | accuracy | low–high | seeds | s to fit |",
             "|---|--:|---|--:|--:|--:|--:|"]  # fmt: skip
    for name, model in dict.fromkeys((run["set"], run["model"]) for run in results):
        own = [run for run in results if (run["set"], run["model"]) == (name, model)]
        scores = [run["accuracy"] for run in own]
        cells = [name, f"{own[0]['train']:,}, {own[0]['test']:,}", TITLES[model],
                 f"**{mean(scores):.4f}**", f"{min(scores):.4f}–{max(scores):.4f}", f"{len(own)}",
                 f"{median(run['fit_seconds'] for run in own):.0f}"]  # fmt: skip
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
