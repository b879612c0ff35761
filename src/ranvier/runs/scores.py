"""How good a model is, beside what it is compared with, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

HEADLINES = ("perplexity", "iou", "psnr", "mase", "frechet", "mse", "r2", "accuracy")
LOWER = ("perplexity", "mase", "frechet", "mse")  # of which the less is the better


@dataclass(frozen=True)
class Rated:
    """How a baseline did.

    Attributes:
        words: what it does.
        metrics: metric -> value.
        reference: whether it is what to aim at, such as real pictures beside made ones, and
            nothing that must be beaten.
    """

    words: str
    metrics: dict[str, float]
    reference: bool = False


@dataclass(frozen=True)
class Scores:
    """How a model and the baselines did on the same rows.

    Attributes:
        rows: how many.
        model: metric -> value.
        baselines: one at least.
        headline: the metric by which they are compared.
        lower: whether the less of it is the better.
    """

    rows: int
    model: dict[str, float]
    baselines: tuple[Rated, ...]
    headline: str
    lower: bool = False

    @property
    def things(self) -> str:
        """What a row is: of series it is a window, of a language a token."""
        names = {"mase": "windows", "perplexity": "tokens", "frechet": "pictures"}
        return names.get(self.headline, "rows")

    @property
    def best(self) -> Rated:
        """The baseline that is hardest to beat."""
        choose = min if self.lower else max
        able = [one for one in self.baselines if self.headline in one.metrics]
        rivals = [one for one in able if not one.reference]
        return choose(rivals or able, key=lambda rated: rated.metrics[self.headline])

    @property
    def beaten(self) -> bool:
        """Whether the model is better than all baselines."""
        own, other = self.model[self.headline], self.best.metrics[self.headline]
        return own < other if self.lower else own > other

    def plain(self) -> dict[str, Any]:
        """As JSON holds it; "baseline" is the best of the baselines."""
        each = [
            {"prediction": rated.words, "metrics": rated.metrics}
            | ({"reference": True} if rated.reference else {})
            for rated in self.baselines
        ]
        plain = {"rows": self.rows, "metrics": self.model}
        plain["baseline"] = each[self.baselines.index(self.best)]
        return plain | ({"baselines": each} if len(each) > 1 else {})

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Scores:
        """The same scores."""
        each = plain.get("baselines") or [plain["baseline"]]
        metrics = dict(plain["metrics"])
        headline = next(name for name in HEADLINES if name in metrics)
        rated = tuple(
            Rated(other["prediction"], other["metrics"], bool(other.get("reference")))
            for other in each
        )
        return cls(int(plain["rows"]), metrics, rated, headline, headline in LOWER)
