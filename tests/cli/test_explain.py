"""`ranvier explain`."""

from __future__ import annotations

from pathlib import Path

from .conftest import Run, call


def test_tables_are_explained_by_column(run: Run, iris_run: Path) -> None:
    shown = run("explain", str(iris_run), "iris", "--rows", "3")
    assert shown.exit_code == 0, shown.stderr
    assert "mean absolute effect on the logit of the class" in shown.stdout
    refused = run("explain", str(iris_run), "iris", "--out", "why.html")
    assert refused.exit_code == 1
    assert "are printed, not written" in refused.stderr


def test_texts_in_lines_and_on_a_page(run: Run) -> None:
    lines = ["review,label", *["great film,good", "awful film,bad"] * 20]
    Path("reviews.csv").write_text("\n".join(lines))
    settings = ["--epochs", "2", "--units", "4", "--embedding", "4", "--quiet"]
    trained = call("train", "reviews.csv", "--target", "label", *settings, "--out", "runs/r")
    assert trained.exit_code == 0, trained.stderr
    shown = run("explain", "runs/r", "reviews.csv", "--rows", "2")
    assert shown.exit_code == 0, shown.stderr
    assert shown.stdout.count("on the logit of the class") == 2
    assert "film" in shown.stdout
    assert "\x1b" not in shown.stdout
    written = run("explain", "runs/r", "reviews.csv", "--rows", "2", "--out", "why.html")
    assert "2 rows explained in why.html" in written.stderr
    assert "<mark" in Path("why.html").read_text("utf-8")
