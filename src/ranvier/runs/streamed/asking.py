"""Which sources are predicted in pieces."""

from __future__ import annotations

import warnings
from pathlib import Path

from ranvier.data.pictures.listing import is_picture, is_sound
from ranvier.data.streams import too_large
from ranvier.data.streams.tables import open_table
from ranvier.errors import CheckpointError, DataError, DataWarning
from ranvier.model import Model
from ranvier.model.budget import memory_budget
from ranvier.model.streaming import line_ahead
from ranvier.preprocessing.table import TablePreprocessor
from ranvier.runs.streamed.appending import Growing

SUFFIXES = (".csv", ".tsv", ".jsonl")


def is_meant(
    model: Model, source: str, place: Path | None, max_memory: str | None, resume: bool
) -> bool:
    """Whether a source is to be predicted in pieces; says so where it could be and is not.

    Raises:
        CheckpointError: `resume` without a file that can be gone on with.
        DataError: a folder of tables, to be written as a whole.
        HyperparameterError: `max_memory` is no size.
    """
    appends = place is not None and place.suffix.lower() in SUFFIXES
    if resume and not appends:
        raise CheckpointError(
            f"--resume goes on with a file that is written bit by bit: name it with --out, as one "
            f"of {', '.join(SUFFIXES)}."
        )
    path = Path(source).expanduser()
    budget = memory_budget(model.max_memory if max_memory is None else max_memory)
    if not isinstance(model.preprocessor_, TablePreprocessor) or not path.exists():
        return False
    if resume and place is not None and Growing(place).note.exists():
        return True
    if not too_large(source, budget) or _leads_to_pictures(path):
        return False
    if appends:
        return True
    if path.is_dir():
        raise DataError(
            f"{path} is a folder of tables, which is predicted in pieces: name a file with --out, "
            f"as one of {', '.join(SUFFIXES)}."
        )
    warnings.warn(
        f"{path.name} is read at once, though it is larger than max_memory: only "
        f"{', '.join(SUFFIXES)} files, named with --out, are written in pieces.",
        DataWarning,
        stacklevel=2,
    )
    return False


def announced(model: Model, source: str, max_memory: str | None) -> str:
    """Why a source is predicted in pieces, in words."""
    budget = memory_budget(model.max_memory if max_memory is None else max_memory)
    return line_ahead(Path(source), budget)[1]


def _leads_to_pictures(path: Path) -> bool:
    """Whether a column of text names pictures, which are not read in pieces."""
    import polars as pl

    try:
        for frame in open_table(path).frames():
            texts = [s.drop_nulls().head(1) for s in frame.iter_columns() if s.dtype == pl.String]
            return any(is_picture(s[0]) or is_sound(s[0]) for s in texts if len(s))
    except (OSError, DataError, UnicodeDecodeError):
        pass  # said when it is read
    return False
