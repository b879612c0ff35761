"""`ranvier info`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ranvier.cli import rendering
from ranvier.cli.options import Debug, Json, Model
from ranvier.runs.spelling import flagged

if TYPE_CHECKING:
    from ranvier.runs.information import Information

SHOWN_COLUMNS = 20


def info(model: Model, json: Json = False, debug: Debug = False) -> None:
    """Show a trained model: its layers, what was decided and why, its columns, its score."""
    from ranvier.runs.information import inform

    found = inform(model)
    if json:
        rendering.emit_json(found.plain())
        return
    rendering.emit(f"{found.path}\n")
    rendering.emit(flagged(found.summary))
    rendering.emit()
    rendering.emit_lines(_lines(found))
    if found.scores is not None:
        rendering.emit()
        rendering.emit(rendering.scores(found.scores, f"{found.scores.things} never seen"))


def _lines(found: Information) -> list[tuple[str, str]]:
    lines = [(label, flagged(text)) for label, text in found.decisions]
    lines.append(("trained", _training(found)))
    best = [f"{name} {value:.4g}" for name, value in found.best.items() if name not in _ASIDE]
    if best:
        lines.append(("", "there: " + ", ".join(best)))
    if found.command:
        lines.append(("command", found.command))
    return lines + _columns(found)


def _columns(found: Information) -> list[tuple[str, str]]:
    """One line for each use, with the columns that are put to it."""
    uses: dict[str, list[str]] = {}
    for name, use in found.columns:
        uses.setdefault(use, []).append(name)
    lines: list[tuple[str, str]] = []
    for use, names in uses.items():
        more = len(names) - SHOWN_COLUMNS
        shown = ", ".join(names[:SHOWN_COLUMNS]) + (f" and {more:,} more" if more > 0 else "")
        lines.append(("" if lines else "columns", f"{use}: {shown}"))
    return lines


_ASIDE = ("epoch", "seconds")


def _training(found: Information) -> str:
    from ranvier.training.progress import counted, duration

    facts = found.training
    words = {
        "finished": "finished",
        "patience": "stopped by patience",
        "interrupted": "interrupted",
    }.get(facts["reason"], facts["reason"])
    kept = f", the weights of epoch {facts['best_epoch']} are kept" if facts["best_epoch"] else ""
    return f"{counted(facts['epochs'], 'epoch')} in {duration(facts['seconds'])}, {words}{kept}"
