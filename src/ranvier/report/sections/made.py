"""What a generator makes, beside the pictures that it was trained on."""

from __future__ import annotations

from ranvier.report.findings import Generation
from ranvier.report.html import Markup, shortened, table, tag
from ranvier.report.numbers import percent
from ranvier.report.pairs import side_by_side
from ranvier.report.sections.gallery import tiles

SHOWN = 24


def made(found: Generation) -> Markup:
    """The sections."""
    how = (
        "Samples by chance, not picked, and beside each the picture among those that trained "
        "that is most like it: a sample that is the same has been copied, not made."
    )
    pairs = [
        side_by_side([found.samples[n], found.nearest[n]], _caption(found, n))
        for n in range(min(SHOWN, len(found.samples)))
    ]
    first = tag(
        "section",
        tag("h2", "What it makes"),
        tag("p", how),
        tiles(pairs),
        tag("p", _copies(found), class_="note" if found.copies.found else "small"),
        _classes(found),
        tag("p", f"Samples and real pictures are compared by {found.judge}.", class_="small"),
    )
    if found.strip is None:
        return first
    way = tag(
        "section",
        tag("h2", "From one to another"),
        tag("p", "Numbers by chance on the way from some to others, and what is made of them."),
        tiles([side_by_side(list(found.strip), ("from the left to the right",))]),
    )
    return tag("div", first, way)


def _caption(found: Generation, number: int) -> tuple[str, ...]:
    return () if found.asked is None else (f"asked: {shortened(found.asked[number], 30)}",)


def _copies(found: Generation) -> str:
    copies = found.copies
    words = (
        f"{percent(copies.share)} of the samples lie as close to one picture that trained as "
        f"{percent(copies.usual)} of real pictures do that nobody trained on"
    )
    if copies.found:
        return f"{words}: some of them are copies."
    return f"{words}: there is no sign of copying."


def _classes(found: Generation) -> Markup | None:
    if found.classes is None or found.real_classes is None:
        return None
    rows = [
        (tag("bdi", shortened(name, 40)), percent(share), percent(real))
        for name, share, real in zip(
            found.classes.names.tolist(),
            found.classes.shares.tolist(),
            found.real_classes.shares.tolist(),
            strict=True,
        )
    ]
    caption = "What the samples are taken for by the classifier"
    return table(("class", "samples", "real pictures"), rows, numbers=(1, 2), caption=caption)
