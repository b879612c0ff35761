"""Pictures and explanations as a browser shows them."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from ranvier.data import Dataset
from ranvier.explain import drawing
from ranvier.explain.answered import Answered
from ranvier.explain.attributions import Explanation
from ranvier.explain.pictures import PictureExplanation
from ranvier.explain.showing import STYLE
from ranvier.model import Model
from ranvier.serve.faults import Fault

STRONGEST = 12  # columns that are shown


def png(picture: np.ndarray[Any, Any]) -> str:
    """A picture (height, width) or (height, width, channels) as the address of its own content."""
    array = np.asarray(picture)
    if array.dtype == np.uint8 and array.ndim == 3 and array.shape[-1] in (1, 3):
        drawn = array[..., 0] if array.shape[-1] == 1 else array
    else:
        drawn = drawing.portrait(array if array.ndim == 3 else array[..., None])
    return "data:image/png;base64," + base64.b64encode(drawing.png(drawn)).decode("ascii")


def explained(model: Model, examples: Any) -> dict[str, Any]:
    """What moved the answer for the first row.

    Raises:
        Fault: the model explains nothing.
    """
    explain = getattr(model, "explain", None)
    if explain is None:
        raise Fault(404, f"{type(model).__name__} explains nothing of its answers.")
    found = explain(Dataset(examples[:1]))
    if isinstance(found, Explanation):
        values = found.values[0]
        order = np.argsort(-np.abs(values), kind="stable")[:STRONGEST]
        return {
            "unit": found.unit,
            "explained": str(found.explained[0]),
            "baseline": float(found.baseline[0]),
            "output": float(found.outputs[0]),
            "effects": [[found.columns[c], float(values[c])] for c in order],
        }
    if isinstance(found, PictureExplanation):
        return {
            "unit": found.unit,
            "explained": str(found.explained[0]),
            "picture": "data:image/png;base64,"
            + base64.b64encode(drawing.png(found.drawn(1))).decode("ascii"),
        }
    assert isinstance(found, Answered)
    return {
        "unit": found.unit,
        "explained": str(found.explained[0]),
        "style": STYLE,
        "html": f"{found.legend()}{found.in_colours(0)}",
    }
