"""Anything that holds texts, read without a target: to learn a language from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from ranvier.data import builtin
from ranvier.data.corpus import Corpus
from ranvier.data.dataset import Dataset
from ranvier.data.examples import as_examples
from ranvier.data.splitting import TEST_FRACTION, split
from ranvier.data.steps import STEPS
from ranvier.errors import DataError


def read_corpus(
    source: Any, *, test_fraction: float | None = None, seed: int = 0, on_error: str = "stop"
) -> Dataset:
    """Texts, or a table with a column of them, without a target.

    Args:
        source: the path of a text, of a table or of a folder of texts; a list of texts; a frame;
            or a Dataset, which is returned as it is.
        test_fraction: the share held out as `.test`; None: of one text its last tenth, else a
            fifth of them.
        seed: chooses which texts are held out, where they are several.
        on_error: what a file in a folder that cannot be read does: "stop" or "skip".

    Raises:
        DataError: it cannot be read.
    """
    if isinstance(source, Dataset):
        return source
    examples = _examples(source, on_error)
    if test_fraction == 0:
        return examples
    if isinstance(examples.inputs, Corpus) and examples.inputs.joined:
        rows = examples.inputs.last(test_fraction)
    else:
        fraction = TEST_FRACTION if test_fraction is None else test_fraction
        rows = split(len(examples), fraction, seed)
    return replace(examples, test_rows=rows if len(rows) else None)


def _examples(source: Any, on_error: str) -> Dataset:
    from ranvier.data.sources import load_file

    if not isinstance(source, (str, Path)):
        return replace(as_examples(source, layout=STEPS), target=None, target_names=())
    if isinstance(source, str) and _is_prose(source):
        raise DataError(
            f"A single string is the path of a file, and {source[:20]!r}... is none: pass a text "
            "itself in a list."
        )
    if isinstance(source, str) and source in builtin.NAMES and not Path(source).is_file():
        return replace(builtin.load(source), target=None, target_names=(), test_rows=None)
    path = Path(source).expanduser()
    loaded = load_file(path, on_error)
    return Dataset(loaded.inputs, name=path.name, notes=loaded.notes)


def _is_prose(source: str) -> bool:
    """Whether a string is rather a text than a path."""
    if "\n" not in source and len(source) < 256 and source.count(" ") < 8:
        return False
    try:
        return not Path(source).expanduser().exists()
    except (OSError, ValueError):
        return True
