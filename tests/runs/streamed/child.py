"""What is killed: `python -m tests.runs.streamed.child MODEL SOURCE PLACE [BYTES]`.

It goes on with what is there, says each block and waits for a line, so that it is never further
than its killer knows. With BYTES no file may be larger, as on a disk that is full.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from ranvier.errors import DataError

from .tables import in_pieces, small_pieces


def tell(doing: str, rows: int, total: int, share: float) -> None:
    del share
    if doing == "predicting":
        print(rows, total, flush=True)
        sys.stdin.readline()


def main(model: str, source: str, place: str, size: str | None = None) -> None:
    small_pieces()
    if size is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(size), resource.RLIM_INFINITY))
    try:
        in_pieces(Path(model), Path(source), Path(place), resume=True, told=tell)
    except DataError as error:
        print(f"refused: {error}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
