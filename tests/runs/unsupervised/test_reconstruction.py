"""A run of an autoencoder: its scores, its rows, its pictures, its report."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_allclose
from PIL import Image

import ranvier as rv
from ranvier.errors import DataError, HyperparameterError
from ranvier.runs.evaluation import evaluate
from ranvier.runs.picturing import Asked, make
from ranvier.runs.prediction import predict
from ranvier.runs.reporting import report
from ranvier.runs.scores import Rated, Scores
from ranvier.runs.training import Result
from ranvier.runs.unsupervised.reconstruction import _figures, _odd


def test_it_stands_beside_components_and_the_mean(kept_run: Result) -> None:
    scores = kept_run.scores
    assert scores is not None
    digits = rv.read("digits")
    own = rv.load(kept_run.folder).evaluate(digits.test)
    for name in ("mse", "r2", "mae"):
        assert scores.model[name] == pytest.approx(own[name], rel=1e-4)
    pca, mean = scores.baselines
    assert pca.words == "PCA, 3 components"
    assert mean.metrics["mse"] > pca.metrics["mse"] > 0
    assert 0.3 < pca.metrics["neighbours"] < 0.9
    assert scores.headline == "mse"
    assert scores.lower


def test_evaluating_reads_the_rows_that_trained_anew(kept_run: Result) -> None:
    scores, notes = evaluate(kept_run.folder, "digits")
    assert [rated.words for rated in scores.baselines] == [
        "PCA, 3 components",
        "always the mean row",
    ]
    assert any("was trained on" in note for note in notes)


def test_alone_it_is_compared_with_components_of_the_judged_rows(
    kept_run: Result, workplace: Path
) -> None:
    rv.load(kept_run.folder).save(workplace / "alone.ranvier")
    scores, _ = evaluate("alone.ranvier", "digits")
    assert scores.baselines[0].words == "PCA, 3 components, of these very rows"
    assert "neighbours" not in scores.model


def test_codes_and_oddness_of_rows(kept_run: Result) -> None:
    frame = predict(str(kept_run.folder), "digits")
    assert frame.columns == ["z1", "z2", "z3", "oddness"]
    model, digits = rv.load(kept_run.folder), rv.read("digits", test_fraction=0)
    assert_allclose(frame.to_numpy()[:, :3], model.transform(digits), rtol=1e-4, atol=1e-5)
    assert_allclose(frame["oddness"], -model.score_samples(digits), rtol=1e-4, atol=1e-6)


def test_frames_and_a_report_with_them(kept_run: Result) -> None:
    frames = sorted(place.name for place in (kept_run.folder / "frames").iterdir())
    assert frames[-1] == "epoch-0003.png"
    assert kept_run.report is not None
    text = kept_run.report.read_text()
    for words in ("What it keeps", "The space of its codes", "How it came about", "PCA, 3 comp"):
        assert words in text
    assert "Where it fails" not in text
    again, _ = report(kept_run.folder)
    assert "What it keeps" in again.read_text()


def test_samples_and_the_way_between_two(kept_run: Result, workplace: Path) -> None:
    model = rv.load(kept_run.folder)
    made = make(model, Asked(count=6, seed=1, out="six.png"))
    assert (made.count, made.place) == (6, Path("six.png"))
    first = np.asarray(Image.open("six.png"))
    make(model, Asked(count=6, seed=1, out="again.png"))
    assert (np.asarray(Image.open("again.png")) == first).all()
    make(model, Asked(count=6, seed=2, out="other.png"))
    assert (np.asarray(Image.open("other.png")) != first).any()
    make(model, Asked(count=3, out="each"))
    assert sorted(place.name for place in Path("each").iterdir()) == ["1.png", "2.png", "3.png"]
    assert make(model, Asked(steps=5, out="way.png")).count == 5


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        (Asked(count=0), HyperparameterError, "count .--count. must be"),
        (Asked(steps=1), HyperparameterError, ".--interpolate. must be"),
        (Asked(label="3"), DataError, "does not know classes"),
        (Asked(picture="photo.png"), DataError, "makes pictures larger takes"),
        (Asked(out="rows.csv"), DataError, "pictures are written as"),
        (Asked(out="nowhere/s.png"), DataError, "there is no folder nowhere"),
    ],
)
def test_what_cannot_be_made(
    kept_run: Result, workplace: Path, asked: Asked, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        make(rv.load(kept_run.folder), asked)
    assert not list(workplace.iterdir())


def test_a_table_needs_no_target_and_gives_rows(workplace: Path) -> None:
    from ranvier.runs.request import Request
    from ranvier.runs.training import train

    random = np.random.default_rng(0)
    base = random.normal(size=(300, 2))
    columns = {
        f"c{n}": base @ random.normal(size=2) + 0.1 * random.normal(size=300) for n in range(4)
    }
    fault = np.where(np.arange(300) % 20 == 0, "fault", "fine")
    columns["c0"] = np.where(fault == "fault", -columns["c0"] + 3, columns["c0"])
    pl.DataFrame({**columns, "state": fault}).write_csv("rows.csv")
    settings = {"epochs": 2, "dimensions": 2, "hidden": (8,)}
    found = train(
        Request("rows.csv", targets=("state",), family="autoencoder", settings=settings, out="run")
    )
    assert found.scores is not None
    assert found.scores.model["detection"] > 0.5
    words = [rated.words for rated in found.scores.baselines]
    assert words == ["PCA, 2 components", "isolation forest", "always the mean row"]
    assert predict("run", "rows.csv").columns == ["z1", "z2", "oddness"]
    made = make(rv.load("run"), Asked(count=3))
    assert made.text.splitlines()[0] == "c0,c1,c2,c3"
    assert len(made.text.splitlines()) == 4
    assert "The rows it finds odd" in (workplace / "run" / "report.html").read_text()


def test_figures_leave_padding_out() -> None:
    truth = np.array([[1.0, 2.0], [3.0, 0.0]])
    made = np.array([[1.0, 0.0], [3.0, 0.0]])
    usable = np.array([[True, True], [True, False]])
    assert _figures(truth, made, usable) == pytest.approx({"mse": 4 / 3, "mae": 2 / 3, "r2": -1.0})


def test_only_a_rare_class_of_two_is_odd() -> None:
    assert _odd(None) is None
    assert _odd(np.array(["a"] * 5 + ["b"] * 5)) is None
    assert _odd(np.array(["a"] * 9 + ["b", "c"])) is None
    found = _odd(np.array(["a"] * 9 + ["b"]))
    assert found is not None
    assert found.tolist() == [False] * 9 + [True]


def test_what_is_to_be_aimed_at_need_not_be_beaten() -> None:
    real = Rated("real", {"frechet": 0.1}, reference=True)
    noise, other = Rated("noise", {"frechet": 9.0}), Rated("forest", {"detection": 0.9})
    scores = Scores(10, {"frechet": 2.0}, (real, noise, other), "frechet", lower=True)
    assert scores.best == noise
    assert scores.beaten
    again = Scores.from_plain(scores.plain())
    assert again == scores
