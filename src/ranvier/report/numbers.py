"""Numbers as a person reads them. Light: the command line uses it too."""

from __future__ import annotations

import math
from collections.abc import Sequence

METRICS = {
    "mse": "MSE",
    "frechet": "Fréchet distance",
    "precision": "precision",
    "recall": "recall",
    "asked": "of the class asked for",
    "rarest": "rarest class",
    "copies": "copies",
    "perplexity": "perplexity",
    "bits_per_character": "bits per character",
    "accuracy": "accuracy",
    "roc_auc": "ROC AUC",
    "f1": "F1",
    "f1_macro": "macro F1",
    "f1_entities": "entity F1",
    "rmse": "RMSE",
    "mae": "MAE",
    "r2": "R²",
    "iou": "mean IoU",
    "psnr": "PSNR (dB)",
    "ssim": "SSIM",
    "neighbours": "nearest neighbours",
    "detection": "detection AUC",
    "mase": "MASE",
    "smape": "sMAPE (%)",
    "coverage": "coverage",
}


def same_decimals(metric: str, values: Sequence[float]) -> list[str]:
    """Values of one metric, with the same decimals: three digits of the smallest."""
    decimals = 3
    if metric in ("rmse", "mae", "mse", "frechet", "perplexity"):
        sizes = [abs(value) for value in values if value and math.isfinite(value)]
        decimals = max(0, 2 - math.floor(math.log10(min(sizes, default=1.0))))
    # Adding zero makes -0.0 plain.
    return [
        f"{round(value, decimals) + 0.0:,.{decimals}f}" if not math.isnan(value) else "–"
        for value in values
    ]


def short(value: float, digits: int = 3) -> str:
    """Three digits, without an exponent where a person would write none: 0.0123, 1.23, 12,300."""
    if not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    size = math.floor(math.log10(abs(value)))
    if not -5 <= size <= 9:
        return f"{value:.{digits - 1}e}"
    decimals = max(0, digits - 1 - size)
    return f"{value:,.{decimals}f}".replace("-", "−")


def percent(share: float) -> str:
    """A share as 97.5 %."""
    if not math.isfinite(share):
        return "–"
    return f"{100 * share:.1f}\N{NO-BREAK SPACE}%".replace("-", "−")


def counted(number: int, thing: str) -> str:
    """Such as "1 row" or "1,024 rows"."""
    return f"{number:,} {thing}" + ("" if number == 1 else "s")


def listed(parts: Sequence[str]) -> str:
    """Such as "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + f" and {parts[-1]}"
