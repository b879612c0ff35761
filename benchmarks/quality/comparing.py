"""Ranvier beside a peer on a data set, paired by seed: a hard split is hard for both."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass

from benchmarks.quality.metrics import HIGHER_IS_BETTER
from benchmarks.quality.results import Key, Result

UNDECIDED = "undecided"


@dataclass(frozen=True)
class Comparison:
    """How much better Ranvier is, in the metric's unit; below zero: how much worse.

    Attributes:
        verdict: "win", "loss", "tie": a mean difference of at most one standard error of the
            paired differences; or "undecided": fewer than two seeds in common.
        difference: its mean over the seeds.
        error: its standard error.
        seeds: how many both have.
    """

    verdict: str
    difference: float
    error: float
    seeds: int


def compare(known: dict[Key, Result], dataset: str, peer: str, metric: str) -> Comparison:
    """Ranvier beside a peer, over the seeds that both have."""

    def scores(who: str) -> dict[int, float]:
        return {
            seed: result["metrics"][metric]
            for (name, by, seed), result in known.items()
            if (name, by) == (dataset, who)
        }

    ours, theirs = scores("ranvier"), scores(peer)
    sign = 1 if HIGHER_IS_BETTER[metric] else -1
    gains = [sign * (ours[seed] - theirs[seed]) for seed in sorted(ours.keys() & theirs.keys())]
    if len(gains) < 2:
        return Comparison(UNDECIDED, gains[0] if gains else math.nan, math.nan, len(gains))
    mean = statistics.fmean(gains)
    error = statistics.stdev(gains) / math.sqrt(len(gains))
    verdict = "tie" if abs(mean) <= error else "win" if mean > 0 else "loss"
    return Comparison(verdict, mean, error, len(gains))
