"""Pictures on the page: files inside it, as large as their pixels can be told apart."""

from __future__ import annotations

import base64
from collections.abc import Iterable

from ranvier.explain import drawing
from ranvier.report.gallery import Gallery, Tile
from ranvier.report.html import Markup, folded, join, tag

SIDE = 96  # pixels of the page that one picture of a strip takes at least


def looked_at(found: Gallery) -> Markup:
    """What the model looks at, and what its stages make of one picture."""
    how = (
        f"Each {found.kind} as it is; pixel by pixel, red spoke for the answer and blue against "
        "it (integrated gradients); and the regions that the last stage went by (Grad-CAM)."
    )
    return _section("What the model looks at", how, found)


def made(found: Gallery) -> Markup:
    """What a model that makes pictures makes of some."""
    how = "What came in, what the model made of it, and the truth: where it is best."
    return _section("What the model makes", how, found)


def _section(title: str, how: str, found: Gallery) -> Markup:
    """Examples, and folded away what the stages make of the first one."""
    inside: list[Markup] = []
    if found.kernels is not None:
        inside += [tag("p", "The first layer's filters", class_="small"), image(found.kernels)]
    for tile in found.maps:
        inside += [tag("p", tile.caption[0], class_="small"), image(tile)]
    stages = folded("What each stage makes of the first one", *inside)
    return tag("section", tag("h2", title), tag("p", how), tiles(found.examples), stages)


def mistakes(found: Gallery) -> Markup | None:
    """What it was most wrong about."""
    if not found.mistakes:
        return None
    return tag("div", tag("p", "The most confident mistakes", class_="cap"), tiles(found.mistakes))


def tiles(found: Iterable[Tile]) -> Markup:
    """Pictures with their captions, as many in a row as fit."""
    figures = [
        tag("figure", image(tile), tag("figcaption", join(tile.caption, Markup("<br>"))))
        for tile in found
    ]
    return tag("div", *figures, class_="tiles")


def image(tile: Tile) -> Markup:
    """The picture itself, enlarged by a whole number so that small ones stay sharp."""
    height, width = tile.picture.shape[:2]
    factor = max(1, round(SIDE * tile.parts / width)) if tile.parts > 1 else (
        max(1, min(4, 480 // width))
    )  # fmt: skip
    data = base64.b64encode(drawing.png(tile.picture)).decode()
    return tag(
        "img",
        src=f"data:image/png;base64,{data}",
        alt="; ".join(tile.caption),
        width=width * factor,
        height=height * factor,
        class_="pixels" if factor > 1 else None,
    )
