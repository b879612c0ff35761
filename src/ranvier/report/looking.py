"""What a model looks at that goes through its rows step by step: texts, or sequences."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np

from ranvier.data import Dataset
from ranvier.data.sequences import Sequences
from ranvier.data.texts import Texts
from ranvier.explain.attention import Attention
from ranvier.explain.series import SequenceExplanation
from ranvier.explain.states import States
from ranvier.explain.texts import TextExplanation
from ranvier.preprocessing.ragged import lengths_of
from ranvier.preprocessing.targets import TargetCoder
from ranvier.report.choosing import caption, least_sure, mistaken, named, surest

MOST_SUREST, MOST_UNSURE, MOST_MISTAKES = 4, 2, 4
MOST_ROWS = 200  # that are looked at for the table of words, or of channels
# Multiplications that looking into rows may cost, beside those that are shown: about ten seconds.
WORK = 1e11
PER_ROW = 160  # times the way through the network: 64 scouts there, 32 points there and back
PER_ROW_OF_TOKENS = 256  # of a transformer, which has twice the points
FEWEST_STEPS = 6  # of the row whose states are drawn, where one has as many
MOST_WORDS, MOST_CLASSES = 8, 20
OFTEN = 6  # rows of a class from which on a word must stand in two of them


@dataclass(frozen=True)
class Shown:
    """A row that is shown.

    Attributes:
        row: its place among the rows that were looked at.
        caption: lines about it.
    """

    row: int
    caption: tuple[str, ...]


@dataclass(frozen=True)
class Words:
    """The words that speak most for a class, or move a number most one way.

    Attributes:
        name: the class, or what they do with the number.
        rows: how many were looked at.
        words: (word, what it added, the mean over these rows; in how many it stands), the
            strongest first.
    """

    name: str
    rows: int
    words: tuple[tuple[str, float, int], ...]


@dataclass(frozen=True)
class Look:
    """What the page shows of it.

    Attributes:
        kind: "text" or "sequence".
        found: all rows that were looked at, explained.
        examples: surely right, or hardly sure.
        mistakes: those it was most wrong about.
        words: for texts.
        channels: for sequences of several: (name, its share of what was moved), the largest first.
        inside: of one row the states of recurrent layers, or the attention of a transformer.
    """

    kind: str
    found: TextExplanation | SequenceExplanation
    examples: tuple[Shown, ...]
    mistakes: tuple[Shown, ...]
    words: tuple[Words, ...]
    channels: tuple[tuple[str, float], ...]
    inside: States | Attention


def look(model: Any, rows: Dataset, inputs: dict[str, Any], logits: np.ndarray) -> Look | None:
    """Explain some rows with a target; None for a model that goes through no steps.

    Args:
        model: a fitted model.
        rows: N rows as the model takes them.
        inputs: the same, preprocessed.
        logits: float32 (N, units), its answers.
    """
    coder, held = model._coder, rows.inputs
    if not isinstance(held, (Texts, Sequences)) or not isinstance(coder, TargetCoder):
        return None
    if not (hasattr(model, "states") or hasattr(model, "attention")) or not len(rows):
        return None
    steps = inputs["tokens" if "tokens" in inputs else "steps"]
    lengths = lengths_of(steps)
    affordable = max(3, int(WORK / _cost(model, float(lengths.mean()))))
    sure, unsure, wrong = (
        np.asarray(rule(coder, rows, logits, min(most, max(1, affordable // 3)))).tolist()
        for rule, most in (
            (surest, MOST_SUREST), (least_sure, MOST_UNSURE), (mistaken, MOST_MISTAKES)
        )
    )  # fmt: skip
    shown = dict.fromkeys([*sure, *unsure])
    others = _others(lengths)
    chosen = list(dict.fromkeys([*shown, *wrong, *others[: min(MOST_ROWS, affordable)]]))
    some = rows.take(np.array(chosen))
    found = model.explain(some)
    captions = _captions(coder, some, logits[chosen])
    first = some.take(np.array([_to_be_drawn(found, len(shown))]))
    return Look(
        kind=held.kind,
        found=found,
        examples=tuple(Shown(place, captions[place]) for place in range(len(shown))),
        mistakes=tuple(Shown(chosen.index(row), captions[chosen.index(row)]) for row in wrong),
        words=_words(found) if isinstance(found, TextExplanation) else (),
        channels=_channels(found) if isinstance(found, SequenceExplanation) else (),
        inside=model.states(first) if hasattr(model, "states") else model.attention(first),
    )


def _cost(model: Any, length: float) -> float:
    """Multiplications that a row of the mean length takes to be explained."""
    spec = model.preprocessor_.spec
    parameters = sum(array.size for array in model._outcome.parameters.values())
    whole = model._products(parameters, spec, model._coder.spec, model.resolved_)
    times = PER_ROW if hasattr(model, "states") else PER_ROW_OF_TOKENS
    cost: float = times * whole * length / max(1, int(spec.steps))
    return max(1.0, cost)


def _others(lengths: np.ndarray) -> list[int]:
    """Rows in an order of chance, those first that are no longer than the mean: they cost less."""
    drawn = np.random.default_rng(0).permutation(len(lengths))
    drawn = drawn[np.argsort(lengths[drawn] > lengths.mean(), kind="stable")]
    rows: list[int] = drawn.tolist()
    return rows


def _captions(coder: TargetCoder, rows: Dataset, logits: np.ndarray) -> list[tuple[str, ...]]:
    said, truth = coder.labels(logits), rows.labels
    return [
        (*caption(coder, truth[row], said[row], logits[row]), *named(rows.inputs, row))
        for row in range(len(rows))
    ]


def _to_be_drawn(found: TextExplanation | SequenceExplanation, shown: int) -> int:
    """The shortest of the rows shown that is no trifle."""
    lengths = [len(values) for values in found.values[:shown]]
    return min(range(shown), key=lambda row: (lengths[row] < FEWEST_STEPS, lengths[row]))


def _words(found: TextExplanation) -> tuple[Words, ...]:
    """For each class the words that spoke most for it; for numbers those that moved them most."""
    totals: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    counts: dict[str, int] = defaultdict(int)
    for row in range(len(found)):
        name, parts = str(found.explained[row]), dict[str, float]()
        for text, value in found.tokens(row):
            word = text.casefold()
            if any(character.isalnum() for character in word):
                parts[word] = parts.get(word, 0.0) + value
        counts[name] += 1
        for word, value in parts.items():
            totals[name][word].append(value)
    if set(counts) == {""}:
        up, down = found.sides
        lowering = {word: [-v for v in values] for word, values in totals[""].items()}
        return (
            Words(up, counts[""], _largest(totals[""], counts[""])),
            Words(down, counts[""], _largest(lowering, counts[""], sign=-1.0)),
        )
    often = {name for name, count in counts.items() if count > 1} or set(counts)
    names = sorted(sorted(often, key=lambda name: (-counts[name], name))[:MOST_CLASSES])
    return tuple(Words(n, counts[n], _largest(totals[n], counts[n])) for n in names)


def _largest(
    totals: dict[str, list[float]], rows: int, sign: float = 1.0
) -> tuple[tuple[str, float, int], ...]:
    """Words by their mean over all rows, those above zero."""
    often = 2 if rows >= OFTEN else 1
    means = {
        word: sum(values) / rows
        for word, values in totals.items()
        if len(values) >= often and sum(values) > 0
    }
    order = sorted(means, key=lambda word: (-means[word], word))[:MOST_WORDS]
    return tuple((word, sign * means[word], len(totals[word])) for word in order)


def _channels(found: SequenceExplanation) -> tuple[tuple[str, float], ...]:
    """Each channel's share of all that was moved; of a single channel nothing is to be said."""
    if len(found.channels) < 2:
        return ()
    moved = found.importance()
    share = moved / max(float(moved.sum()), 1e-12)
    order = np.argsort(-share, kind="stable")
    return tuple((found.channels[channel], float(share[channel])) for channel in order)
