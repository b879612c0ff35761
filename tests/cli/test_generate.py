"""`ranvier generate`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import ranvier as rv
from ranvier.cli import generate

from .conftest import Run, call

BOOK = "ROMEO: the cat sat on the mat.\nJULIET: the dog ran to the log.\n" * 40
SETTINGS = (
    *("--model", "transformer", "--layers", "1", "--width", "16", "--heads", "2"),
    *("--context", "16", "--epochs", "1", "--steps-per-epoch", "20", "--quiet"),
)


@pytest.fixture(scope="module")
def book_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of twenty steps."""
    folder = tmp_path_factory.mktemp("book")
    (folder / "book.txt").write_text(BOOK)
    out = folder / "runs" / "book-1"
    done = call("train", str(folder / "book.txt"), *SETTINGS, "--out", str(out))
    assert done.exit_code == 0, done.stderr
    return out


def test_the_prompt_and_what_follows_it(run: Run, book_run: Path) -> None:
    shown = run("generate", str(book_run), "--prompt", "ROMEO:", "--max-tokens", "40")
    assert shown.exit_code == 0, shown.stderr
    expected = rv.load(book_run).generate("ROMEO:", max_tokens=40)  # type: ignore[attr-defined]
    assert shown.stdout == f"ROMEO:{expected}\n"
    assert "\x1b" not in shown.stdout
    other = run("generate", str(book_run), "--prompt", "ROMEO:", "--max-tokens", "40", "--seed=1")
    assert other.stdout != shown.stdout


def test_settings_reach_the_model(run: Run, book_run: Path) -> None:
    flags = ["--temperature", "1.2", "--top-k", "5", "--top-p", "0.9", "--max-tokens", "60"]
    flags += ["--repetition-penalty", "1.1", "--stop", r"\n", "--stop", "mat", "--json"]
    shown = run("generate", str(book_run), *flags)
    expected = rv.load(book_run).generate(  # type: ignore[attr-defined]
        temperature=1.2, top_k=5, top_p=0.9, repetition_penalty=1.1, max_tokens=60,
        stop=["\n", "mat"],
    )  # fmt: skip
    assert json.loads(shown.stdout) == {"prompt": "", "text": expected}


def test_what_else_might_have_come(run: Run, book_run: Path) -> None:
    flags = ["--prompt", "the ", "--max-tokens", "5", "--explain"]
    shown = run("generate", str(book_run), *flags)
    lines = shown.stdout.splitlines()
    assert all("━" in line and line.count("%") >= 2 for line in lines[:5])
    told = json.loads(run("generate", str(book_run), *flags, "--json").stdout)
    assert "".join(step["taken"] for step in told["tokens"]) == told["text"]
    assert shown.stdout.endswith(f"the {told['text']}\n")
    shares = [candidate["probability"] for candidate in told["tokens"][0]["candidates"]]
    assert len(shares) == 5
    assert shares == sorted(shares, reverse=True)


def test_mistakes_are_one_line(run: Run, book_run: Path, iris_run: Path) -> None:
    for flags, words in (
        (("--temperature", "-1"), "temperature must be a number from 0 up; got -1.0."),
        (("--top-p", "2"), "top_p must be above 0 and at most 1, or None; got 2.0."),
        (("--stop", ""), "stop takes texts of at least one character"),
    ):
        refused = run("generate", str(book_run), *flags)
        assert refused.exit_code == 1
        assert refused.stdout == ""
        assert words in refused.stderr
        assert refused.stderr.count("\n") == 1
    refused = run("generate", str(iris_run))
    assert refused.exit_code == 1
    assert "FCNN generates nothing: train a model of language" in refused.stderr
    assert "note: The model never saw 'Z'" in run("generate", str(book_run), "-p", "Z").stderr


def test_ctrl_c_ends_the_line(run: Run, book_run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    say = generate._say
    said: list[str] = []

    def interrupted(text: str) -> None:
        say(text)
        said.append(text)
        if len(said) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(generate, "_say", interrupted)
    stopped = run("generate", str(book_run), "--prompt", "ROMEO:", "--max-tokens", "10000")
    assert stopped.exit_code == 130
    assert stopped.stdout == "".join(said)
    assert stopped.stdout.endswith("\n")
    assert stopped.stderr == "stopped\n"


def test_published_weights_write_too(run: Run) -> None:
    folder = Path(__file__).parents[1] / "golden" / "published" / "gpt2"
    shown = run("generate", str(folder), "--prompt", "the cat", "--max-tokens", "12")
    assert shown.exit_code == 0, shown.stderr
    expected = rv.Transformer.from_pretrained(folder).generate("the cat", max_tokens=12)
    assert shown.stdout == f"the cat{expected}\n"
