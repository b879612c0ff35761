"""What is shown while many files are read."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from ranvier.cli import reading
from ranvier.data.pictures.telling import listener


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that the bar sees: its only element."""
    now = [0.0]
    monkeypatch.setattr("time.perf_counter", lambda: now[0])
    return now


def test_plain_lines_every_few_seconds(
    clock: list[float], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with reading.shown():
        told = listener()
        assert told is not None
        for second in range(13):
            clock[0] = float(second)
            told(1000 * (second + 1), 13_000)
    assert listener() is None
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "reading 6,000 of 13,000 files   0:06 left",
        "reading 11,000 of 13,000 files   0:02 left",
    ]


def test_a_set_that_is_read_at_once_is_not_worth_a_word(
    clock: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    with reading.shown():
        told = listener()
        assert told is not None
        told(10, 20)
        told(20, 20)
    assert capsys.readouterr().err == ""


def test_a_bar_in_a_terminal_that_goes_away(
    clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(
        reading, "Console", lambda **_: Console(file=screen, force_terminal=True, width=70)
    )
    with reading.shown():
        told = listener()
        assert told is not None
        for second in (0.0, 0.2, 1.0, 2.0):
            clock[0] = second
            told(int(1 + 500 * second), 2_000)
        told(2_000, 2_000)
    assert "501 of 2,000 files" in screen.getvalue()
    assert screen.getvalue().endswith("\x1b[2K")  # the line is erased
