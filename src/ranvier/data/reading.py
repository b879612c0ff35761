"""`read`: from a name, a path or anything in memory to a Dataset with held-out rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data import builtin
from ranvier.data.checks import check_frame, check_lengths, check_target, missing_mask
from ranvier.data.corpus import Corpus
from ranvier.data.dataset import Dataset
from ranvier.data.pictures import Pictures
from ranvier.data.splitting import TEST_FRACTION, split
from ranvier.data.step_labels import StepLabels
from ranvier.data.targets import default_target, part
from ranvier.data.whole import Whole
from ranvier.errors import DataError, TargetError, nearest

if TYPE_CHECKING:
    import polars as pl

ROW = "\0row"  # a column's name that no file has


def read(
    source: Any,
    *,
    target: str | Sequence[str] | None = None,
    test_fraction: float | None = None,
    seed: int = 0,
    on_error: str = "stop",
    series: str | None = None,
    time: str | None = None,
) -> Dataset:
    """Read data, part the target from the inputs, and hold rows out for testing.

    Args:
        source: the name of a built-in set ("digits", "iris", ...); the path of a .csv, .tsv, .txt
            (each also .gz), .parquet, .feather, .npz, IDX or .ts file; a folder of pictures, of
            .wav or of .txt files; a .txt or .md file that is no table, a text to learn a language
            from; a pandas, polars or pyarrow frame; a 2-D array, a list of rows
            or a sparse matrix; pictures as an array of three or four axes; a list of texts; or a
            Dataset.
        target: the column to predict, or several of them. None takes the one column called
            target, label, class or y; else the last column, unless that is an identifier, a
            date, free text or one value, or the file has no header. An empty list takes none: all
            columns are inputs, and a target that the source itself brings stays beside them.
        test_fraction: the share of rows held out as `.test`, classes in proportion; 0 holds
            nothing out. None: 0.2; of a text whose lines follow one another its last tenth.
        seed: chooses which rows are held out; the same seed always chooses the same.
        on_error: what a file in a folder that cannot be read does: "stop" names it, "skip"
            leaves it out.
        series: of a long table, which has a row for each step: the column that tells whose step
            it is. Each series is one example then: a sequence of all columns of numbers. A target
            that is the same in all of its rows is the series'; one that changes is a label for
            each step.
        time: of a long table: the column that orders a series' rows; None: as they come.

    Returns:
        A Dataset. Rows without a target are left out; `.notes` says how many.

    Raises:
        DataError: the source cannot be read, with the reason and the nearest names.
        TargetError: the target is not there, or it is not clear which column it is.

    Example:
        >>> import ranvier
        >>> iris = ranvier.read("iris")
        >>> iris
        <Dataset iris: 150 rows · 4 columns · target species · 30 rows held out>
        >>> len(iris.train), len(iris.test)
        (120, 30)
        >>> table = {"size": [1, 2, 3, 4], "price": [10.0, 20.0, 30.0, 40.0]}
        >>> import polars
        >>> ranvier.read(polars.DataFrame(table), target="price", test_fraction=0.25)
        <Dataset 4 rows · 1 column · target price · 1 row held out>
    """
    if test_fraction is not None and not 0 <= test_fraction < 1:
        raise DataError(f"test_fraction must lie in [0, 1), not {test_fraction!r}: 0.2 is usual.")
    examples = without_split(source, target=target, on_error=on_error, series=series, time=time)
    if test_fraction == 0:
        return replace(examples, test_rows=None)
    if examples.test_rows is not None:  # the source brought its own
        return examples
    if isinstance(examples.inputs, Corpus) and examples.inputs.joined:
        rows = examples.inputs.last(test_fraction)
    else:
        fraction = TEST_FRACTION if test_fraction is None else test_fraction
        rows = split(len(examples), fraction, seed, _labels(examples.target))
    if examples.valid_rows is not None:  # those are not held out a second time
        rows = np.setdiff1d(rows, examples.valid_rows)
    return replace(examples, test_rows=rows if len(rows) else None)


def without_split(
    source: Any,
    *,
    target: str | Sequence[str] | None = None,
    on_error: str = "stop",
    series: str | None = None,
    time: str | None = None,
) -> Dataset:
    """What `read` does before rows are held out."""
    from ranvier.data.sources import load_file, load_object

    if time is not None and series is None:
        raise DataError(
            "time= orders the rows of each series: name the column that tells them apart with "
            "series=, or use ranvier.read_series to forecast."
        )
    if isinstance(source, Dataset):
        if series is not None:
            raise _no_long("A Dataset")
        if target and tuple(target_list(target)) != source.target_names:
            raise TargetError("A Dataset has its target already: pass the frame it came from.")
        return source
    name = ""
    if isinstance(source, (str, Path)):
        path = Path(source).expanduser()
        if isinstance(source, str) and source in builtin.NAMES and not path.is_file():
            if series is not None:
                raise _no_long(source)
            return _builtin(source, target)
        name = path.name
        if isinstance(source, str) and not path.exists() and path.name == path.stem == source:
            hint = nearest(source, (*builtin.NAMES, *(p.name for p in Path().iterdir())))
            raise DataError(
                f'"{source}" is neither a file nor a built-in set ({", ".join(builtin.NAMES)}).'
                f"{hint}"
            )
        loaded = load_file(path, on_error)
    else:
        loaded = load_object(source)
    if series is not None:
        if loaded.target is not None or isinstance(loaded.inputs, (np.ndarray, Whole)):
            raise _no_long(name or "This")
        return _long(loaded.inputs, target_list(target), series, time or "", name, loaded.notes)
    if target and isinstance(loaded.inputs, Corpus) and loaded.inputs.joined:
        from ranvier.data.sources import books

        loaded = books.read_as_table(Path(source).expanduser())
    unnamed = not loaded.header and not isinstance(source, (str, Path))
    brought = loaded.target is not None and tuple(target_list(target)) == loaded.target_names
    if brought or (loaded.target is not None and not target):
        return _with_target(
            Dataset(loaded.inputs, loaded.target, loaded.target_names, name,
                    test_rows=loaded.test_rows, notes=loaded.notes, unnamed=unnamed,
                    valid_rows=loaded.valid_rows)
        )  # fmt: skip
    if isinstance(loaded.inputs, Whole) and loaded.inputs.beside is None:
        if target:
            raise TargetError(
                f"{name or f'These {loaded.inputs.kind}s'} have no columns: leave target= out."
            )
        return Dataset(loaded.inputs, name=name, notes=loaded.notes)
    frame, pictures, notes = _frame(Dataset(loaded.inputs, name=name)), None, loaded.notes
    if isinstance(source, (str, Path)) and not isinstance(loaded.inputs, np.ndarray):
        pictures, more = with_pictures(frame, Path(source).expanduser().parent, on_error)
        if pictures is not None:
            frame, notes = pictures.beside.with_row_index(ROW), notes + more
    check_frame(frame)
    wanted = target_list(target)
    if target is None:
        wanted = [default_target(frame, header=loaded.header, name=name)]
    if not wanted:
        whole = loaded.inputs if isinstance(loaded.inputs, np.ndarray) else frame
        return Dataset(whole if pictures is None else pictures, name=name, notes=notes,
                       unnamed=unnamed)  # fmt: skip
    rest, values, lost = part(frame, wanted, source=name)
    inputs: Any = rest.to_numpy() if isinstance(loaded.inputs, np.ndarray) else rest
    if pictures is not None:
        kept, rest = pictures[rest[ROW].to_numpy()], rest.drop(ROW)
        inputs = replace(kept, beside=rest if rest.width else None)
    checked = check_target(values)
    return Dataset(inputs, checked, tuple(wanted), name, notes=notes + lost, unnamed=unnamed)


def _no_long(what: str) -> DataError:
    return DataError(f"{what} is no long table with columns of its own: leave series= out.")


def _long(
    frame: pl.DataFrame,
    targets: list[str],
    series: str,
    time: str,
    name: str,
    notes: tuple[str, ...],
) -> Dataset:
    """A long table, a row for each step, as sequences."""
    from ranvier.data.sequences.long import LongColumns
    from ranvier.data.sequences.long_targets import part_long

    check_frame(frame)
    label = name or "the table"
    if not targets:
        rest = frame.drop([c for c in (series, time) if c in frame.columns])
        targets = [default_target(rest, header=True, name=name)]
    sequences, values, said = part_long(frame, targets, LongColumns(series, time), label)
    if not isinstance(values, StepLabels):
        values = check_target(values)
    return Dataset(sequences, values, tuple(targets), name, notes=notes + said)


def with_pictures(frame: pl.DataFrame, folder: Path, on_error: str) -> tuple[Any, tuple[str, ...]]:
    """The pictures that a column of paths leads to, their `beside` the other columns; and notes.

    None where no column does.
    """
    from ranvier.data.pictures.columns import pictures_in

    found = pictures_in(frame, folder, on_error)
    if found is None:
        return None, ()
    pictures, _, notes = found
    return pictures, notes


def target_list(target: str | Sequence[str] | None) -> list[str]:
    """The names of the target's columns; empty where none is named."""
    if target is None:
        return []
    if isinstance(target, str):
        return [target]
    if not isinstance(target, Sequence) or not all(isinstance(name, str) for name in target):
        raise TargetError(f"target must be a column's name, or several in a list; got {target!r}.")
    return list(target)


def _frame(examples: Dataset) -> Any:
    if not isinstance(examples.inputs, np.ndarray):
        return examples.inputs
    import polars as pl

    return pl.DataFrame(examples.inputs, schema=list(examples.columns), orient="row")


def _builtin(name: str, target: str | Sequence[str] | None) -> Dataset:
    examples = builtin.load(name)
    if target and tuple(target_list(target)) != examples.target_names:
        own = examples.target_names[0]
        raise TargetError(f'{name} is read with its own target, "{own}": leave target= out.')
    return examples


def _with_target(examples: Dataset) -> Dataset:
    """Check a target that the source brought; rows without one are left out."""
    assert examples.target is not None
    check_lengths(len(examples), y=len(examples.target))
    if isinstance(examples.target, Pictures):
        return examples
    if not isinstance(examples.inputs, (np.ndarray, Whole)):
        check_frame(examples.inputs)
    missing = np.any(
        missing_mask(examples.target).reshape(len(examples), -1), axis=1, keepdims=True
    )
    missing = missing.reshape(-1)
    if missing.all():
        raise TargetError(
            f"The target in {examples.name} has no value in any row: there is nothing to learn."
        )
    if missing.any():
        note = f"{int(missing.sum()):,} rows without a target are not used"
        held = None
        if examples.test_rows is not None:
            mask = np.zeros(len(examples), dtype=bool)
            mask[examples.test_rows] = True
            held = np.flatnonzero(mask[~missing])
        kept = examples.take(~missing)
        examples = replace(kept, test_rows=held, notes=(*kept.notes, note))
    assert examples.target is not None
    target = examples.target
    if target.ndim == 2 and target.shape[1] == 1:  # the file's form, not the caller's mistake
        target = target.reshape(-1)
    return replace(examples, target=check_target(target))


def _labels(target: Any) -> np.ndarray[Any, Any] | None:
    """The classes to keep in proportion; None for regression and multilabel."""
    if target is None or isinstance(target, (Pictures, StepLabels)) or target.ndim != 1:
        return None
    from ranvier.tasks import decide

    try:
        kind = decide(target).task.kind
    except DataError:  # said when training begins, with the task that was asked for
        return None
    if kind not in ("binary", "multiclass"):
        return None
    return np.asarray(target.astype(str)) if target.dtype.kind == "O" else target
