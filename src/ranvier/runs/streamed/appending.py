"""A file that is written bit by bit, beside a record of how far it has come.

FILE.part         what is written so far
FILE.part.json    how much of it counts: bytes, rows, where the next row lies, what it was made of

Bytes are on the disk before the record says so, and the record is replaced as a whole: whenever the
process ends, what the record says is true. What lies after it is cut off when it is gone on with.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from ranvier.errors import CheckpointError, DataError

VERSION = 1


@dataclass(frozen=True)
class Record:
    """How far it has come.

    Attributes:
        made_of: what decides the content, plain data; the same for all parts of one file.
        total: rows that the whole will have.
        rows, bytes: how many are written.
        file, at, skip: the next row lies `skip` rows after a place of the source.
        unreadable: column -> how many of its values were no numbers, and the first.
    """

    made_of: Mapping[str, Any]
    total: int
    rows: int = 0
    bytes: int = 0
    file: int = 0
    at: int = 0
    skip: int = 0
    unreadable: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    version: int = VERSION


class Growing:
    """A file that will be at `place` once it is whole."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.part = place.with_name(f"{place.name}.part")
        self.note = place.with_name(f"{place.name}.part.json")

    def left(self) -> Record | None:
        """What an earlier process left of it; None where there is nothing.

        Raises:
            CheckpointError: something else lies there, or it is damaged.
        """
        try:
            size = self.part.stat().st_size
        except OSError:
            size = None
        record = self._record()
        if record is None:
            if not size:
                return None
            raise CheckpointError(
                f"{self.part} is in the way, with no {self.note.name} that says how to go on with "
                "it: remove it, or choose another file with --out."
            )
        if size is None and (not record.bytes or self.done() is not None):
            return None
        if size is None or size < record.bytes:
            there = "is not there any more" if size is None else f"holds {size:,} bytes"
            raise CheckpointError(
                f"{self.part} {there}, where {record.bytes:,} bytes were written: remove "
                f"{self.note.name} and begin anew."
            )
        return record

    def _record(self) -> Record | None:
        try:
            plain = json.loads(self.note.read_text("utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError) as error:
            raise self._damaged() from error
        if not isinstance(plain, dict):
            raise self._damaged()
        if plain.get("version", VERSION) != VERSION:
            raise CheckpointError(
                f"{self.note} is of another version of Ranvier: go on with that one, or remove it "
                "and begin anew."
            )
        if set(plain) != {f.name for f in fields(Record)}:
            raise self._damaged()
        return Record(**plain)

    def done(self) -> Record | None:
        """The record of a file that is whole: the process ended just before it removed it."""
        record = None if self.part.exists() else self._record()
        if record is None or record.rows != record.total or not self.place.is_file():
            return None
        return record if self.place.stat().st_size == record.bytes else None

    def _damaged(self) -> CheckpointError:
        return CheckpointError(f"{self.note} is damaged: remove it and {self.part.name}.")

    @contextmanager
    def opened(self, record: Record | None) -> Iterator[Appended]:
        """Write on, after what the record says; begin where there is none.

        Nothing is left behind where nothing was recorded.

        Raises:
            CheckpointError: another process writes it.
            DataError: it cannot be written.
        """
        appended = Appended(self, record)
        try:
            yield appended
        finally:
            appended.close()


class Appended:
    """A growing file while it is open.

    Attributes:
        record: what is known to be on the disk; None before the first one.
    """

    def __init__(self, growing: Growing, record: Record | None) -> None:
        self._growing, self.record, self._over = growing, record, False
        self._size = 0 if record is None else record.bytes
        with self._writing():
            # Neither emptied nor cut before the lock: it may be another's.
            self._file = open(growing.part, "ab", buffering=0)  # noqa: SIM115  # closed by `close`
        try:
            self._lock()
            with self._writing():
                self._file.truncate(self._size)
        except BaseException:
            self._file.close()
            raise

    def _lock(self) -> None:
        if sys.platform != "win32":
            import fcntl

            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CheckpointError(
                    f"{self._growing.part} is being written by another process: wait for it, or "
                    "choose another file with --out."
                ) from None
            except OSError:
                pass  # a file system without locks

    def append(self, content: bytes) -> None:
        """Write; it counts once `commit` says so.

        Raises:
            DataError: it cannot be written.
        """
        with self._writing():
            rest = memoryview(content)
            while rest:
                rest = rest[self._file.write(rest) :]
        self._size += len(content)

    @property
    def size(self) -> int:
        """Bytes that are written."""
        return self._size

    @property
    def path(self) -> Path:
        """Where they lie."""
        return self._growing.part

    def commit(self, record: Record) -> None:
        """All that is written counts.

        Raises:
            DataError: it cannot be written.
        """
        with self._writing():
            os.fsync(self._file.fileno())
            draft = self._growing.note.with_name(f".{self._growing.note.name}")
            try:
                with open(draft, "wb") as file:
                    file.write((json.dumps(asdict(record), indent=2) + "\n").encode())
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(draft, self._growing.note)
            finally:
                with contextlib.suppress(OSError):
                    draft.unlink(missing_ok=True)
        self.record = record

    def finish(self) -> None:
        """The file is whole: it gets its name.

        Raises:
            DataError: it cannot be written.
        """
        with self._writing():
            self._file.close()  # some systems rename no file that is open
            os.replace(self._growing.part, self._growing.place)
            self._over = True
            self._growing.note.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of it; of a file of which nothing counts nothing stays."""
        if self.record is None and not self._over:
            with contextlib.suppress(OSError):
                self._growing.part.unlink(missing_ok=True)
        self._file.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            what = f"{self._growing.part} cannot be written ({error.strerror or error})"
            if self.record is None:
                raise DataError(f"{what}: choose another file with --out.") from error
            raise DataError(
                f"{what}: the first {self.record.rows:,} of {self.record.total:,} rows are kept "
                "there; once it can be written, --resume goes on with them."
            ) from error
