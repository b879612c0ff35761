"""Pictures that are files: read once, all together, when the first row is asked for."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from ranvier.data.pictures import stored, workers
from ranvier.data.pictures.form import Form
from ranvier.data.pictures.jobs import Done, Job
from ranvier.data.pictures.listing import printable
from ranvier.data.pictures.rows import Rows
from ranvier.data.pictures.telling import listener
from ranvier.errors import DataError

Array = np.ndarray[Any, Any]
VERSION = 1  # goes up when the same files give other numbers
MAX_BYTES = 2 << 30  # of numbers that a map may bring into memory
JOB_FILES, JOB_BYTES = 512, 16 << 20  # read by one worker at a time


@dataclass(frozen=True, eq=False)
class Files:
    """Paths, with what tells whether a file is still the same.

    Attributes:
        paths: of the files.
        names: as they are called in messages, such as "photos/cats/0017.jpg".
    """

    paths: tuple[str, ...]
    names: tuple[str, ...]

    @classmethod
    def below(cls, top: str | Path, paths: Iterable[str]) -> Files:
        """Files of a folder, called by their way from it: "photos/cats/0017.jpg"."""
        paths = tuple(paths)
        start = len(os.path.dirname(str(top).rstrip(os.sep)))
        return cls(paths, tuple(printable(path[start:].lstrip(os.sep)) for path in paths))

    @cached_property
    def status(self) -> Array:
        """int64 (N, 3): bytes, times of the content's and of any change; -1 without a file."""
        return np.array([_status(path) for path in self.paths], np.int64).reshape(-1, 3)

    def key(self, *more: object) -> str:
        """The name under which what was made of these files is kept."""
        digest = hashlib.sha256(repr((VERSION, *more)).encode())
        here = "" if os.path.isabs(self.paths[0]) else os.getcwd()
        digest.update("\0".join((here, *self.paths)).encode(errors="surrogateescape"))
        digest.update(self.status.tobytes())
        return digest.hexdigest()[:32]

    def jobs(self, rows: Sequence[int] | None = None, **how: Any) -> list[Job]:
        """The files in portions for the workers; with `rows`, some files, one by one."""
        sizes = np.maximum(self.status[:, 0], 0)
        if rows is not None:
            return [Job(row, (self.paths[row],), (int(sizes[row]),), **how) for row in rows]
        cost = np.cumsum(sizes + JOB_BYTES // JOB_FILES)
        edges = np.flatnonzero(np.diff(cost // JOB_BYTES)) + 1
        bounds = [0, *edges.tolist(), len(self.paths)]
        return [
            Job(low, self.paths[low:high], tuple(sizes[low:high].tolist()), **how)
            for low, high in pairwise(bounds)
        ]


def _status(path: str) -> tuple[int, int, int]:
    try:
        status = os.stat(path)
    except OSError:
        return -1, -1, -1
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns


@dataclass(eq=False)
class FilePixels:
    """The rows of picture files (or recordings), uint8.

    Attributes:
        files: where they are.
        form: what each is brought to.
        skipped: rows that cannot be read and that nobody asks for; they are black.
        max_bytes: of all rows; above, they are read from disk row by row and never mapped.
    """

    files: Files
    form: Form
    skipped: frozenset[int] = frozenset()
    max_bytes: int = MAX_BYTES
    _rows: Rows | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.files.paths)

    @property
    def dtype(self) -> np.dtype[Any]:
        """uint8."""
        return np.dtype(np.uint8)

    @property
    def row_bytes(self) -> int:
        """Of one row."""
        return int(np.prod(self.form.shape))

    def read(self) -> None:
        """Decode all files, unless that was done before, now or in an earlier run.

        Raises:
            DataError: a file cannot be read, or there is no room.
        """
        self.open()
        self.check()

    def open(self) -> stored.Stored:
        """As `read`, whatever may be wrong with the files."""
        if self._rows is None:
            key = self.files.key(self.form)
            found = stored.find(key, len(self), self.row_bytes)
            self._rows = Rows(
                found or self._decoded(key), len(self), self.form.shape, self.max_bytes
            )
        return self._rows.stored

    def check(self) -> None:
        """Refuse the first file that cannot be read and is not among the skipped."""
        problems = self.open().problems
        bad = sorted(set(problems) - self.skipped)
        if bad:
            raise DataError(complaint(self.files, bad[0], problems[bad[0]], len(bad)))

    def take(self, rows: Array, out: Array | None = None) -> Array:
        """The rows with these numbers, written to `out` if given."""
        if self._rows is None:
            self.read()
        assert self._rows is not None
        return self._rows.take(np.asarray(rows), out)

    def within(self, size: int) -> FilePixels:
        """The same files, read row by row from disk where they take more bytes than that."""
        return FilePixels(self.files, self.form, self.skipped, size)

    def formed(self, form: Form) -> FilePixels:
        """The same files in another form."""
        if form.kind != self.form.kind:
            raise DataError(f"{form.kind.capitalize()}s are expected, not {self.form.kind}s.")
        return FilePixels(self.files, form, self.skipped, self.max_bytes)

    def _decoded(self, key: str) -> stored.Stored:
        seen = np.zeros((len(self), 4), np.int32)
        problems: dict[int, str] = {}
        done, told = 0, listener()

        def report(part: Done) -> None:
            nonlocal done
            seen[part.first : part.first + len(part.seen)] = part.seen
            problems.update(part.problems)
            done += len(part.seen)
            if told is not None:
                told(done, len(self))

        size = len(self) * self.row_bytes
        with stored.writing(size) as path:
            try:
                workers.run(self.files.jobs(form=self.form, out=str(path)), report)
                return stored.keep(path, key, seen, problems, self.row_bytes)
            except OSError as error:
                raise stored.no_room(path, size, error) from error


def complaint(files: Files, row: int, reason: str, bad: int) -> str:
    """Which file cannot be used and why, and what would help."""
    return (
        f"{files.names[row]} {reason}. {bad:,} of {len(files.paths):,} files. "
        "Leave such files out with --on-error skip."
    )
