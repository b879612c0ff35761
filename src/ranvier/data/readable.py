"""What goes wrong with a file that is to be read, in one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ranvier.errors import DataError


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Inside, the system's own errors become one of ours.

    Raises:
        DataError: permission was denied, or the file cannot be read.
    """
    try:
        yield
    except PermissionError:
        raise DataError(
            f"{path} may not be read: permission was denied; "
            "change its permissions, or read a copy."
        ) from None
    except OSError as error:
        raise DataError(
            f"{path} cannot be read: {error.strerror or error}; read a copy."
        ) from error
