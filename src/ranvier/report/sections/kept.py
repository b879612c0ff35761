"""What an autoencoder keeps: reconstructions, odd rows, and the space of its codes."""

from __future__ import annotations

import numpy as np

from ranvier.report.charts.cloud import cloud, legend
from ranvier.report.charts.frame import figure
from ranvier.report.findings import Reconstruction
from ranvier.report.html import Markup, shortened, table, tag
from ranvier.report.numbers import percent, short
from ranvier.report.pairs import side_by_side
from ranvier.report.sections.gallery import tiles

EACH = 4  # of the best, the middling and the worst
ODD = 10  # rows of the table
MOST_COLUMNS = 8


def kept(found: Reconstruction, where: str) -> Markup:
    """The sections."""
    parts = [_pictures(found, where) if found.truth is not None else _odd_rows(found, where)]
    if found.codes.shape[1] > 1:
        parts.append(_space(found, where))
    if found.strip is not None:
        parts.append(
            tag(
                "section",
                tag("h2", "From one to another"),
                tag("p", "Codes on the way from one row to another, and what they stand for."),
                tiles([side_by_side(list(found.strip), ("from the left to the right",))]),
            )
        )
    return tag("div", *parts)


def _pictures(found: Reconstruction, where: str) -> Markup:
    assert found.truth is not None
    assert found.made is not None
    count = len(found.truth)
    order = np.argsort(found.errors[:count], kind="stable")
    middle = max(0, count // 2 - EACH // 2)
    shown = []
    for words, rows in (
        ("Those it makes again best", order[:EACH]),
        ("Usual ones", order[middle : middle + EACH]),
        ("Those it makes again worst: the oddest", order[::-1][:EACH]),
    ):
        each = [
            side_by_side([found.truth[row], found.made[row]], _caption(found, row))
            for row in rows.tolist()
        ]
        shown += [tag("p", words, class_="cap"), tiles(each)]
    how = (
        f"On {where}: each picture, and beside it what came back out of its code of "
        f"{found.codes.shape[1]:,} numbers."
    )
    return tag("section", tag("h2", "What it keeps"), tag("p", how), *shown)


def _caption(found: Reconstruction, row: int) -> tuple[str, ...]:
    words = (f"error {short(float(found.errors[row]))}",)
    return words if found.labels is None else (shortened(found.labels[row], 30), *words)


def _odd_rows(found: Reconstruction, where: str) -> Markup:
    order = np.argsort(found.usualness, kind="stable")[:ODD]
    head, columns = _columns(found)
    marked = ("class",) if found.labels is not None else ()
    rows = []
    for row in order.tolist():
        label = () if found.labels is None else (tag("bdi", shortened(found.labels[row], 30)),)
        cells = [tag("bdi", shortened(_cell(column[row]), 30)) for column in columns]
        rows.append((f"{row + 1:,}", short(-float(found.usualness[row])), *label, *cells))
    caption = f"The {len(rows)} oddest of {len(found.usualness):,} {where}, and some columns"
    title = tag("h2", "The rows it finds odd")
    how = "The less of a row comes back out of its code, the odder it is."
    wide = table(("row", "oddness", *marked, *head), rows, numbers=(0, 1), caption=caption)
    return tag("section", title, tag("p", how), wide)


def _columns(found: Reconstruction) -> tuple[list[str], list[np.ndarray]]:
    inputs = found.inputs
    if inputs is None:
        return [], []
    if isinstance(inputs, np.ndarray):
        count = min(MOST_COLUMNS, inputs.shape[1])
        return [f"x{n}" for n in range(count)], [inputs[:, n] for n in range(count)]
    names = list(inputs.columns)[:MOST_COLUMNS]
    return [shortened(name, 40) for name in names], [inputs[name].to_numpy() for name in names]


def _cell(value: object) -> str:
    return short(float(value)) if isinstance(value, (float, np.floating)) else str(value)


def _space(found: Reconstruction, where: str) -> Markup:
    points, names, how = found.codes, ("first number", "second number"), "The codes of"
    if points.shape[1] > 2:
        centred = points - points.mean(axis=0)
        _, sizes, axes = np.linalg.svd(centred, full_matrices=False)
        share = float(np.square(sizes[:2]).sum() / max(np.square(sizes).sum(), 1e-300))
        points, names = centred @ axes[:2].T, ("first component", "second component")
        how = (
            f"The two strongest components ({percent(share)} of the spread) of the "
            f"{found.codes.shape[1]:,} numbers of the codes of"
        )
    title = f"{how} {where}"
    key = None if found.labels is None else legend(found.labels)
    words = [f"{title}."] if key is None else [f"{title}, by class: ", key]
    image = cloud(title, points, found.labels, names)
    return tag("section", tag("h2", "The space of its codes"), figure(image, *words))
