"""Weights between tokens as pictures: the deeper a square, the more its row takes of its column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ranvier.explain import tracks
from ranvier.explain.markup import Markup, join, tag, with_lines
from ranvier.explain.states import shortened

Array = np.ndarray[Any, Any]

INK, DEEP = (22, 98, 196), "#1662c4"  # deep enough on white and light enough on black
DEPTHS = 20  # of its colour, where it is drawn in lines
DARK = (30, 34, 40)  # of letters on paper
SHADES = 32  # of a picture on a page
SIDE = 16  # of a square, where the tokens stand beside it
LETTER = 6.6  # width of a character of the page's small text
WORD_SIZE, LONGEST_LABEL = 12, 104  # of a picture
GAP = 3  # between small maps


def shaded(weights: Array, most: float = 1.0) -> Array:
    """Uint8 RGBA in the shape of `weights`, clear where nothing is taken.

    Args:
        weights: float (rows, columns), from 0.
        most: the weight whose colour is deepest; half as deep is a quarter of it.
    """
    picture = np.empty((*weights.shape, 4), np.uint8)
    picture[..., :3] = INK
    picture[..., 3] = 255 * np.sqrt(np.clip(weights / max(most, 1e-12), 0.0, 1.0))
    return picture


def tiled(weights: Array, across: int = 1) -> Array:
    """Maps (layers, heads, tokens, tokens) side by side, a row for each layer: uint8 RGBA.

    Each has its own deepest colour; `across`: pixels of a square.
    """
    layers, heads, tokens, _ = weights.shape
    size = tokens * across
    sheet = np.zeros((layers * (size + GAP) - GAP, heads * (size + GAP) - GAP, 4), np.uint8)
    for layer in range(layers):
        for head in range(heads):
            one = weights[layer, head]
            picture = shaded(one, float(one.max()))
            top, left = layer * (size + GAP), head * (size + GAP)
            sheet[top : top + size, left : left + size] = _larger(picture, across)
    return sheet


def map_of(words: Sequence[str], weights: Array, title: str) -> Markup:
    """One map as SVG, a token beside each row and above each column."""
    labels = [label(word) for word in words]
    margin = 10 + round(LETTER * max(map(len, labels)))
    size = SIDE * len(labels)
    inside = f"translate({margin} {margin}) scale({SIDE})"
    image = tag("g", *_squares(weights), transform=inside, fill=DEEP, shape_rendering="crispEdges")
    texts = []
    for place, word in enumerate(labels):
        middle = margin + SIDE * (place + 0.5)
        texts.append(_text(word, f"translate({margin - 5} {middle + 4:.1f})", "end"))
        texts.append(_text(word, f"translate({middle + 4:.1f} {margin - 5}) rotate(-90)", ""))
    edge = tag(
        "rect", x=margin, y=margin, width=size, height=size, fill="none", stroke="currentColor",
        stroke_opacity="0.25",
    )  # fmt: skip
    whole = margin + size + 1
    return tag(
        "svg", tag("title", title), image, edge, join(texts),
        viewBox=f"0 0 {whole} {whole}", role="img", aria_label=title,
        style=f"display:block;width:100%;height:auto;max-width:{whole}px;"
        f"min-width:{min(whole, round(0.6 * whole) + 80)}px",
    )  # fmt: skip


def _squares(weights: Array) -> list[Markup]:
    """The squares of one side 1, a path for each depth of the colour."""
    shares = np.clip(weights / max(float(weights.max()), 1e-12), 0.0, 1.0)
    depths = np.rint(DEPTHS * np.sqrt(shares)).astype(int)
    paths = []
    for depth in range(1, DEPTHS + 1):
        runs = []
        for row, line in enumerate(depths == depth):
            edges = np.flatnonzero(np.diff(np.concatenate([[False], line, [False]]).astype(int)))
            for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
                runs.append(f"M{begin} {row}h{end - begin}v1h{begin - end}z")
        if runs:
            paths.append(tag("path", d="".join(runs), fill_opacity=f"{depth / DEPTHS:.3g}"))
    return paths


def on_paper(words: Sequence[str], weights: Array) -> Array:
    """The same as a picture: uint8 RGB."""
    from PIL import Image, ImageDraw, ImageFont

    labels, count = [label(word) for word in words], len(words)
    size, margin = count * SIDE, LONGEST_LABEL
    font = ImageFont.load_default(WORD_SIZE)
    beside = Image.new("RGB", (margin, size), "white")
    above = Image.new("RGB", (margin, size), "white")  # lying down, and turned as a whole
    for place, word in enumerate(labels):
        middle = SIDE * (place + 0.5)
        ImageDraw.Draw(beside).text((margin - 5, middle), word, DARK, font, anchor="rm")
        ImageDraw.Draw(above).text((5, middle), word, DARK, font, anchor="lm")
    sheet = np.full((margin + size, margin + size, 3), 255, np.uint8)
    sheet[margin:, :margin] = np.asarray(beside)
    # A column that was lying stands: what was on its left is at the bottom.
    sheet[:margin, margin:] = np.asarray(above).transpose(1, 0, 2)[::-1]
    picture = _larger(shaded(weights, float(weights.max())), SIDE)
    sheet[margin:, margin:] = tracks.on_paper(picture)
    return sheet


def label(word: str) -> str:
    """A token as it stands beside its row."""
    shown = "".join("↵" if letter == "\n" else letter for letter in word)
    shown = with_lines(shown).strip() or "·"
    return shortened(shown)


def _text(word: str, place: str, anchor: str) -> Markup:
    return tag("text", word, transform=place, class_=anchor or None, fill="currentColor",
               font_size=12, text_anchor=anchor or None)  # fmt: skip


def _larger(picture: Array, times: int) -> Array:
    return picture.repeat(times, axis=0).repeat(times, axis=1)
