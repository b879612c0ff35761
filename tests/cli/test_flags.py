"""What is typed, as the type of the hyperparameter."""

from __future__ import annotations

from typing import Any

import pytest
import typer

from ranvier.cli.flags import all_fields, parse
from ranvier.cli.train import _targets


def parsed(name: str, text: str) -> Any:
    field = all_fields()[name]
    return parse(str(field.type), field.metadata["rule"], text)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("hidden", "256,128", (256, 128)),
        ("hidden", "64", (64,)),
        ("hidden", "(64, 32)", (64, 32)),
        ("hidden", "none", None),
        ("known", 'working_day, "a, b"', ("working_day", "a, b")),
        ("known", "heat", ("heat",)),
        ("epochs", "12", 12),
        ("epochs", "1_000", 1000),
        ("patience", "none", None),
        ("learning_rate", "1e-3", 0.001),
        ("momentum", "0.5", 0.5),
        ("class_weight", "balanced", "balanced"),
        ("class_weight", "a=1,b=2.5", {"a": 1.0, "b": 2.5}),
        ("class_weight", "x=y=2", {"x=y": 2.0}),
        ("max_memory", "2 GB", "2 GB"),
        ("normalization", "none", "none"),  # a layer's name, not "let the recipe decide"
        ("seed", "3", 3),
    ],
)
def test_read(name: str, text: str, value: Any) -> None:
    assert parsed(name, text) == value


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("epochs", "abc", "'abc' is not a whole number."),
        ("epochs", "2.5", "'2.5' is not a whole number."),
        ("seed", "none", "'none' is not a whole number."),
        ("dropout", "half", "'half' is not a number."),
        ("hidden", "12,x", "'x' is not a whole number."),
        ("class_weight", "a=x", "'x' is not a number."),
        ("class_weight", "a=1,=2", "'=2' is not CLASS=WEIGHT, such as a=1,b=2."),
    ],
)
def test_not_read(name: str, text: str, words: str) -> None:
    with pytest.raises(typer.BadParameter) as caught:
        parsed(name, text)
    assert caught.value.message == words


@pytest.mark.parametrize(
    ("typed", "targets"),
    [
        ([], ()),
        (["a"], ("a",)),
        (["a,b", "c"], ("a", "b", "c")),
        (['"a,b"', " c "], ("a,b", "c")),
    ],
)
def test_targets(typed: list[str], targets: tuple[str, ...]) -> None:
    assert _targets(typed) == targets
