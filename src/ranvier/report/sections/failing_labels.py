"""Several labels: how many of each are found, how many are false, how sure and how right."""

from __future__ import annotations

import numpy as np

from ranvier.report.failures.labels import LabelFailures
from ranvier.report.html import Markup, folded, table, tag
from ranvier.report.numbers import counted, percent
from ranvier.report.sections.failing_classes import reliable

SHOWN = 12
MOST = 200


def about_labels(found: LabelFailures) -> list[Markup | None]:
    """The leading sentence, then what comes after the worst rows."""
    words = f"{found.wrong:,} of {counted(found.rows, 'row')} have at least one wrong label."
    recall = found.found / np.maximum(found.given, 1)
    order = np.argsort(recall, kind="stable").tolist()
    parts = [_table(found, order[:SHOWN])]
    if len(order) > SHOWN:
        rest = counted(len(order) - SHOWN, "more label")
        parts.append(folded(rest, _table(found, order[SHOWN:MOST])))
    charts = tag("div", reliable(found.calibration), class_="charts")
    return [tag("p", words), tag("h3", "Each label by itself"), *parts, charts]


def _table(found: LabelFailures, places: list[int]) -> Markup:
    rows = []
    for k in places:
        given, hits, false = int(found.given[k]), int(found.found[k]), int(found.false[k])
        recall = hits / given if given else float("nan")
        precision = hits / (hits + false) if hits + false else float("nan")
        rows.append((found.labels[k], f"{given:,}", percent(recall), percent(precision)))
    head = ("label", "rows that have it", "found", "right when predicted")
    return table(head, rows, numbers=(1, 2, 3))
