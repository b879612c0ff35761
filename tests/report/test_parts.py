"""Small parts: escaping, numbers, ticks, calibration."""

from __future__ import annotations

import numpy as np
import pytest

from ranvier.report.charts.frame import span, ticks
from ranvier.report.failures.calibration import calibration
from ranvier.report.failures.worst import value_text
from ranvier.report.html import Markup, join, shortened, tag
from ranvier.report.numbers import listed, short


def test_text_is_escaped_and_markup_is_not() -> None:
    inner = tag("b", "<i>", title='"&')
    assert inner == '<b title="&quot;&amp;">&lt;i&gt;</b>'
    assert tag("p", inner, None, " a") == f"<p>{inner} a</p>"
    assert join(["<", Markup("<br>")], "&") == "&lt;&amp;<br>"
    # An f-string forgets that a part was markup, and so is escaped whole.
    assert tag("p", f"{inner}").startswith("<p>&lt;b")


def test_attributes() -> None:
    assert tag("td", class_="n", aria_label="x", hidden=True, id=None) == (
        '<td class="n" aria-label="x" hidden></td>'
    )
    assert tag("circle", cx=1.0, r=2.25) == '<circle cx="1" r="2.2"></circle>'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.012345, "0.0123"),
        (12345.6, "12,346"),
        (0.0, "0"),
        (-1.5, "−1.50"),
        (1e-9, "1.00e-09"),
        (float("nan"), "–"),
    ],
)
def test_short_numbers(value: float, text: str) -> None:
    assert short(value) == text


def test_cells() -> None:
    assert value_text(None) == value_text(float("nan")) == "missing"
    assert value_text(3.0) == "3"
    assert value_text(1234.56) == "1,235"
    assert value_text(True) == "True"
    assert len(value_text("x" * 1000)) == 40
    assert shortened("abc", 2) == "a…"
    assert listed(["a", "b", "c"]) == "a, b and c"


@pytest.mark.parametrize(("low", "high"), [(0, 1), (-3.2, 7), (1e-6, 2e-6), (0, 12_345_678)])
def test_ticks_are_few_and_inside(low: float, high: float) -> None:
    found = ticks(low, high)
    assert 2 <= len(found) <= 7
    assert low - 1e-9 <= min(found) <= max(found) <= high * (1 + 1e-9)


def test_a_span_is_never_empty() -> None:
    for values in ([], [np.nan], [2.0, 2.0], [0.0]):
        low, high = span(np.array(values))
        assert low < high


def test_calibration_by_hand() -> None:
    stated = np.array([0.05, 0.05, 0.95, 0.95])
    found = calibration(stated, np.array([0, 1, 1, 1]), "a")
    np.testing.assert_allclose(found.sure, [0.05, 0.95])
    np.testing.assert_allclose(found.right, [0.5, 1.0])
    assert found.gap == pytest.approx((0.45 + 0.05) / 2)
