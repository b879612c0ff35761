"""How it learned: the loss, the validation score and the learning rate over the epochs."""

from __future__ import annotations

import numpy as np

from ranvier.report.charts.frame import figure
from ranvier.report.charts.lines import key, lines
from ranvier.report.facts import Facts
from ranvier.report.html import Markup, join, tag
from ranvier.report.learning import Learning
from ranvier.report.numbers import listed, short

NAMES = {
    "loss": "training loss",
    "valid_loss": "validation loss",
    "valid_accuracy": "validation accuracy",
    "valid_rmse": "validation RMSE",
    "perplexity": "training perplexity",
    "valid_perplexity": "validation perplexity",
    "gradient_norm": "norm of the gradient",
    "mse": "training MSE",
    "valid_mse": "validation MSE",
    "valid_psnr": "validation PSNR (dB)",
    "valid_gain": "PSNR above bicubic (dB)",
    "augmented": "share of changed pictures",
    "diversity": "diversity of samples (1: that of real pictures)",
}
PLAYERS = ("_loss", "_gradient_norm")  # of which each player has its own
MOST_CURVES = 4  # beside the losses


def learned(facts: Facts) -> Markup | None:
    """The section; None where nothing was learned."""
    found = facts.learning
    if found is None:
        return None
    charts = []
    losses = [name for name in ("loss", "valid_loss") if name in found.curves]
    if losses:
        charts.append(_chart(found, losses, "loss"))
    others = [name for name in found.curves if name not in losses]
    for ending in PLAYERS:
        each = [name for name in others if name.endswith(ending)]
        if len(each) == 2:
            charts.append(_chart(found, each, ending.strip("_").replace("_", " ")))
            others = [name for name in others if name not in each]
    charts += [_chart(found, [name], _named(name)) for name in others[:MOST_CURVES]]
    if found.rate is not None:
        charts.append(_rate(found))
    about = None
    if found.extras and "loss" in found.curves:
        about = tag(
            "p",
            f"The training loss holds {listed(found.extras)}; the validation loss does not, so it "
            "may lie lower.",
            class_="small",
        )
    # A number and its unit stay together.
    end = found.ending.replace(" s", "\N{NO-BREAK SPACE}s")
    end = end[:1].upper() + end[1:] + "."
    title = tag("h2", "How it learned")
    return tag("section", title, tag("p", end), tag("div", *charts, class_="charts"), about)


def _named(name: str) -> str:
    """A metric as a person reads it: "critic_loss" as "critic: loss"."""
    for ending in PLAYERS:
        if name.endswith(ending) and name not in NAMES:
            return f"{name.removesuffix(ending)}: {ending.strip('_').replace('_', ' ')}"
    return NAMES.get(name, name)


def _chart(found: Learning, names: list[str], axis: str) -> Markup:
    curves = {name: found.curves[name] for name in names}
    spoken = [f"{_named(n)} {short(found.kept[n])}" for n in names]
    where = f"at epoch {found.best_epoch}, which is kept" if found.best_epoch else "at the end"
    title = f"{axis} over {int(found.epochs[-1])} epochs; {where}: {', '.join(spoken)}"
    image = lines(title, found.epochs, curves, axis, kept=found.best_epoch)
    words = [
        join([key(number, _named(name)), f" {short(found.kept[name])}"])
        for number, name in enumerate(names, 1)
    ]
    return figure(image, join(words, ", "), f" {where}.")


def _rate(found: Learning) -> Markup:
    assert found.rate is not None
    first, last, most = found.rate[0], found.rate[-1], float(np.max(found.rate))
    words = f"highest {short(most)}, {short(float(last))} at the last epoch"
    if most - min(first, last) < 1e-12:
        words = f"{short(most)} throughout"
    title = f"learning rate: {words}"
    image = lines(title, found.epochs, {"rate": found.rate}, "learning rate", floor=0.0)
    return figure(image, key(1, "learning rate"), f": {words}.")
