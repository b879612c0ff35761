"""Hyperparameters as a person types them."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from ranvier.runs.spelling import command, with_flags, words

NAMES = ("task", "weight_decay", "residual", "patience", "gradient_clip", "optimizer")


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("could also be regression: task='regression'", "--task regression"),
        ("use optimizer='adamw'.", "use --optimizer adamw."),
        ("or gradient_clip=1.", "or --gradient-clip 1."),
        ("residual=True, residual=False", "--residual, --no-residual"),
        ("patience=None turns it off", "--patience none turns it off"),
        ("subtask='x' and task = 3 stay", "subtask='x' and task = 3 stay"),
    ],
)
def test_hints_become_flags(text: str, spelled: str) -> None:
    assert with_flags(text, NAMES).endswith(spelled)


@pytest.mark.parametrize(
    ("name", "value", "typed"),
    [
        ("hidden", (256, 128), ["--hidden", "256,128"]),
        ("patience", None, ["--patience", "none"]),
        ("residual", True, ["--residual"]),
        ("residual", False, ["--no-residual"]),
        ("learning_rate", 0.001, ["--learning-rate", "0.001"]),
        ("class_weight", {"a": 1.0, "b": 2.5}, ["--class-weight", "a=1,b=2.5"]),
    ],
)
def test_words(name: str, value: Any, typed: list[str]) -> None:
    assert words(name, value) == typed


def test_the_command_can_be_typed() -> None:
    line = command(
        "my table.csv", family="fcnn", targets=("a", "b,c"), test_fraction=0.1,
        settings={"epochs": 3},
    )  # fmt: skip
    assert shlex.split(line) == [
        "ranvier", "train", "my table.csv", "--model", "fcnn", "--target", "a",
        "--target", '"b,c"', "--test-fraction", "0.1", "--epochs", "3",
    ]  # fmt: skip
