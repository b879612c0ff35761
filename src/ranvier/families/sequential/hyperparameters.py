"""The hyperparameters of every family that goes through rows step by step."""

from __future__ import annotations

from dataclasses import dataclass

from ranvier.hyperparameters import Hyperparameters, setting

TOKENIZERS = ("words", "bpe", "characters")


@dataclass(kw_only=True, eq=False, repr=False)
class SequentialHyperparameters(Hyperparameters):
    """How texts are cut, and what is known of series that are to be continued."""

    horizon: int | None = setting(
        None, "forecasting: steps ahead; none: one season, 12 of months", low=1, high=100_000
    )
    context: int | None = setting(
        None, "forecasting: steps looked back on; none: two seasons, or two horizons", low=1
    )
    season: int | None = setting(
        None, "forecasting: steps after which the series repeats; none: by the frequency", low=1
    )
    time: str | None = setting(None, "series: the column of times; none: the one of dates")
    series: str | None = setting(
        None,
        "the column that tells several series apart; each is forecast, or with another task each "
        "is one example",
    )
    known: tuple[str, ...] | None = setting(
        None, "forecasting: columns that are known ahead, such as holidays"
    )
    static: tuple[str, ...] | None = setting(
        None, "forecasting: columns with one value for each series"
    )
    coverage: float = setting(
        0.8, "forecasting: share of the truth that the interval is to hold", low=0.01, high=0.99
    )
    tokenizer: str = setting("words", "what a text is cut into", choices=TOKENIZERS)
    vocabulary_size: int = setting(
        30_000, "different tokens that are known, at most", low=16, high=1_000_000
    )
    max_length: int | None = setting(
        None, "tokens of a text that are read, at most; none: as the lengths suggest", low=1
    )
