"""How good the model is: one sentence, then the scores beside the baseline's."""

from __future__ import annotations

import math

from ranvier.report.facts import Answer, Facts
from ranvier.report.html import Markup, join, shortened, table, tag
from ranvier.report.numbers import METRICS, counted, listed, percent, same_decimals, short
from ranvier.tasks import TASKS

REAL = "as many real pictures"
OWN = {
    "reconstruction": "rows from a few numbers",
    "generation": "pictures out of nothing",
    "super_resolution": "pictures made larger",
}
LANGUAGE = {"language_model": "the next token", "masked_language_model": "hidden tokens"}


def answer(facts: Facts) -> Markup:
    """The top of the page."""
    about = facts.about
    target = listed(facts.target[:3]) + (" …" if len(facts.target) > 3 else "")
    target = LANGUAGE.get(facts.task, target)
    doing = OWN.get(facts.task, f"predicting {target}")
    title = f"{shortened(about.source)}: {doing}" if about.source else (
        doing[0].upper() + doing[1:]
    )  # fmt: skip
    head = tag("header", tag("p", f"{facts.model} · {facts.task}", class_="over"), tag("h1", title))
    notes = [tag("p", note, class_="note") for note in about.notes]
    if about.answer is None:
        sentence = tag(
            "p",
            "No rows were held out, so nobody knows how good this model is on rows it has not "
            "seen. --test-fraction 0.2 holds some out; ranvier report MODEL DATA judges it on "
            "other rows.",
            class_="lead",
        )
        return join([head, sentence, *notes])
    found = about.answer
    lead = "lead" if found.beaten else "lead bad"
    sentence = tag("p", _sentence(facts, found, target), class_=lead)
    # Steps of one row go together: how many of them tell how much, nobody knows.
    doubt = None if facts.task in ("labelling", *LANGUAGE) else _doubt(found)
    return join([head, sentence, _scores(found, about.where), doubt, *notes])


def _sentence(facts: Facts, found: Answer, target: str) -> str:
    rows = f"{found.rows:,} {facts.about.where}"
    own, other = found.model, found.baseline
    usual = shortened(found.words) + ("," if "," in found.words else "")
    if facts.task == "regression":
        off, off_other = same_decimals("mae", (own["mae"], other["mae"]))
        words = f"predictions of {target} are off by {off} on average"
        trivial = f"{usual} is off by {off_other}"
    elif facts.task == "segmentation":
        words = (
            f"the masks overlap the true ones by {percent(own['iou'])} (mean IoU over the classes)"
        )
        trivial = f"{usual} by {percent(other['iou'])}"
    elif facts.task == "image_to_image":
        words = f"the pictures it makes are {own['psnr']:.1f} dB above their error"
        trivial = f"{usual} {other['psnr']:.1f} dB"
    elif facts.task == "forecasting":
        words = (
            f"forecasts of {target} have a MASE of {own['mase']:.3f} (the mean error over that of "
            f"the value a season before), and {percent(own['coverage'])} of the true values lie "
            "inside the interval"
        )
        trivial = f"{usual} has {other['mase']:.3f}"
    elif facts.task in LANGUAGE:
        words = (
            f"the model hesitates among {own['perplexity']:,.1f} equally likely tokens (its "
            f"perplexity), and {percent(own['accuracy'])} of its first guesses are right"
        )
        trivial = f"{usual} hesitates among {other['perplexity']:,.1f}"
    elif facts.task == "reconstruction":
        words = f"{percent(own['r2'])} of what sets them apart comes back out of the code (R²)"
        trivial = f"{usual} keeps {percent(other['r2'])}"
    elif facts.task == "generation":
        off, off_other = same_decimals("frechet", (own["frechet"], other["frechet"]))
        words = f"samples lie {off} away from real pictures (Fréchet distance)"
        trivial = f"{usual} {off_other}"
        for name, real in found.each:
            if name == REAL:
                words += f", where other real pictures lie {short(real['frechet'])}"
    elif facts.task == "super_resolution":
        words = f"the pictures it makes are {own['psnr']:.2f} dB above their error"
        trivial = f"{usual} {other['psnr']:.2f} dB"
    elif facts.task == "labelling":
        words = f"{percent(own['accuracy'])} of all steps have the right {target}"
        trivial = f"{usual} is right in {percent(other['accuracy'])}"
    elif facts.task == "multilabel":
        words = f"all labels are right in {percent(own['accuracy'])} of the rows"
        trivial = f"{usual} is right in {percent(other['accuracy'])}"
    else:
        words = f"{percent(own['accuracy'])} of the predictions of {target} are right"
        trivial = f"{usual} is right in {percent(other['accuracy'])}"
    if found.beaten:
        return f"On {rows}, {words}; {trivial}."
    which = "a simple baseline" if len(found.each) > 1 else "the trivial baseline"
    return f"This model is no better than {which}. On {rows}, {words}; {trivial}."


def _scores(found: Answer, where: str) -> Markup:
    names = [name for name in METRICS if name in found.model]
    others = found.each or ((found.words, found.baseline),)
    every = [found.model, *(values for _, values in others)]
    cells = [same_decimals(n, [values.get(n, math.nan) for values in every]) for n in names]
    labels = ["this model", *(shortened(words) for words, _ in others)]
    rows = [
        (label, *(column[place].replace("-", "−") for column in cells))
        for place, label in enumerate(labels)
    ]
    head = ("", *(METRICS[name] for name in names))
    caption = f"Scores on {counted(found.rows, 'row').split()[0]} {where}"
    return table(head, rows, numbers=range(1, len(head)), caption=caption)


def _doubt(found: Answer) -> Markup | None:
    """How far chance alone could have moved the score (Wilson 1927, 95 %)."""
    if "accuracy" not in found.model or "iou" in found.model or found.rows < 1:
        return None
    share, rows, z = found.model["accuracy"], found.rows, 1.96
    middle = (share + z * z / (2 * rows)) / (1 + z * z / rows)
    half = z * math.sqrt(share * (1 - share) / rows + z * z / (4 * rows * rows))
    half /= 1 + z * z / rows
    if half < 0.002:
        return None
    low, high = percent(max(0.0, middle - half)), percent(min(1.0, middle + half))
    return tag(
        "p",
        f"{counted(rows, 'row')} tell the accuracy no better than that: on others it would "
        f"probably lie between {low} and {high}.",
        class_="small",
    )


def in_one_line(facts: Facts) -> str:
    """The page's title."""
    found = facts.about.answer
    if found is None:
        return "Ranvier report"
    name = TASKS[facts.task].headline
    return f"{METRICS[name]} {short(found.model[name])} · Ranvier report"
