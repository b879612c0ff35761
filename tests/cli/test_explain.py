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


def test_where_a_text_surprises_a_model_of_language(run: Run) -> None:
    Path("book.txt").write_text("The cat sat on the mat.\nThe dog did not.\n" * 60)
    settings = ["--layers", "1", "--width", "8", "--heads", "2", "--context", "8"]
    short = ["--epochs", "1", "--steps-per-epoch", "2"]
    trained = call("train", "book.txt", *settings, *short, "--out", "runs/b")
    assert trained.exit_code == 0, trained.stderr
    (network,) = [at for at in trained.stdout.splitlines() if at.startswith("network")]
    assert network.endswith("another? --layers --width --heads")
    page = Path("runs/b/report.html").read_text("utf-8")
    for title in ("What it writes", "Where it is surprised", "What the model looks at"):
        assert f"<h2>{title}</h2>" in page
    held_out = run("explain", "runs/b", "--rows", "1")  # what its run held out
    assert held_out.exit_code == 0, held_out.stderr
    assert held_out.stdout.count("nats a token: it hesitates among") == 1
    assert "; expected “" in held_out.stdout
    assert "\x1b" not in held_out.stdout
    written = run("explain", "runs/b", "book.txt", "--rows", "2", "--out", "why.html")
    assert "2 rows explained in why.html" in written.stderr
    assert "surprising" in Path("why.html").read_text("utf-8")
    Path("runs/b/model.ranvier").rename("alone.ranvier")
    refused = run("explain", "alone.ranvier")
    assert refused.exit_code == 1
    assert "name the rows, as in ranvier explain alone.ranvier DATA" in refused.stderr
