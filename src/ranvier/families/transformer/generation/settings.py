"""What a person asks of a text that is to be written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ranvier.errors import HyperparameterError

MOST_TOKENS = 10_000_000
MOST_SEED = 2**32 - 1


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How a text is written; checked where it is made.

    Attributes:
        max_tokens: how many tokens, at most.
        temperature: by which scores are divided; 0: always the likeliest token.
        top_k: tokens that may be drawn, the likeliest ones; None: all.
        top_p: of the probability, which the likeliest tokens must have together, the others being
            left out; None: all.
        repetition_penalty: above 1: tokens that the text has already are drawn less.
        stop: the text ends before any of these.
        seed: the same gives the same text; the second of several begins with the next one.
    """

    max_tokens: int = 200
    temperature: float = 0.8
    top_k: int | None = None
    top_p: float | None = None
    repetition_penalty: float = 1.0
    stop: tuple[str, ...] = ()
    seed: int = 0

    def __post_init__(self) -> None:
        _whole("max_tokens", self.max_tokens, 1, MOST_TOKENS)
        _whole("seed", self.seed, 0, MOST_SEED)
        if self.top_k is not None:
            _whole("top_k", self.top_k, 1, None, " or None, for all tokens")
        _number("temperature", self.temperature, "a number from 0 up", low=0)
        if self.top_p is not None:
            _number("top_p", self.top_p, "above 0 and at most 1, or None", above=0, high=1)
        _number("repetition_penalty", self.repetition_penalty, "a number above 0", above=0)
        for text in self.stop:
            if not isinstance(text, str) or not text:
                raise HyperparameterError(
                    f"stop takes texts of at least one character; got {text!r}: leave it out."
                )


def stops(given: str | Sequence[str] | None) -> tuple[str, ...]:
    """One stop string or several, as several."""
    if given is None:
        return ()
    return (given,) if isinstance(given, str) else tuple(given)


def _whole(name: str, value: Any, low: int, high: int | None, more: str = "") -> None:
    fits = isinstance(value, int) and not isinstance(value, bool) and value >= low
    if not fits or (high is not None and value > high):
        upto = "" if high is None else f" and at most {high:,}"
        raise HyperparameterError(
            f"{name} must be a whole number of at least {low}{upto}{more}; got {value!r}."
        )


def _number(
    name: str,
    value: Any,
    words: str,
    *,
    low: float = -math.inf,
    above: float = -math.inf,
    high: float = math.inf,
) -> None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not (low <= value <= high and value > above) or not math.isfinite(value):
        raise HyperparameterError(f"{name} must be {words}; got {value!r}.")
