"""What is not gone on with, and what is said."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import polars as pl
import pytest

from ranvier.errors import CheckpointError, DataError, TargetError
from ranvier.runs import prediction, streamed
from ranvier.runs.streamed.appending import Growing
from ranvier.runs.streamed.blocks import UNIT

from .tables import at_once, in_pieces, press_once, rows


@pytest.fixture
def begun(classes: Path, tmp_path: Path) -> Path:
    """A folder with a table and the first of its predictions, without probabilities."""
    rows().write_csv(tmp_path / "big.csv")
    in_pieces(classes, tmp_path / "big.csv", tmp_path / "out.csv", told=press_once)
    return tmp_path


def listed(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in os.listdir(folder)}


def test_what_was_left_is_not_overwritten(begun: Path, classes: Path) -> None:
    before = listed(begun)
    words = r"not finished \(2,048 of 8,292 rows\); go on with them by --resume, or"
    with pytest.raises(CheckpointError, match=words):
        in_pieces(classes, begun / "big.csv", begun / "out.csv")
    assert listed(begun) == before


def test_a_table_that_changed(begun: Path, classes: Path) -> None:
    with open(begun / "big.csv", "ab") as file:
        file.write(b"\n")
    before = listed(begun)
    words = r"not any more, what the first 2,048 rows .* remove out.csv.part and out.csv.part.json"
    with pytest.raises(CheckpointError, match=words):
        in_pieces(classes, begun / "big.csv", begun / "out.csv", resume=True)
    assert listed(begun) == before


def test_another_model(begun: Path, classes: Path, numbers: Path) -> None:
    with pytest.raises(CheckpointError, match="The model is not the one that predicted the first"):
        in_pieces(numbers, begun / "big.csv", begun / "out.csv", resume=True)
    with pytest.raises(CheckpointError, match=r"out.csv.part was begun without --proba"):
        in_pieces(classes, begun / "big.csv", begun / "out.csv", resume=True, proba=True)


def test_a_table_that_changes_meanwhile(classes: Path, tmp_path: Path) -> None:
    source = tmp_path / "big.csv"
    rows().write_csv(source)

    def change(doing: str, done: int, *_: object) -> None:
        if doing == "predicting" and done == 2 * UNIT:
            with open(source, "ab") as file:
                file.write(b"\n")

    words = r"changed while it was predicted, .* the first 2,048 of before are kept in .*csv.part;"
    with pytest.raises(CheckpointError, match=words):
        in_pieces(classes, source, tmp_path / "out.csv", told=change)
    assert not (tmp_path / "out.csv").exists()


def test_a_part_that_is_damaged_or_foreign(begun: Path, classes: Path) -> None:
    note, part = begun / "out.csv.part.json", begun / "out.csv.part"
    record, content = note.read_text(), part.read_bytes()

    def refused(match: str) -> None:
        with pytest.raises(CheckpointError, match=match):
            in_pieces(classes, begun / "big.csv", begun / "out.csv", resume=True)

    part.write_bytes(content[:-1])
    refused(r"out.csv.part holds [\d,]+ bytes, where [\d,]+ bytes were written")
    part.unlink()
    refused("out.csv.part is not there any more")
    part.write_bytes(content)
    note.write_text(record[:100])
    refused("out.csv.part.json is damaged")
    note.write_text(record.replace('"version": 1', '"version": 2'))
    refused("is of another version of Ranvier")
    note.unlink()
    refused("out.csv.part is in the way, with no out.csv.part.json")
    assert part.read_bytes() == content


@pytest.mark.skipif(os.name != "posix", reason="locks of POSIX")
def test_two_processes_do_not_write_one_file(begun: Path, classes: Path) -> None:
    growing = Growing(begun / "out.csv")
    with growing.opened(growing.left()):
        before = listed(begun)
        with pytest.raises(CheckpointError, match="is being written by another process"):
            in_pieces(classes, begun / "big.csv", begun / "out.csv", resume=True)
        assert listed(begun) == before


@pytest.mark.filterwarnings("ignore::ranvier.errors.DataWarning")
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "big.csv is empty: a table needs a header line and rows"),
        (b"a,b,city\n", "big.csv has a header and no rows"),
        (b"one,two\n1,2\n", "None of the 9 columns of training is here"),
        (b"a,b\n" + b"1,2\n" * 9000 + b"1,2,3\n", "big.csv, line 9,002 has 3 fields where"),
        (b"a,b\n" + b"1,2\n" * 9000 + b"inf,2\n", r'infinity .*: column "a", row 9,000 \(1 such'),
    ],
)
def test_what_cannot_be_predicted_leaves_nothing(
    content: bytes, words: str, numbers: Path, tmp_path: Path
) -> None:
    (tmp_path / "big.csv").write_bytes(content)
    with pytest.raises(DataError, match=words) as pieces:
        in_pieces(numbers, tmp_path / "big.csv", tmp_path / "out.csv")
    assert os.listdir(tmp_path) == ["big.csv"]
    with pytest.raises(DataError) as whole:
        at_once(numbers, tmp_path / "big.csv", tmp_path / "whole.csv")
    assert str(pieces.value) == str(whole.value)


def test_probabilities_of_numbers(numbers: Path, tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="--proba needs a model of classes"):
        in_pieces(numbers, tmp_path / "big.csv", tmp_path / "out.csv", proba=True)


def test_what_is_predicted_in_pieces(classes: Path, tmp_path: Path) -> None:
    source, place = tmp_path / "big.csv", tmp_path / "out.csv"
    rows(20).write_csv(source)
    model = prediction.fitted(classes)

    def meant(source: Path, place: Path | None, memory: str = "1 KB", resume: bool = False) -> bool:
        return streamed.is_meant(model, str(source), place, memory, resume)

    assert meant(source, place)
    assert not meant(source, place, "1 GB")
    assert not meant(source, place, "1 GB", resume=True)  # nothing was left: as without it
    for other in (None, tmp_path / "out.parquet"):
        with pytest.warns(UserWarning, match="big.csv is read at once, though it is larger than"):
            assert not meant(source, other)
        with pytest.raises(CheckpointError, match="--resume goes on with a file that is written"):
            meant(source, other, resume=True)
    assert not meant(tmp_path / "absent.csv", place)
    folder = tmp_path / "days"
    folder.mkdir()
    shutil.copy(source, folder / "1.csv")
    assert meant(folder, place, "1 GB")
    with pytest.raises(DataError, match=r"days is a folder of tables.*: name a file with --out"):
        meant(folder, None)
    in_pieces(classes, source, place)
    assert pl.read_csv(place).height == 20
