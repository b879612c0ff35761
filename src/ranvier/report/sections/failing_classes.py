"""Classes: which are taken for which, how many of each are found, how sure and how right."""

from __future__ import annotations

import numpy as np

from ranvier.report.charts.frame import figure
from ranvier.report.charts.shares import reliability, roc_curve
from ranvier.report.failures.calibration import Calibration
from ranvier.report.failures.classes import ClassFailures
from ranvier.report.html import Markup, folded, shortened, table, tag
from ranvier.report.numbers import counted, percent

SHOWN_CLASSES = 10
MOST_CLASSES = 200


def about_classes(found: ClassFailures) -> list[Markup | None]:
    """The leading sentence, then what comes after the worst rows."""
    charts = [reliable(found.calibration)]
    if found.roc is not None:
        words = (
            f"Of two rows, one {found.roc.positive} and one not, it puts the right one first in "
            f"{percent(found.roc.area)} of the cases: area under the curve {found.roc.area:.3f}."
        )
        picture = roc_curve(
            f"ROC curve for {found.roc.positive}, area {found.roc.area:.3f}",
            found.roc.false,
            found.roc.found,
        )
        charts.insert(0, figure(picture, tag("b", "ROC. "), words))
    return [
        tag("p", _sentence(found)),
        _matrix(found) if found.matrix is not None else _pairs(found),
        *([] if found.matrix is not None else _recall(found)),
        tag("div", *charts, class_="charts"),
    ]


def _sentence(found: ClassFailures) -> str:
    if not found.wrong:
        return f"It made no mistake here. The {found.thing}s below are those it was least sure of."
    words = f"{found.wrong:,} of {counted(found.rows, found.thing)} are wrong."
    truth, taken, count = found.pairs[0]
    if truth >= 0 and count > 1:
        names = found.classes[truth], found.classes[taken]
        words += f" Most often, {names[0]} is taken for {names[1]}: {count:,} times."
    if found.unknown:
        words += (
            f" {counted(found.unknown, found.thing)} of a class that was not there in training "
            "can only be missed."
        )
    return words


def _matrix(found: ClassFailures) -> Markup:
    assert found.matrix is not None
    total = np.maximum(found.matrix.sum(axis=1), 1)
    names = [shortened(name, 24) for name in found.classes]
    rows = []
    for truth, counts in enumerate(found.matrix.tolist()):
        cells = [
            _cell(count, count / int(total[truth]), truth == taken)
            for taken, count in enumerate(counts)
        ]
        share = percent(found.hits[truth] / total[truth]) if found.totals[truth] else "–"
        rows.append([tag("b", names[truth]), *cells, share])
    head = ["truth ↓ taken for →", *names, "found (recall)"]
    caption = f"Confusion matrix: {found.thing}s of each class by what they were taken for"
    whole = table(head, rows, numbers=range(1, len(head)), caption=caption)
    return tag("div", whole, class_="matrix")


def _cell(count: int, share: float, right: bool) -> Markup:
    if not count:
        return tag("span", "·", class_="none")
    kind = "hit" if right else "miss"
    # Few errors among many must be seen too.
    strength = share if right else min(1.0, 0.25 + share)
    return tag("span", f"{count:,}", class_=kind, style=f"--s:{100 * strength:.0f}%")


def _pairs(found: ClassFailures) -> Markup | None:
    if not found.pairs:
        return None
    rows = [
        (
            found.classes[truth] if truth >= 0 else "a class never seen",
            found.classes[taken],
            f"{count:,}",
            percent(count / max(int(found.totals[truth]), 1)) if truth >= 0 else "–",
        )
        for truth, taken, count in found.pairs
    ]
    head = ("truth", "taken for", f"{found.thing}s", "of that class")
    caption = f"What is confused most, among {len(found.classes):,} classes"
    return table(head, rows, numbers=(2, 3), caption=caption)


def _recall(found: ClassFailures) -> list[Markup]:
    """How many of each class are recognised, the worst class first."""
    recall = found.hits / np.maximum(found.totals, 1)
    there = np.flatnonzero(found.totals)
    order = there[np.argsort(recall[there], kind="stable")].tolist()

    def part(places: list[int]) -> Markup:
        rows = [
            (
                shortened(found.classes[k], 60),
                tag("div", class_="bar", style=f"width:{100 * recall[k]:.1f}%"),
                percent(float(recall[k])),
                f"{int(found.hits[k]):,} of {int(found.totals[k]):,}",
            )
            for k in places
        ]
        head = ("class", "", "recall", f"{found.thing}s")
        return tag("div", table(head, rows, numbers=(2, 3)), class_="bars")

    title = tag("h3", "How many of each class are found")
    parts = [title, part(order[:SHOWN_CLASSES])]
    if len(order) > SHOWN_CLASSES:
        rest = len(order) - SHOWN_CLASSES
        words = f"{rest:,} more classes" if rest > 1 else "1 more class"
        parts.append(folded(words, part(order[SHOWN_CLASSES:MOST_CLASSES])))
    return parts


def reliable(found: Calibration) -> Markup:
    """Stated probabilities against what came true, with the gap between them."""
    gap = f"{100 * found.gap:.1f} points"
    title = f"Calibration: mean gap {gap}"
    image = reliability(title, found.sure, found.right, found.counts)
    place = int(np.argmax(found.counts))
    words = (
        f"Stated probability of {found.of} against how often it came true; on the dashed line "
        f"both agree. The gap is {gap} on average. Most often "
        f"({found.counts[place]:,} of {found.counts.sum():,}) it states about "
        f"{percent(float(found.sure[place]))}, and {percent(float(found.right[place]))} come true."
    )
    return figure(image, tag("b", "Is it as right as it is sure? "), words)
