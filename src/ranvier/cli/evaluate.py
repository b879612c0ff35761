"""`ranvier evaluate`."""

from __future__ import annotations

from ranvier import garbage
from ranvier.cli import rendering
from ranvier.cli.errors import say
from ranvier.cli.options import Debug, Json, Model, Source


def evaluate(model: Model, source: Source, json: Json = False, debug: Debug = False) -> None:
    """Score a trained model on rows that have a target, beside the trivial baseline."""
    with garbage.importing():
        from ranvier.cli import reading
        from ranvier.runs import evaluation

    with reading.shown():
        scores, notes = evaluation.evaluate(model, source)
    for note in notes:
        say(f"note: {note}")
    if json:
        rendering.emit_json(scores.plain())
    else:
        rendering.emit(rendering.scores(scores, f"{scores.things} of {source}"))
