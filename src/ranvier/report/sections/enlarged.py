"""Pictures made larger: before, by bicubic interpolation, by the model, and the truth."""

from __future__ import annotations

from ranvier.report.findings import Enlargement
from ranvier.report.html import Markup, shortened, tag
from ranvier.report.pairs import side_by_side
from ranvier.report.sections.gallery import tiles

TIMES = 2  # as large on the page, that their pixels can be told apart


def enlarged(found: Enlargement) -> Markup:
    """The section."""
    how = (
        f"Parts of pictures that were made {found.scale} times smaller and then larger again: "
        "small, pixel by pixel; by bicubic interpolation; by the model; and as they were."
    )
    shown = [
        side_by_side(
            [part.repeat(TIMES, axis=0).repeat(TIMES, axis=1) for part in pair],
            (shortened(name, 40),) if name else (),
        )
        for pair, name in zip(found.pairs, found.names, strict=True)
    ]
    return tag("section", tag("h2", "What it makes of pictures"), tag("p", how), tiles(shown))
