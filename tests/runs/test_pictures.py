"""Runs on folders of pictures, from the files to the report."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from PIL import Image

import ranvier as rv
from ranvier.errors import DataError
from ranvier.runs import painting
from ranvier.runs.evaluation import evaluate
from ranvier.runs.prediction import fitted, predict
from ranvier.runs.reporting import report
from ranvier.runs.request import Request
from ranvier.runs.training import Result, train

SMALL: dict[str, Any] = {"filters": (4, 8), "depth": 1, "epochs": 6, "batch_size": 16}


def picture(colour: int, row: int) -> np.ndarray:
    """Twelve by ten noisy pixels of one colour."""
    pixels = np.random.default_rng(row).integers(0, 90, (12, 10, 3)).astype(np.uint8)
    pixels[..., colour] += 120
    return pixels


@pytest.fixture(scope="module")
def colours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty pictures in three classes."""
    top = tmp_path_factory.mktemp("data") / "colours"
    for row in range(60):
        name = ("red", "green", "blue")[row % 3]
        (top / name).mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture(row % 3, row)).save(top / name / f"{row}.png")
    return top


@pytest.fixture(scope="module")
def run(colours: Path, tmp_path_factory: pytest.TempPathFactory) -> Result:
    folder = tmp_path_factory.mktemp("run") / "colours-1"
    return train(Request(source=str(colours), settings=dict(SMALL), out=str(folder)))


def test_a_folder_needs_no_other_argument(run: Result) -> None:
    assert (run.family, run.task) == ("cnn", "multiclass")
    assert run.scores is not None
    assert run.scores.beaten
    assert run.scores.rows == 12


def test_the_report_shows_pictures_and_the_names_of_files(run: Result) -> None:
    assert run.report is not None
    text = run.report.read_text()
    assert text.count('src="data:image/png;base64,') >= 4
    assert "img-src data:" in text
    assert "Grad-CAM" in text
    assert re.search(r"(red|green|blue)/\d+\.png", text)
    again, _ = report(run.folder)
    assert again.read_text() == text


def test_new_files_are_predicted_by_name(run: Result, tmp_path: Path) -> None:
    new = tmp_path / "new"
    new.mkdir()
    for row in range(4):
        larger = Image.fromarray(picture(row % 3, 100 + row)).resize((30, 36))
        larger.save(new / f"{row}.jpg")
    frame = predict(run.folder, str(new), proba=True)
    assert frame.columns == ["file", "class", "p_blue", "p_green", "p_red"]
    assert [name.rsplit("/")[-1] for name in frame["file"]] == ["0.jpg", "1.jpg", "2.jpg", "3.jpg"]


def test_it_is_judged_on_a_folder_with_classes(run: Result, colours: Path) -> None:
    scores, notes = evaluate(run.folder, str(colours))
    assert scores.rows == 60
    assert any("what this model was trained on" in note for note in notes)


def test_a_file_that_is_no_picture_is_named_or_left_out(colours: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    for name in ("red", "green"):
        (broken / name).symlink_to(colours / name)
    (broken / "blue").mkdir()
    (broken / "blue" / "page.png").write_text("<html>not found</html>")
    (broken / "blue" / "fine.png").symlink_to(colours / "blue" / "2.png")
    request = Request(source=str(broken), settings=dict(SMALL), out=str(tmp_path / "run"))
    with pytest.raises(DataError, match=r"blue/page\.png is not an image \(it begins like HTML\)"):
        train(request)
    settings = {**SMALL, "on_error": "skip"}
    result = train(Request(source=str(broken), settings=settings, out=str(tmp_path / "run")))
    decisions = rv.load(result.folder).decisions_
    assert any("1 file that cannot be read is left out" in text for _, text in decisions)


def test_a_table_of_paths_brings_its_other_columns(colours: Path, tmp_path: Path) -> None:
    files = sorted(colours.rglob("*.png"))
    pl.DataFrame(
        {
            "file": [str(file) for file in files],
            "weight": [float(file.stem) for file in files],
            "colour": [file.parent.name for file in files],
        }
    ).write_csv(tmp_path / "table.csv")
    result = train(Request(source=str(tmp_path / "table.csv"), settings=dict(SMALL),
                           out=str(tmp_path / "run")))  # fmt: skip
    assert (result.family, result.task) == ("cnn", "multiclass")
    assert "beside" in rv.load(result.folder).summary()
    frame = predict(result.folder, str(tmp_path / "table.csv"))
    assert frame.columns == ["file", "colour"]


def test_masks_are_painted_into_a_folder(tmp_path: Path) -> None:
    top = tmp_path / "scans"
    for part in ("images", "masks"):
        (top / part).mkdir(parents=True)
    for row in range(40):
        pixels = np.random.default_rng(row).integers(0, 100, (12, 12)).astype(np.uint8)
        pixels[row % 8 : row % 8 + 4, 2:9] += 120
        Image.fromarray(pixels).save(top / "images" / f"{row}.png")
        Image.fromarray((pixels > 110).astype(np.uint8)).save(top / "masks" / f"{row}.png")
    settings = {**SMALL, "epochs": 20, "learning_rate": 0.02}
    result = train(Request(source=str(top), settings=settings, out=str(tmp_path / "run")))
    assert result.task == "segmentation"
    assert result.scores is not None
    assert result.scores.beaten
    assert result.report is not None
    assert "What the model makes" in result.report.read_text()
    model = fitted(result.folder)
    assert painting.paints(model)
    out = painting.check_folder(str(tmp_path / "made"))
    assert painting.paint(model, str(top / "images"), out) == 40
    made = np.asarray(Image.open(next(out.rglob("7.png"))))
    assert made.shape == (12, 12)
    assert set(np.unique(made)) <= {0, 1}
    for bad in (None, str(tmp_path / "made.csv"), str(tmp_path / "nowhere" / "made")):
        with pytest.raises(DataError):
            painting.check_folder(bad)


def test_a_network_for_tables_takes_each_pixel_as_a_column(colours: Path, tmp_path: Path) -> None:
    settings = {"recipe": "textbook", "epochs": 3, "hidden": (8,)}
    result = train(
        Request(source=str(colours), family="fcnn", settings=settings, out=str(tmp_path / "run"))
    )
    assert result.family == "fcnn"
    assert any("360 numbers" in text for _, text in rv.load(result.folder).decisions_)
