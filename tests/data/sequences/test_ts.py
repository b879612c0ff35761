"""Files of the time series archives: what is read, what is said, what is refused."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

import ranvier as rv
from ranvier.data.sources import load_file
from ranvier.errors import DataError

HEADER = "# by hand\n@problemName Tides\n@timestamps false\n@univariate false\n"
CLASSES = "@classLabel true low high\n@data\n"
ROWS = "1,2,3:4,5,6:low\n1,2:3,4:high\n"


def written(folder, text, name="Tides_TRAIN.ts"):
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_channels_lengths_and_classes(tmp_path):
    loaded = load_file(written(tmp_path, HEADER + CLASSES + ROWS))
    assert loaded.inputs.lengths.tolist() == [3, 2]
    assert loaded.inputs.row(0).tolist() == [[1, 4], [2, 5], [3, 6]]
    assert loaded.target.tolist() == ["low", "high"]
    assert loaded.target_names == ("class",)
    assert loaded.notes == ("2 sequences of 2 to 3 steps, 2 channels, in 2 classes",)


def test_missing_values_and_channels_of_different_lengths(tmp_path):
    rows = "1,?,3:NaN,5:low\n1,2:?,4:?\n"
    loaded = load_file(written(tmp_path, HEADER + CLASSES + rows))
    first = loaded.inputs.row(0)
    assert np.isnan(first).tolist() == [[False, True], [True, False], [False, True]]
    assert loaded.target.tolist() == ["low", None]
    assert "1 sequence has channels of different lengths: the shorter ones end in NaN" in (
        loaded.notes
    )
    assert len(rv.read(tmp_path / "Tides_TRAIN.ts", test_fraction=0)) == 1


def test_steps_at_the_end_without_a_value_are_none(tmp_path):
    rows = "1,2,NaN,NaN:3,4,?,?:low\n1,2,3,4:1,2,3,4:high\n"
    loaded = load_file(written(tmp_path, HEADER + CLASSES + rows))
    assert loaded.inputs.lengths.tolist() == [2, 4]


def test_numbers_to_predict_and_none(tmp_path):
    numbers = load_file(written(tmp_path, "@TARGETLABEL true\n@data\n1,2:0.5\n3,4:-1\n"))
    assert numbers.target.tolist() == [0.5, -1.0]
    assert numbers.target_names == ("target",)
    none = load_file(written(tmp_path, "@classLabel false\n@data\n1,2:0.5,1\n"))
    assert none.target is None
    assert none.inputs.width == 2


def test_a_folder_with_both_parts_brings_its_split(tmp_path):
    folder = tmp_path / "Tides"
    written(folder, HEADER + CLASSES + ROWS)
    written(folder, HEADER + CLASSES + "7,8:9,9:high\n", "Tides_TEST.ts")
    (folder / "Tides.jpg").write_bytes(b"a picture of the tide")
    examples = rv.read(folder)
    assert examples.test_rows.tolist() == [2]
    assert examples.test.inputs.row(0).tolist() == [[7, 9], [8, 9]]
    assert len(rv.read(folder / "Tides_TRAIN.ts", test_fraction=0)) == 2
    (note,) = (n for n in load_file(folder / "Tides_TEST.ts").notes if "beside" in n)
    assert note.startswith("Tides_TRAIN.ts lies beside it")


def test_several_sets_in_a_folder(tmp_path):
    folder = tmp_path / "Tides"
    for name in ("Tides", "Tides_eq"):
        for part in ("TRAIN", "TEST"):
            written(folder, HEADER + CLASSES + ROWS, f"{name}_{part}.ts")
    assert "also there, not used: Tides_eq" in load_file(folder).notes
    folder.rename(tmp_path / "sea")
    with pytest.raises(DataError, match=r"holds 2 sets \(Tides, Tides_eq\)"):
        load_file(tmp_path / "sea")


def test_gzipped(tmp_path):
    path = tmp_path / "Tides.ts.gz"
    path.write_bytes(gzip.compress((HEADER + CLASSES + ROWS).encode()))
    assert len(load_file(path).inputs) == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEADER + CLASSES + ROWS + "1,2:low\n", "line 9 has 1 channel where the first has 2"),
        (HEADER + CLASSES + "1,x:2,3:low\n", 'line 7 holds "x" where a number is expected'),
        (HEADER + CLASSES + "1,inf:2,3:low\n", "line 7 holds an infinite value"),
        (HEADER + CLASSES + "?,?:?,?:low\n", "line 7 holds no value"),
        (HEADER + CLASSES + "1,2:2,3:middle\n", 'the class "middle"'),
        (HEADER + CLASSES, "no line after @data"),
        (HEADER, "no line @data"),
        ("1,2,3\n4,5,6\n", "line 1 comes before a line @data"),
        (HEADER + "@timestamps True\n" + CLASSES + ROWS, "a time stamp for each value"),
        (HEADER + "@dimensions 3\n" + CLASSES + ROWS, "says @dimensions 3"),
        ("@classLabel maybe\n@data\n1:a\n", "it must be true"),
        ("@targetLabel true\n@data\n1,2:many\n", '"many" where @targetLabel'),
        ("\0\0\0", "is not text"),
    ],
)
def test_refused(tmp_path, text, words):
    with pytest.raises(DataError, match=r"^Tides_TRAIN\.ts") as refused:
        load_file(written(tmp_path, text))
    assert words in str(refused.value)


def test_parts_that_do_not_belong_together(tmp_path):
    written(tmp_path, HEADER + CLASSES + ROWS)
    written(tmp_path, HEADER + CLASSES + "1,2:low\n", "Tides_TEST.ts")
    with pytest.raises(DataError, match=r"of 2 channels and Tides_TEST\.ts of 1"):
        load_file(tmp_path)
    written(tmp_path, "@targetLabel true\n@data\n1,2:3,4:5\n", "Tides_TEST.ts")
    with pytest.raises(DataError, match=r"has classes and Tides_TEST\.ts numbers to predict"):
        load_file(tmp_path)
