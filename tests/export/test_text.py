"""Names, literals and lines of source text."""

from __future__ import annotations

import ast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranvier.export.text import WIDTH, Names, call, identifier, literal, quoted


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_float_of_32_bits_comes_back_to_the_last(number: float) -> None:
    array = np.array([number], np.float32)
    found = ast.literal_eval(literal(array))
    assert np.array(found, np.float32).tobytes() == array.tobytes()


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_of_64_bits_comes_back_to_the_last(number: float) -> None:
    array = np.array(number)
    assert np.array(ast.literal_eval(literal(array))).tobytes() == array.tobytes()


def test_what_is_no_number_is_written_as_a_call() -> None:
    assert literal(np.float32("nan")) == 'float("nan")'
    assert literal(np.array([np.inf, -np.inf])) == '[float("inf"), float("-inf")]'


@given(st.text())
def test_text_comes_back(text: str) -> None:
    assert ast.literal_eval(quoted(text)) == text
    assert quoted("plain") == '"plain"'


@given(st.text())
def test_any_path_becomes_a_name(path: str) -> None:
    name = identifier(path)
    assert name.isidentifier()
    compile(f"{name} = 1", "one", "exec")


def test_names_are_given_once() -> None:
    names = Names(("x",))
    assert [names.one("a/b"), names.one("a_b"), names.one("x")] == ["a_b", "a_b_2", "x_2"]


@pytest.mark.parametrize("count", [2, 12, 40])
def test_a_line_keeps_to_the_width(count: int) -> None:
    arguments = [f"number_{n}" for n in range(count)]
    lines = call("x = function", arguments, "(y)", comment="(b, 8)")
    assert max(map(len, lines)) <= WIDTH
    assert ast.unparse(ast.parse("if True:\n" + "\n".join(lines))).endswith("(y)")
