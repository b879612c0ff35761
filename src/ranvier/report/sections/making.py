"""Models that predict no target: what they make, and how it became so."""

from __future__ import annotations

import numpy as np

from ranvier.report.facts import Facts
from ranvier.report.findings import Enlargement, Frames, Generation, Reconstruction
from ranvier.report.gallery import Tile
from ranvier.report.html import Markup, join, tag
from ranvier.report.sections.enlarged import enlarged
from ranvier.report.sections.gallery import tiles
from ranvier.report.sections.kept import kept
from ranvier.report.sections.made import made

MOST_FRAMES = 8


def making(facts: Facts) -> Markup | None:
    """The sections; None for a model that predicts a target."""
    found = facts.about.findings
    parts: list[Markup | None] = []
    if isinstance(found, Reconstruction):
        parts.append(kept(found, facts.about.where))
    elif isinstance(found, Generation):
        parts.append(made(found))
    elif isinstance(found, Enlargement):
        parts.append(enlarged(found))
    parts.append(filmstrip(facts.about.frames))
    there = [part for part in parts if part is not None]
    return join(there) if there else None


def filmstrip(frames: Frames) -> Markup | None:
    """Pictures of the run, some of them, from the first on."""
    if not frames.epochs:
        return None
    count = min(MOST_FRAMES, len(frames.epochs))
    chosen = np.unique(np.linspace(0, len(frames.epochs) - 1, count).round().astype(int))
    shown = [
        Tile(frames.pictures[n], (f"after epoch {frames.epochs[n]:,}",)) for n in chosen.tolist()
    ]
    how = (
        f"What the network made of the same numbers while it was trained: {len(shown)} of the "
        f"{len(frames.epochs)} pictures in the run's folder frames."
    )
    return tag("section", tag("h2", "How it came about"), tag("p", how), tiles(shown))
