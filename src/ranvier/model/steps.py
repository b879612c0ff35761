"""Data as a family takes it that goes through each row step by step: sequences, or texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ranvier.data import Dataset
from ranvier.data.corpus import Corpus
from ranvier.data.pictures import Pictures
from ranvier.data.pictures.form import SIGNAL
from ranvier.data.sequences import Sequences
from ranvier.data.sequences.long import LongColumns, grouped
from ranvier.data.sequences.long_words import grouped_words
from ranvier.data.steps import StepForm
from ranvier.data.texts import Texts
from ranvier.data.whole import Whole
from ranvier.errors import DataError, nearest
from ranvier.preprocessing.columns import recognise
from ranvier.preprocessing.matching import made_up

if TYPE_CHECKING:
    import polars as pl

FEWEST_WORDS = 2.0  # on average, of a column that is different in every row, to be read as text
SHOWN = 3  # columns named in a message


def as_steps(
    examples: Dataset, model: str, form: StepForm | None = None, *, pairs: bool = False
) -> Dataset:
    """Examples whose inputs are texts or sequences.

    Args:
        examples: texts, sequences or signals; a table with columns of free text, whose other
            columns stay beside them; or a table of numbers, of which each column is a step.
        model: the class's name, for messages.
        form: of the rows in training; None when they train.
        pairs: whether two columns of texts are pairs when they train; else, and where there are
            more, the texts of a row are joined, one below the other.

    Raises:
        DataError: pictures, a table without text that holds other things than numbers, or rows
            of another kind than in training.
    """
    inputs, notes = _inputs(examples, model, form, pairs if form is None else form.pairs)
    if isinstance(inputs, Texts):
        inputs = _as_told(inputs, model, form, pairs)
    if form is not None and inputs.kind != form.kind:
        raise DataError(
            f"This {model} learned from {form.kind}s, and the rows are {inputs.about}: pass "
            f"{form.kind}s."
        )
    told = notes if form is None else ()
    return replace(
        examples, inputs=inputs, notes=(*examples.notes, *told), unnamed=inputs.beside is None
    )


def _as_told(texts: Texts, model: str, form: StepForm | None, pairs: bool) -> Texts:
    """Pairs where the family takes such; and words where each has an answer."""
    if form is None:
        return texts if pairs else texts.joined_pairs
    if form.pairs and texts.second is None:
        raise DataError(
            f"This {model} learned from pairs of texts, and the rows are single ones: pass a list "
            "of tuples of two texts, or a table with both columns."
        )
    if texts.second is not None and not form.pairs:
        raise DataError(
            f"This {model} learned from single texts, and the rows are pairs: pass a list of texts."
        )
    return texts.by_words if form.words else replace(texts, words=None)


def free_text(frame: pl.DataFrame) -> tuple[str, ...]:
    """The columns that a table's model would leave out as free text; or a table's only column.

    The only column of a table counts where it holds any text.
    """
    import polars as pl

    strings = [name for name in frame.columns if frame[name].dtype == pl.String]
    if frame.width == 1:
        return tuple(strings)
    return tuple(name for name in strings if recognise(frame[name]).kind == "text")


def text_columns(frame: pl.DataFrame) -> tuple[str, ...]:
    """The columns of free text; without any, those of a few words, different in every row."""
    import polars as pl

    found = free_text(frame)
    if found:
        return found
    return tuple(
        str(series.name)
        for series in frame.iter_columns()
        if series.dtype == pl.String
        and recognise(series).kind == "identifier"
        and _is_worded(series)
    )


def _is_worded(series: pl.Series) -> bool:
    words = series.drop_nulls().str.count_matches(r"\S+").mean()
    return isinstance(words, float) and words >= FEWEST_WORDS


def _inputs(
    examples: Dataset, model: str, form: StepForm | None, pairs: bool
) -> tuple[Texts | Sequences, tuple[str, ...]]:
    inputs = examples.inputs
    if isinstance(inputs, Corpus):  # whose rows are asked for an answer each
        return inputs.plain(), ()
    if isinstance(inputs, (Texts, Sequences)):
        return inputs, ()
    if isinstance(inputs, Pictures):
        return _of_signals(inputs, examples.name, model)
    if isinstance(inputs, Whole):
        raise DataError(f"{model} takes sequences and texts, and these are {inputs.about}.")
    if isinstance(inputs, np.ndarray):
        return Sequences.of(inputs), (f"each of the {inputs.shape[1]:,} columns is a step",)
    if form is not None and form.sources:
        return _as_in_training(inputs, examples.name, form)
    texts = text_columns(inputs)
    if texts:
        return _of_texts(inputs, texts, pairs=pairs)
    return _of_numbers(inputs, examples.name, model)


def _of_signals(pictures: Pictures, name: str, model: str) -> tuple[Sequences, tuple[str, ...]]:
    if pictures.form.kind != SIGNAL:
        raise DataError(
            f"{model} goes through sequences and texts, and {name or 'the array'} holds "
            f"{pictures.about}: use model='cnn', which sees each as a whole."
        )
    sequences = Sequences.of(np.asarray(pictures))
    names = None if pictures.names is None else tuple(map(pictures.name_of, range(len(pictures))))
    return replace(sequences, names=names, beside=pictures.beside), ()


def _of_texts(
    frame: pl.DataFrame, names: Sequence[str], *, beside: bool | None = None, pairs: bool = False
) -> tuple[Texts, tuple[str, ...]]:
    """The texts of some columns, and the others beside; `beside` tells whether these are used."""
    import polars as pl

    rest = frame.drop(names)
    if beside is None:
        beside = any(recognise(series).used for series in rest.iter_columns())
    paired = pairs and len(names) == 2
    first, second = names if paired else ("", "")
    joined = frame.select(
        pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in names],
                      separator="\n").alias("text")
    )["text"]  # fmt: skip
    listed = ", ".join(names)
    words = f"the text is the column {listed}"
    if paired:
        words = f"the texts are pairs, of the columns {listed}"
    elif len(names) > 1:
        words = f"the text is the columns {listed}, one below the other"
    if rest.width and not beside:
        words += f"; not used: {', '.join(rest.columns[:SHOWN])}"
        words += ", ..." if rest.width > SHOWN else ""
    texts = Texts(joined, beside=rest if beside else None, sources=tuple(names))
    if paired:
        both = (frame[name].cast(pl.String).fill_null("") for name in (first, second))
        texts = replace(texts, values=next(both), second=next(both))
    return texts, (words,)


def _of_numbers(frame: pl.DataFrame, name: str, model: str) -> tuple[Sequences, tuple[str, ...]]:
    odd = [column for column in frame.columns if not frame[column].dtype.is_numeric()]
    if odd:
        raise DataError(
            f"{model} goes through texts, or through columns of numbers step by step, and the "
            f"column \"{odd[0]}\" of {name or 'the table'} is neither: use model='fcnn' for "
            "tables, or leave such columns out."
        )
    return replace(Sequences.of(_steps(frame)), sources=tuple(frame.columns)), (
        f"each of the {frame.width:,} columns is a step: {frame.columns[0]} first, "
        f"{frame.columns[-1]} last",
    )


def _steps(frame: pl.DataFrame) -> np.ndarray:
    """float32 (N, steps), NaN for missing."""
    import polars as pl

    return frame.cast(pl.Float32).to_numpy()


def _as_in_training(
    frame: pl.DataFrame, name: str, form: StepForm
) -> tuple[Texts | Sequences, tuple[str, ...]]:
    """The columns of training, by name; by position where the names were made up."""
    given, names = frame.columns, form.sources
    if form.series:
        columns = LongColumns(form.series, form.time, names)
        if form.kind == "text":
            return grouped_words(frame, columns, name or "the table")[0], ()
        return grouped(frame, columns, name or "the table")[0], ()
    if form.kind == "sequence" and len(given) == len(names) and (made_up(given) or made_up(names)):
        frame = frame.rename(dict(zip(given, names, strict=True)))
    missing = [column for column in names if column not in frame.columns]
    if missing:
        what = "texts" if form.kind == "text" else "steps"
        raise DataError(
            f'{name or "The table"} has no column "{missing[0]}", which held the {what} in '
            f"training.{nearest(missing[0], given)}"
        )
    if form.kind == "text":
        return _of_texts(frame, names, beside=form.beside, pairs=form.pairs)
    rows = frame.select(names)
    odd = [column for column in names if not rows[column].dtype.is_numeric()]
    if odd:
        raise DataError(f'Column "{odd[0]}" must hold numbers, as in training: repair it.')
    return replace(Sequences.of(_steps(rows)), sources=names), ()
