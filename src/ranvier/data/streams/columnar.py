"""A file that states the types of its columns, in pieces: Parquet, or Feather (Arrow IPC)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ranvier.data.sources.feather import refuse_first_version
from ranvier.data.streams.places import BEGINNING, InPlaces, Place
from ranvier.errors import DataError

if TYPE_CHECKING:
    import polars as pl

PIECE = 1 << 23  # bytes in memory
# Read at once: a slice of a file decodes whole pages, so that few large ones cost less. The
# batches of polars' own streaming engine would be faster, and take three times the memory.
SLICE = 4


@dataclass(frozen=True)
class Form:
    """One of the two.

    Attributes:
        name: for messages.
        suffixes: of its files.
        scan: polars's function that opens one.
    """

    name: str
    suffixes: tuple[str, ...]
    scan: str


FORMS = (
    Form("Parquet", (".parquet", ".pq"), "scan_parquet"),
    Form("Feather", (".feather", ".arrow", ".ipc"), "scan_ipc"),
)


@dataclass(frozen=True)
class ColumnarTable(InPlaces):
    """A file that is known by what it states of itself.

    Attributes:
        form: which of the two it is.
        path: where it lies.
        schema: its columns and their types.
        rows: how many it has.
    """

    form: Form
    path: Path
    schema: Mapping[str, Any]
    rows: int
    header: bool = True
    notes: tuple[str, ...] = ()

    @classmethod
    def open(cls, path: Path) -> ColumnarTable:
        """Read what the file states of itself.

        Raises:
            DataError: it is no file of its suffix's form, or cut short.
        """
        import polars as pl

        form = next(form for form in FORMS if path.name.lower().endswith(form.suffixes))
        if form.name == "Feather":
            refuse_first_version(path)
        try:
            lazy = getattr(pl, form.scan)(path)
            schema = dict(lazy.collect_schema())
            rows = int(lazy.select(pl.len()).collect().item())
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
            raise _unreadable(form, path) from error
        return cls(form, path, schema, rows)

    @property
    def names(self) -> tuple[str, ...]:
        """Of its columns."""
        return tuple(self.schema)

    @property
    def label(self) -> str:
        """For messages."""
        return self.path.name

    @property
    def row_bytes(self) -> int:
        """About how many bytes a row takes in memory."""
        return sum(8 if dtype.is_numeric() else 32 for dtype in self.schema.values())

    def placed(
        self,
        kinds: Mapping[str, Any] | None = None,
        start: Place = BEGINNING,
        *,
        checked: bool = False,
    ) -> Iterator[tuple[Place, pl.DataFrame]]:
        """The rows from one of them on, each frame with the number of its first row."""
        import polars as pl

        del kinds, checked
        size = max(1, PIECE // max(1, self.row_bytes))
        try:
            for first in range(start.at, self.rows, SLICE * size):
                lazy = getattr(pl, self.form.scan)(self.path)
                rows = lazy.slice(first, SLICE * size).collect()
                for number, frame in enumerate(rows.iter_slices(size)):
                    yield Place(0, first + number * size), frame
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
            raise _unreadable(self.form, self.path) from error


def _unreadable(form: Form, path: Path) -> DataError:
    return DataError(
        f"{path.name} is not a readable {form.name} file (foreign or cut short): write it again."
    )
