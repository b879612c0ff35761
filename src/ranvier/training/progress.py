"""What a person sees while a network learns: a live line in a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Sequence

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.text import Text

from ranvier.training.loop import Outcome, Row
from ranvier.training.plan import Plan

PLAIN_SECONDS = 5.0  # between two plain lines
LABEL_WIDTH = 10

# The first of these that a row has is the one to watch, and whether more of it is better.
HEADLINES = (
    ("valid_accuracy", "valid accuracy", True),
    ("valid_rmse", "valid RMSE", False),
    ("valid_loss", "valid loss", False),
)


class Display:
    """Shows a run on a console; the loop's `Watcher`."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False, soft_wrap=True)
        self._live: Progress | None = None
        self._bar = TaskID(0)
        self._plan: Plan | None = None
        self._first_step = 0
        self._began = self._spoke = time.perf_counter()
        self._compiled = False

    def announce(self, lines: Sequence[tuple[str, str]]) -> None:
        """The decisions, one labelled line each."""
        self.console.print(labelled(lines))
        self.console.print()

    def started(self, plan: Plan, step: int) -> None:
        """The run begins, or goes on from a step."""
        self._plan, self._first_step = plan, step
        self._began = self._spoke = time.perf_counter()
        if step:
            self.console.print(f"resumed after step {step:,} of {plan.total_steps:,}")
        if not self.console.is_terminal:
            return
        self._live = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            TextColumn("{task.fields[line]}"),
            console=self.console,
            transient=True,
        )
        self._bar = self._live.add_task("compiling", total=plan.total_steps, line="")
        self._live.start()

    def advanced(self, step: int, history: list[Row], best_epoch: int) -> None:
        """A chunk is done."""
        assert self._plan is not None
        now = time.perf_counter()
        epoch = f"epoch {step // self._plan.steps_per_epoch}/{self._plan.epochs}"
        line = self._line(step, history, best_epoch, now)
        if not self._compiled:
            # Compilation must not count as slow steps: the rate begins with the second chunk.
            self._compiled, self._began, self._first_step = True, now, step
        if self._live is not None:
            self._live.update(self._bar, completed=step, description=epoch, line=line)
        elif now - self._spoke >= PLAIN_SECONDS and history:
            self._spoke = now
            self.console.print(f"{epoch}  {line}")

    def finished(self, outcome: Outcome) -> None:
        """The run is over."""
        if self._live is not None:
            self._live.stop()
        self.console.print(ending(outcome, self._plan))
        self.console.print()

    def close(self) -> None:
        """Leave the terminal in order, also after an error."""
        if self._live is not None:
            self._live.stop()

    def _line(self, step: int, history: list[Row], best_epoch: int, now: float) -> str:
        parts = []
        if history:
            row = history[-1]
            if "loss" in row:
                parts.append(f"loss {row['loss']:.4g}")
            for name, words, _ in HEADLINES:
                if name in row:
                    parts.append(f"{words} {row[name]:.4g}")
                    if 0 < best_epoch <= len(history):
                        best = history[best_epoch - 1][name]
                        parts.append(f"best {best:.4g} ({best_epoch})")
                    break
        done, spent = step - self._first_step, now - self._began
        if self._compiled and done > 0 and spent > 0 and self._plan is not None:
            rate = done / spent
            parts.append(f"{short_number(rate * self._plan.batch_size)} rows/s")
            parts.append(f"{clock((self._plan.total_steps - step) / rate)} left")
        return "   ".join(parts)


def labelled(lines: Sequence[tuple[str, str]]) -> Text:
    """Lines with their labels in a column; an empty label continues the line above."""
    text = Text()
    for number, (label, words) in enumerate(lines):
        text.append(("\n" if number else "") + label.ljust(LABEL_WIDTH), style="bold")
        text.append(words)
    return text


def ending(outcome: Outcome, plan: Plan | None) -> str:
    """One line about how the run ended."""
    what = {
        "finished": f"finished after {outcome.epoch} epochs",
        "interrupted": f"interrupted in epoch {outcome.epoch + 1}",
        "patience": f"stopped at epoch {outcome.epoch}: "
        f"not better for {outcome.epoch - outcome.best_epoch} epochs",
    }[outcome.reason]
    if outcome.best_epoch:
        what += f"; the weights of epoch {outcome.best_epoch} are kept"
    return f"{what} · {outcome.seconds:.1f} s, of which {outcome.compile_seconds:.1f} s compiling"


def clock(seconds: float) -> str:
    """Minutes and seconds, such as 0:21; hours where there are any."""
    whole = max(0, round(seconds))
    if whole >= 3600:
        return f"{whole // 3600}:{whole % 3600 // 60:02}:{whole % 60:02}"
    return f"{whole // 60}:{whole % 60:02}"


def short_number(value: float) -> str:
    """Three digits and a unit: 950, 12.3 k, 1.24 M."""
    for size, unit in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if value >= size:
            return f"{value / size:.3g}{unit}"
    return f"{value:.3g}"
