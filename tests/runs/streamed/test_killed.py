"""A process that is killed, or whose disk is full, loses nothing that it wrote down."""

from __future__ import annotations

import contextlib
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from ranvier.runs import streamed
from ranvier.runs.streamed.blocks import UNIT

from .tables import at_once, in_pieces, rows

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and limits of POSIX")
ROOT = Path(__file__).parents[3]
MANY = 10 * UNIT + 5


def child(*words: Path | int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.runs.streamed.child", *map(str, words)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def killed(block: int, *words: Path) -> None:
    """Kill a child without warning, a moment after it has predicted so many blocks."""
    process = child(*words)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        for _ in range(block):
            assert process.stdout.readline(), "it ended by itself"
            process.stdin.write("\n")
            process.stdin.flush()
        with contextlib.suppress(subprocess.TimeoutExpired):  # it goes on meanwhile
            process.wait(random.random() * 0.05)
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


@pytest.mark.parametrize("name", ["big.csv", "big.parquet"])
def test_killed_twice_and_gone_on_with(name: str, numbers: Path, tmp_path: Path) -> None:
    source, place = tmp_path / name, tmp_path / "pieces.csv"
    table = rows(MANY)
    table.write_csv(source) if name.endswith("csv") else table.write_parquet(source)
    killed(2, numbers, source, place)
    killed(3, numbers, source, place)
    record = json.loads((tmp_path / "pieces.csv.part.json").read_text())
    part = (tmp_path / "pieces.csv.part").read_bytes()
    assert record["rows"] >= 3 * UNIT
    assert part[: record["bytes"]].count(b"\n") == record["rows"] + 1  # the header
    with open(tmp_path / "pieces.csv.part", "ab") as file:
        file.write(b"half a li")  # as if the system had stopped in the middle of a write
    assert in_pieces(numbers, source, place, resume=True) == streamed.Outcome(MANY, MANY)
    assert place.read_bytes() == at_once(numbers, source, tmp_path / "whole.csv")


def test_killed_just_before_the_end(numbers: Path, tmp_path: Path) -> None:
    source, place = tmp_path / "big.csv", tmp_path / "pieces.csv"
    rows().write_csv(source)
    note = tmp_path / "pieces.csv.part.json"

    def stop(doing: str, *_: object) -> None:
        if doing == "predicting":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        in_pieces(numbers, source, place, told=stop)
    record = json.loads(note.read_text())
    assert (record["rows"], record["bytes"]) == (0, 0)
    in_pieces(numbers, source, place, resume=True)
    # The file has its name, and the record is still there.
    record |= {"rows": record["total"], "bytes": place.stat().st_size}
    note.write_text(json.dumps(record))
    before = place.stat()
    outcome = in_pieces(numbers, source, place, resume=True)
    assert outcome == streamed.Outcome(record["total"], record["total"])
    assert place.stat().st_mtime_ns == before.st_mtime_ns
    assert not note.exists()


def test_a_full_disk(numbers: Path, tmp_path: Path) -> None:
    source, place = tmp_path / "big.csv", tmp_path / "pieces.csv"
    rows().write_csv(source)
    whole = at_once(numbers, source, tmp_path / "whole.csv")
    process = child(numbers, source, place, len(whole) * 2 // 3)
    said, _ = process.communicate()
    assert f"refused: {place}.part cannot be written (" in said.splitlines()[-1]
    assert said.rstrip().endswith(
        f"the first {2 * UNIT:,} of {4 * UNIT + 100:,} rows are kept there; once it can be "
        "written, --resume goes on with them."
    )
    in_pieces(numbers, source, place, resume=True)
    assert place.read_bytes() == whole
