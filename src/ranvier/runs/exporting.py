"""`ranvier export`: a model of a run in a form that others run."""

from __future__ import annotations

import json
from pathlib import Path

from ranvier.data import Dataset, builtin
from ranvier.errors import HyperparameterError, RanvierError
from ranvier.export.formats import FORMATS, format_of
from ranvier.export.writing import Exported
from ranvier.model import Model
from ranvier.preprocessing.targets import TargetCoder
from ranvier.runs.folder import CONFIG, find_model
from ranvier.runs.prediction import fitted

ROWS = 256  # of the training data, on which a file is tried
LARGE = 64 << 20  # bytes of a file that is not read for that


def export(model: str | Path, out: str | None, format: str | None, check: str | None) -> Exported:
    """Write the file and try it.

    Args:
        model: a run folder, a `.ranvier` file or the name of a run.
        out: the path; None: beside the model, named by the format.
        format: its name; None: by the suffix of `out`.
        check: a source of rows to try it on; None: the first of the run's own source, where that
            is at hand and quickly read, and else rows that are made up.

    Raises:
        ArtifactError, DataError: the model or the rows cannot be used.
        HyperparameterError: neither a format nor a place, or an unknown format.
        MissingExtraError: the format's package is not installed.
        ExportError: the format cannot hold the model, answers otherwise, or cannot be written.
    """
    if out is None and format is None:
        raise HyperparameterError(
            f"Say which format by --format, one of {', '.join(FORMATS)}, or by the suffix of --out."
        )
    if out is None:
        name, form = format_of(Path(), format)
        place = find_model(model)
        path = place.with_name(f"{place.stem}{form.suffix or f'-{name}'}")
    else:
        path = Path(out)
        format_of(path, format)  # before any work is done
    known = fitted(model)
    return known.export(path, format, X=check or _of_training(known, find_model(model)))


def _of_training(model: Model, place: Path) -> Dataset | None:
    """The first rows of what the run was trained on; None where that is not at hand."""
    if not isinstance(model._coder, TargetCoder):
        return None  # of others the answers are not compared row by row
    try:
        source = json.loads((place.parent / CONFIG).read_text())["source"]
        file = Path(source).is_file()
        if not (file or source in builtin.NAMES) or (file and _is_large(Path(source))):
            return None
        rows = model._examples_of(source).take(slice(ROWS))
        model.export_inputs(rows)  # which says whether they are still what the model takes
        return rows
    except (OSError, ValueError, KeyError, TypeError, RanvierError):
        return None  # it is no run, or its source is gone or has changed


def _is_large(path: Path) -> bool:
    return path.stat().st_size > LARGE
