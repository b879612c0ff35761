"""Reading goes on from the place of any piece."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from ranvier.data.sources import load_file
from ranvier.data.streams import kinds
from ranvier.data.streams.census import Census, take_census
from ranvier.data.streams.tables import open_table, share_before
from ranvier.errors import DataError
from tests.streams.tables import frame

TABLE = frame(900).with_columns(pl.col("city").replace("Ee", "Éé"))
WRITERS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "text": ("a.csv", TABLE.write_csv),
    "mark": ("a.csv", lambda path: TABLE.write_csv(path, include_bom=True)),
    "blank first": ("a.csv", lambda path: path.write_text("\n\n" + TABLE.write_csv())),
    "gzip": ("a.csv.gz", lambda path: path.write_bytes(gzip.compress(TABLE.write_csv().encode()))),
    "UTF-16": ("a.csv", lambda path: path.write_text(TABLE.write_csv(), "utf-16")),
    "UTF-16, blank first": (
        "a.csv", lambda path: path.write_text("\n\n" + TABLE.write_csv(), "utf-16")),
    "UTF-16, big end first": (
        "a.csv", lambda path: path.write_bytes(
            b"\xfe\xff" + TABLE.write_csv().encode("utf-16-be"))),
    "Windows-1252": ("a.csv", lambda path: path.write_text(TABLE.write_csv(), "cp1252")),
    "old Macintosh": ("a.csv", lambda path: path.write_bytes(
        TABLE.write_csv().replace("\n", "\r").encode())),
    "Parquet": ("a.parquet", lambda path: TABLE.write_parquet(path, row_group_size=100)),
    "Feather": ("a.feather", TABLE.write_ipc),
}  # fmt: skip


@pytest.mark.parametrize("kind", WRITERS)
def test_from_each_place_the_rest(kind: str, tmp_path: Path) -> None:
    name, write = WRITERS[kind]
    write(tmp_path / name)
    census = take_census(open_table(tmp_path / name))
    again = Census.from_plain(open_table(tmp_path / name), census.to_plain())
    assert dict(again.kinds) == dict(census.kinds)
    whole = load_file(tmp_path / name).inputs
    assert isinstance(whole, pl.DataFrame)
    assert census.rows == len(whole)
    pieces = list(census.table.placed(census.kinds))
    assert len(pieces) > 3
    share = share_before(census.table)
    before, shares = 0, []
    for place, piece in pieces:
        rest = [again.typed(frame) for _, frame in again.table.placed(again.kinds, place)]
        assert pl.concat(rest).equals(whole[before:])
        before += piece.height
        shares.append(share(place))
    assert shares == sorted(shares)
    assert 0 <= shares[0] <= shares[-1] <= 1
    assert (shares[-1] > 0.5) is (kind != "gzip")


def test_from_each_place_of_a_folder(tmp_path: Path) -> None:
    for number in range(3):
        TABLE[300 * number : 300 * number + 300].write_csv(tmp_path / f"{number}.csv")
    census = take_census(open_table(tmp_path))
    pieces = list(census.table.placed(census.kinds))
    assert {place.file for place, _ in pieces} == {0, 1, 2}
    before = 0
    for place, piece in pieces:
        rest = [census.typed(frame) for _, frame in census.table.placed(census.kinds, place)]
        assert pl.concat(rest)["row"].to_list() == list(range(before, 900))
        before += piece.height


def test_rows_of_separators_alone_are_none_as_when_all_is_read(tmp_path: Path) -> None:
    lines = TABLE.write_csv().splitlines()
    for row in (1, 300, 301, 700, len(lines)):
        lines.insert(row, ",,,,,,,")
    for end in ("\n", "\r\n"):
        (tmp_path / "a.csv").write_bytes(end.join(lines).encode())
        census = take_census(open_table(tmp_path / "a.csv"))
        pieces = [census.typed(piece) for piece in census.table.frames(census.kinds)]
        assert pl.concat(pieces).equals(load_file(tmp_path / "a.csv").inputs)
        assert census.rows == 900


def test_a_column_of_numbers_with_a_fraction_far_down_is_spelled_so_everywhere(
    tmp_path: Path,
) -> None:
    text = "x,y\n" + "3.0,1\n" * 5000 + "2.5,1\n"
    (tmp_path / "a.csv").write_text(text)
    census = take_census(open_table(tmp_path / "a.csv"), asked=["x", "y"])
    assert census.fractions == {"x"}
    pieces = [census.typed(piece) for piece in census.table.frames(census.kinds)]
    assert set(pieces[0]["x"]) == {"3.0"}
    assert pieces[0]["y"].dtype == pl.Int64


def test_infinities_are_found_in_columns_of_numbers_alone(tmp_path: Path) -> None:
    many = "".join(f"{row}.5,inf\n" for row in range(1000))
    (tmp_path / "a.csv").write_text("x,y\n" + many + "1,word\n")
    assert take_census(open_table(tmp_path / "a.csv")).kinds["y"] == pl.String
    (tmp_path / "a.csv").write_text("x,y\n" + many)
    with pytest.raises(DataError, match=r'column "y", row 0 \(1,000 such values\)'):
        take_census(open_table(tmp_path / "a.csv"))


def test_kinds_as_words() -> None:
    zoned, odd = pl.Datetime("us", "UTC"), pl.Categorical()
    for kind in (None, pl.Int64(), pl.Float64(), pl.String(), pl.Boolean(), pl.Date(), zoned,
                 pl.Datetime("us"), odd):  # fmt: skip
        assert kinds.kind_spelled(kinds.spelled(kind), odd) == kind
    assert kinds.spelled(odd) == "stated"


def test_a_record_of_other_columns_is_refused(tmp_path: Path) -> None:
    TABLE.write_csv(tmp_path / "a.csv")
    plain = take_census(open_table(tmp_path / "a.csv")).to_plain()
    TABLE.drop("a").write_csv(tmp_path / "b.csv")
    with pytest.raises(ValueError, match="other columns"):
        Census.from_plain(open_table(tmp_path / "b.csv"), plain)
