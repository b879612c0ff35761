"""In pieces, broken off or not: the bytes of all at once."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

import ranvier as rv
from ranvier.errors import DataWarning
from ranvier.runs import streamed
from ranvier.runs.streamed.blocks import UNIT

from .tables import QUICK, ROWS, at_once, in_pieces, odd_rows, press_once, rows


@pytest.mark.parametrize("suffix", streamed.SUFFIXES)
def test_by_suffix_with_probabilities(suffix: str, classes: Path, tmp_path: Path) -> None:
    rows().write_csv(tmp_path / "big.csv")
    place = tmp_path / f"pieces{suffix}"
    whole = at_once(classes, tmp_path / "big.csv", tmp_path / f"whole{suffix}", proba=True)
    outcome = in_pieces(classes, tmp_path / "big.csv", place, proba=True)
    assert outcome == streamed.Outcome(ROWS, ROWS)
    assert place.read_bytes() == whole
    assert sorted(os.listdir(tmp_path)) == ["big.csv", place.name, f"whole{suffix}"]


def test_columns_that_change_their_kind_far_down(numbers: Path, tmp_path: Path) -> None:
    odd_rows().write_csv(tmp_path / "odd.csv")
    with pytest.warns(DataWarning, match='odd.csv: 17 values are no number in the column "a"'):
        whole = at_once(numbers, tmp_path / "odd.csv", tmp_path / "whole.csv")
    with pytest.warns(DataWarning) as told:
        in_pieces(numbers, tmp_path / "odd.csv", tmp_path / "pieces.csv")
    assert (tmp_path / "pieces.csv").read_bytes() == whole
    assert [str(warning.message) for warning in told] == [
        "odd.csv: 17 values are no number in the column \"a\", such as 'oops': predictions use "
        "its missing value."
    ]


def _latin(path: Path) -> None:
    """Text that is not UTF-8, which shows far down only."""
    late = pl.int_range(pl.len()) > ROWS * 0.8
    names = pl.when(late).then(pl.col("name")).otherwise(pl.col("city"))
    content = rows().with_columns(name=names).write_csv().encode("cp1252")
    path.write_bytes(content)


def _empty_rows(path: Path) -> None:
    lines = rows().write_csv().splitlines()
    lines[3000:3000] = ["," * lines[0].count(",")]
    lines[6000:6000] = [""]
    path.write_text("\r\n".join(lines))


SOURCES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "text": ("big.csv", lambda path: rows().write_csv(path)),
    "tabs": ("big.tsv", lambda path: rows().write_csv(path, separator="\t")),
    "mark": ("big.csv", lambda path: rows().write_csv(path, include_bom=True)),
    "gzip": ("big.csv.gz", lambda path: path.write_bytes(
        gzip.compress(rows().write_csv().encode()))),
    "UTF-16": ("big.csv", lambda path: path.write_text(rows().write_csv(), "utf-16")),
    "Windows-1252": ("big.csv", _latin),
    "old Macintosh": ("big.csv", lambda path: path.write_bytes(
        rows().write_csv().replace("\n", "\r").encode())),
    "decimal commas": ("big.csv", lambda path: rows().write_csv(
        path, separator=";", decimal_comma=True)),
    "empty rows": ("big.csv", _empty_rows),
    "Parquet": ("big.parquet", lambda path: rows().write_parquet(path, row_group_size=1000)),
    "Feather": ("big.feather", lambda path: rows().write_ipc(path)),
}  # fmt: skip


@pytest.mark.parametrize("kind", SOURCES)
def test_broken_off_by_ctrl_c_and_gone_on_with(kind: str, numbers: Path, tmp_path: Path) -> None:
    name, write = SOURCES[kind]
    source, place = tmp_path / name, tmp_path / "pieces.csv"
    write(source)
    whole = at_once(numbers, source, tmp_path / "whole.csv")
    outcome = in_pieces(numbers, source, place, told=press_once)
    assert outcome == streamed.Outcome(UNIT, ROWS)
    assert outcome.interrupted
    assert not place.exists()
    told: list[tuple[str, int, int]] = []
    outcome = in_pieces(
        numbers, source, place, resume=True, told=lambda *words: told.append(words[:3])
    )
    assert outcome == streamed.Outcome(ROWS, ROWS)
    assert place.read_bytes() == whole
    assert told[0] == ("resumed", UNIT, ROWS)
    assert [at for doing, at, _ in told if doing == "predicting"] == [2 * UNIT, 3 * UNIT, ROWS]
    assert "reading" not in [doing for doing, _, _ in told]  # what is known is not read again
    assert sorted(os.listdir(tmp_path)) == sorted([name, "pieces.csv", "whole.csv"])


def test_a_folder_is_one_table_in_the_order_of_names(numbers: Path, tmp_path: Path) -> None:
    table, folder = rows(), tmp_path / "days"
    folder.mkdir()
    table.write_csv(tmp_path / "all.csv")
    for number, first in enumerate(range(0, ROWS, 3000)):
        table[first : first + 3000].write_csv(folder / f"{number}.csv")
    place = tmp_path / "pieces.csv"
    assert in_pieces(numbers, folder, place, told=press_once).interrupted
    in_pieces(numbers, folder, place, resume=True)
    assert place.read_bytes() == at_once(numbers, tmp_path / "all.csv", tmp_path / "whole.csv")


def test_what_an_autoencoder_says(tmp_path: Path) -> None:
    table, model = rows().drop("name"), tmp_path / "codes.ranvier"
    settings = {**QUICK, "hidden": (), "dimensions": 2}
    rv.Autoencoder(**settings).fit(table[:400]).save(model)
    table.write_parquet(tmp_path / "big.parquet")
    in_pieces(model, tmp_path / "big.parquet", tmp_path / "pieces.csv")
    whole = at_once(model, tmp_path / "big.parquet", tmp_path / "whole.csv")
    assert (tmp_path / "pieces.csv").read_bytes() == whole
    assert whole.startswith(b"z1,z2,oddness\n")


def test_a_missing_column_is_said_once(numbers: Path, tmp_path: Path) -> None:
    rows().drop("gaps").write_csv(tmp_path / "less.csv")
    with pytest.warns(DataWarning) as told:
        in_pieces(numbers, tmp_path / "less.csv", tmp_path / "pieces.csv")
    assert [str(warning.message) for warning in told] == [
        'less.csv has no column "gaps": predictions use its missing value.'
    ]
    with pytest.warns(DataWarning):
        whole = at_once(numbers, tmp_path / "less.csv", tmp_path / "whole.csv")
    assert (tmp_path / "pieces.csv").read_bytes() == whole


def test_values_that_are_no_numbers_are_counted_over_both_parts(
    numbers: Path, tmp_path: Path
) -> None:
    table = rows().with_columns(pl.col("a").cast(pl.String))
    wrong = pl.int_range(pl.len()) % 1000 == 7
    table = table.with_columns(a=pl.when(wrong).then(pl.lit("?!")).otherwise("a"))
    table.write_csv(tmp_path / "big.csv")
    place = tmp_path / "pieces.csv"
    in_pieces(numbers, tmp_path / "big.csv", place, told=press_once)
    with pytest.warns(DataWarning, match=r"9 values are no number .* such as '\?!'"):
        in_pieces(numbers, tmp_path / "big.csv", place, resume=True)
