"""A transformer of texts in the form of Hugging Face, tried before it is kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.errors import ExportError
from ranvier.export.formats import PUBLISHED
from ranvier.export.writing import Exported

if TYPE_CHECKING:
    from ranvier.families.transformer.model import Transformer

TOLERANCE = 1e-4
TRIED = 8  # rows


def published(model: Transformer, folder: Path) -> Exported:
    """Write the folder, read it again and compare what both answer.

    Raises:
        ArtifactError: the model has no published form, or the folder cannot be written.
        ExportError: what was written answers otherwise.
    """
    model.save_pretrained(folder)
    again = type(model).from_pretrained(folder)
    rng = np.random.default_rng(0)
    rows = _rows(model, rng)
    ours, theirs = (m._predictor.logits(rows) for m in (model, again))
    difference = float(np.abs(ours - theirs).max())
    if not difference <= TOLERANCE:
        raise ExportError(
            f"The folder answers otherwise than the model, by up to {difference:.2g} (allowed: "
            f"{TOLERANCE:g}): use another format."
        )
    return Exported(folder, PUBLISHED, None, difference, TRIED)


def _rows(model: Transformer, rng: Any) -> dict[str, np.ndarray]:
    spec = model.preprocessor_.spec
    steps = min(16, spec.steps or 16)
    tokens = rng.integers(5, spec.vocabulary, (TRIED, steps)).astype(np.int32)
    return {"tokens": tokens, "lengths": np.full(TRIED, steps, np.int32)}
