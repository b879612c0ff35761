"""Forecasts: the last windows with their intervals, and the error by the distance ahead."""

from __future__ import annotations

from ranvier.report.charts.forecast import forecast
from ranvier.report.charts.frame import figure
from ranvier.report.failures.forecasts import Drawing, ForecastFailures
from ranvier.report.html import Markup, table, tag
from ranvier.report.numbers import percent, short


def about_forecasts(found: ForecastFailures) -> list[Markup | None]:
    """The leading sentence, then what comes after the worst windows."""
    words = (
        f"Half of the forecasts of {found.target} are off by less than {short(found.half)}, nine "
        f"in ten by less than {short(found.most)}."
    )
    drawn = tag("div", *(_picture(found, one) for one in found.drawings), class_="charts")
    rows = [(f"{step:,}", f"{mase:.3f}", percent(share)) for step, mase, share in found.steps]
    head = ("steps ahead", "MASE", "inside the interval")
    by_step = table(head, rows, numbers=range(3), caption="By the distance ahead")
    return [tag("p", words), drawn, by_step]


def _picture(found: ForecastFailures, one: Drawing) -> Markup:
    known = one.truth == one.truth
    inside = ((one.truth >= one.low) & (one.truth <= one.high) & known).sum()
    title = f"Forecast of {found.target} from {one.name} on"
    image = forecast(title, one.past, one.truth, one.middle, one.low, one.high, found.target)
    return figure(
        image,
        tag("b", f"From {one.name} on. "),
        f"The line is what came, dashed the forecast; {inside:,} of {known.sum():,} values lie in "
        "the band.",
    )
