"""Where the model fails: the rows it is worst at, and the pictures for its kind of answer."""

from __future__ import annotations

from ranvier.report.facts import Facts
from ranvier.report.failures.classes import ClassFailures
from ranvier.report.failures.forecasts import ForecastFailures
from ranvier.report.failures.labels import LabelFailures
from ranvier.report.failures.pixels import PixelFailures
from ranvier.report.failures.worst import WorstRows
from ranvier.report.html import Markup, shortened, table, tag
from ranvier.report.numbers import counted
from ranvier.report.sections import gallery, looking
from ranvier.report.sections.failing_classes import about_classes
from ranvier.report.sections.failing_forecasts import about_forecasts
from ranvier.report.sections.failing_labels import about_labels
from ranvier.report.sections.failing_pixels import about_pixels
from ranvier.report.sections.failing_quantities import about_quantities
from ranvier.tasks import TASKS

NUMBERS = (
    "row", "sequence", "sure of it", "gave the truth", "off by", "MASE", "inside the interval",
)  # fmt: skip


def failing(facts: Facts) -> Markup | None:
    """The section; None for a model that has no answer for each row."""
    if TASKS[facts.task].is_language or TASKS[facts.task].is_unsupervised:
        return None
    title, found = tag("h2", "Where it fails"), facts.failures
    if found is None:
        words = "Unknown: no rows were held out on which it could fail."
        return tag("section", title, tag("p", words))
    if isinstance(found, ClassFailures):
        lead, *content = about_classes(found)
    elif isinstance(found, LabelFailures):
        lead, *content = about_labels(found)
    elif isinstance(found, ForecastFailures):
        lead, *content = about_forecasts(found)
    elif isinstance(found, PixelFailures):
        lead, *content = about_pixels(found)
    else:
        lead, *content = about_quantities(found)
    sample = None
    if facts.about.answer is not None and facts.judged < facts.about.answer.rows:
        sample = tag(
            "p", f"Looked at one by one: {facts.judged:,} rows drawn by chance.", class_="small"
        )
    pictures = None if facts.gallery is None else gallery.mistakes(facts.gallery)
    if facts.look is not None:
        pictures = looking.mistakes(facts.look)
    worst = None if isinstance(found, PixelFailures) else _worst(found.worst)
    return tag("section", title, lead, sample, pictures, worst, *content)


def _worst(worst: WorstRows) -> Markup:
    head = [*worst.head, *(shortened(name, 40) for name in worst.columns)]
    numbers = [place for place, name in enumerate(worst.head) if name in NUMBERS]
    thing = {"row": "row", "sequence": "step", "text": "word"}.get(worst.head[0], "window")
    shown = f"The {counted(len(worst.rows), thing)} it is worst at"
    if len(worst.rows) == 1:
        shown = f"The {thing} it is worst at"
    if len(worst.columns) < worst.of:
        shown += f", with the {len(worst.columns)} most important of {worst.of:,} columns"
    rows = [[tag("bdi", cell) for cell in row] for row in worst.rows]  # whatever way it is written
    return table(head, rows, numbers=numbers, caption=shown)
