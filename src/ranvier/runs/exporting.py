"""`ranvier export`: a model of a run in a form that others run."""

from __future__ import annotations

from pathlib import Path

from ranvier.errors import HyperparameterError
from ranvier.export.formats import FORMATS, format_of
from ranvier.export.writing import Exported
from ranvier.runs.folder import find_model
from ranvier.runs.prediction import fitted


def export(model: str | Path, out: str | None, format: str | None, check: str | None) -> Exported:
    """Write the file and try it.

    Args:
        model: a run folder, a `.ranvier` file or the name of a run.
        out: the path; None: beside the model, named by the format.
        format: its name; None: by the suffix of `out`.
        check: a source of rows to try it on; None: rows are made up.

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
    return fitted(model).export(path, format, X=check)
