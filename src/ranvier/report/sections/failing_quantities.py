"""Numbers: predicted against true, the residuals, and whether predictions are too high or low."""

from __future__ import annotations

from ranvier.report.charts.frame import figure
from ranvier.report.charts.scatter import histogram, scatter
from ranvier.report.failures.quantities import OutputFailures, QuantityFailures
from ranvier.report.html import Markup, folded, table, tag
from ranvier.report.numbers import percent, short

DRAWN = 2  # outputs whose pictures are open
MOST_DRAWN = 8
MOST_LISTED = 200


def about_quantities(found: QuantityFailures) -> list[Markup | None]:
    """The leading sentence, then what comes after the worst rows."""
    first = found.outputs[0]
    of = "" if len(found.outputs) == 1 else f" of {first.name}"
    words = (
        f"Half of the predictions{of} are off by less than {short(first.half)}, nine in ten by "
        f"less than {short(first.most)}."
    )
    parts: list[Markup | None] = [tag("p", words)]
    if len(found.outputs) > 1:
        rows = [
            (o.name, short(o.rmse), f"{o.r2:.3f}", short(o.half), short(o.most))
            for o in found.outputs[:MOST_LISTED]
        ]
        head = ("output", "RMSE", "R²", "half off by less than", "nine in ten")
        parts.append(table(head, rows, numbers=range(1, 5), caption="Each output by itself"))
    drawn = [tag("div", *_pictures(o), class_="charts") for o in found.outputs[:MOST_DRAWN]]
    parts += drawn[:DRAWN]
    parts += [
        folded(output.name, picture)
        for output, picture in zip(found.outputs[DRAWN:], drawn[DRAWN:], strict=False)
    ]
    return parts


def _pictures(output: OutputFailures) -> list[Markup]:
    low, high = (f"{short(a)} (true: {short(b)})" for a, b in _ends(output))
    against = (
        f"Each dot is a row; on the dashed line both agree. The orange line joins the means of "
        f"{len(output.stated)} equal groups: the lowest is predicted {low}, the highest {high}."
    )
    r2 = "" if output.r2 != output.r2 else f", R² {output.r2:.3f}"
    title = f"Predicted against true {output.name}: RMSE {short(output.rmse)}{r2}"
    image = scatter(title, output.truth, output.predicted, output.stated, output.came)
    side = "too low" if output.bias > 0 else "too high"
    share = abs(output.bias) / output.rmse if output.rmse else 0.0
    lean = (
        f"On average it predicts {short(abs(output.bias))} {side} ({percent(share)} of the RMSE)."
    )
    residuals = histogram(
        f"Residuals of {output.name}: mean {short(output.bias)}, RMSE {short(output.rmse)}",
        output.edges,
        output.counts,
        "true less predicted",
    )
    return [
        figure(image, tag("b", f"{output.name}, predicted and true. "), against),
        figure(residuals, tag("b", "What is left over. "), lean),
    ]


def _ends(output: OutputFailures) -> list[tuple[float, float]]:
    return [
        (float(output.stated[0]), float(output.came[0])),
        (float(output.stated[-1]), float(output.came[-1])),
    ]
