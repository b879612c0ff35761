"""What a person sees while a network learns: a live line in a terminal, plain lines elsewhere."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Callable, Sequence

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.table import Column
from rich.text import Text

from ranvier.training.loop import Outcome, Row
from ranvier.training.plan import Plan

PLAIN_SECONDS = 5.0  # between two plain lines
LABEL_WIDTH = 10

# The first of these that a row has is the one to watch, and whether more of it is better.
HEADLINES = (
    ("valid_perplexity", "valid perplexity", False),
    ("valid_accuracy", "valid accuracy", True),
    ("valid_rmse", "valid RMSE", False),
    ("valid_psnr", "valid PSNR", True),
    ("valid_loss", "valid loss", False),
)


# What changes the decision of a line, by its label; by its first word where that stands here too.
HINTS = {
    "task": ("task",),
    "network": ("hidden", "activation", "recipe"),
    "transformer": ("layers", "width", "heads"),
    "pretrained": ("pretrained", "lora_rank", "learning_rate"),
    "device": ("devices", "batch_size", "epochs"),
}
BAR_WIDTH = 16


class Display:
    """Shows a run on a console; the loop's `Watcher`."""

    def __init__(
        self,
        console: Console | None = None,
        *,
        spell: Callable[[str], str] = "{}=".format,
        translate: Callable[[str], str] = str,
    ) -> None:
        """Show on a console.

        Args:
            console: where; None: standard output.
            spell: how a hyperparameter is named to the reader: `batch_size=`, `--batch-size`.
            translate: what is done to each line of the announcement.
        """
        self.console = console or Console(highlight=False)
        self._spell, self._translate = spell, translate
        self._live: Progress | None = None
        self._bar = TaskID(0)
        self._plan: Plan | None = None
        self._first_step = 0
        self._began = self._spoke = time.perf_counter()
        self._compiled = False

    def announce(self, lines: Sequence[tuple[str, str]]) -> None:
        """The decisions, one labelled line each, and what changes them."""
        translated = [(label, self._translate(words)) for label, words in lines]
        hints = {
            label: "another? " + " ".join(map(self._spell, names))
            for label, words in translated
            if label in HINTS
            for names in (HINTS.get(words.split(" ", 1)[0], HINTS[label]),)
            if self._spell(names[0]) not in words
        }
        self._say(labelled(translated, width=line_width(self.console), hints=hints))
        self._say("")

    def started(self, plan: Plan, step: int) -> None:
        """The run begins, or goes on from a step."""
        self._plan, self._first_step = plan, step
        self._began = self._spoke = time.perf_counter()
        if step:
            self._say(
                f"resumed after step {step:,} of {plan.total_steps:,} "
                f"(epoch {step // plan.steps_per_epoch} of {plan.epochs})"
            )
        if not is_live(self.console):
            return
        self._live = live_line(self.console)
        self._bar = self._live.add_task(
            "compiling the first step", total=plan.total_steps, completed=step, line=""
        )
        self._live.start()

    def advanced(self, step: int, history: list[Row], best_epoch: int) -> None:
        """A chunk is done."""
        assert self._plan is not None
        now = time.perf_counter()
        epoch = f"epoch {step // self._plan.steps_per_epoch}/{self._plan.epochs}"
        parts = self._line(history, step, best_epoch, now)
        if not self._compiled:
            # Compilation must not count as slow steps: the rate begins with the second chunk.
            self._compiled, self._began, self._first_step = True, now, step
        if self._live is not None:
            self._live.update(
                self._bar, completed=step, description=epoch, line=self._fitting(epoch, parts)
            )
        elif now - self._spoke >= PLAIN_SECONDS:
            self._spoke = now
            self._say("   ".join([epoch, *parts.values()]))

    def remarked(self, text: str) -> None:
        """What is to be said of how the run goes, above the bar."""
        self._say(wrapped(f"note: {text}", line_width(self.console)))

    def wants_picture(self, epoch: int) -> bool:
        """A terminal shows none."""
        del epoch
        return False

    def pictured(self, epoch: int, pictures: np.ndarray) -> None:
        """Nothing: none are wanted."""

    def finished(self, outcome: Outcome) -> None:
        """The run is over."""
        if self._live is not None:
            self._live.stop()
            self._live = None
        self._say(wrapped(ending(outcome), line_width(self.console)))
        self._say("")

    def close(self) -> None:
        """Leave the terminal in order, also after an error."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _say(self, text: str | Text) -> None:
        # Lines are wrapped here, or by nobody: a log's lines stay whole.
        self.console.print(text, soft_wrap=True, markup=False, highlight=False)

    def _line(self, history: list[Row], step: int, best_epoch: int, now: float) -> dict[str, str]:
        """What there is to say, by name, in the order of reading."""
        parts = {}
        if history:
            row = history[-1]
            if "loss" in row:
                parts["loss"] = f"loss {row['loss']:.4g}"
            else:  # each player has its own
                each = [name for name in row if name.endswith("_loss")]
                told = [f"{name.removesuffix('_loss')} {row[name]:.3g}" for name in each]
                parts |= {"loss": f"loss of {', '.join(told)}"} if told else {}
            for name, words, _ in HEADLINES:
                if name in row:
                    parts["score"] = f"{words} {row[name]:.4g}"
                    if 0 < best_epoch <= len(history):
                        best = history[best_epoch - 1][name]
                        parts["best"] = f"best {best:.4g} ({best_epoch})"
                    break
        done, spent = step - self._first_step, now - self._began
        if self._compiled and done > 0 and spent > 0 and self._plan is not None:
            rate = done / spent
            parts["rate"] = f"{short_number(rate * self._plan.batch_size)} rows/s"
            parts["left"] = f"{clock((self._plan.total_steps - step) / rate)} left"
        return parts

    def _fitting(self, epoch: str, parts: dict[str, str]) -> str:
        """The parts in one line, without those for which the terminal is too narrow."""
        room = self.console.width - len(epoch) - BAR_WIDTH - 2
        for name in ("rate", "loss", "best"):
            if len("   ".join(parts.values())) <= room:
                break
            parts.pop(name, None)
        return "   ".join(parts.values())


def live_line(console: Console) -> Progress:
    """A description, a bar and a `line` that are written over, and erased at the end."""
    line = Column(no_wrap=True, overflow="ellipsis")
    return Progress(
        TextColumn("{task.description}", table_column=Column(no_wrap=True)),
        BarColumn(bar_width=BAR_WIDTH),
        TextColumn("{task.fields[line]}", table_column=line),
        console=console,
        transient=True,
    )


def is_live(console: Console) -> bool:
    """Whether lines on this console can be written over."""
    return console.is_terminal and not console.is_dumb_terminal


def line_width(console: Console) -> int | None:
    """Where lines wrap; None where they do not, outside a terminal."""
    return console.width if console.is_terminal else None


def wrapped(text: str, width: int | None, indent: int = 0) -> str:
    """The text in lines of at most `width`, those after the first indented."""
    if width is None:
        return text
    return textwrap.fill(
        text,
        max(width, indent + 20),
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def labelled(
    lines: Sequence[tuple[str, str]],
    *,
    width: int | None = None,
    hints: dict[str, str] | None = None,
) -> Text:
    """Lines with their labels in a column.

    Args:
        lines: (label, words); an empty label continues the line above.
        width: where lines wrap, under the column of words; None: nowhere.
        hints: label -> what changes the line, shown at its end.
    """
    text = Text()
    for number, (label, words) in enumerate(lines):
        # Hard spaces hold the hint together while the line is wrapped.
        hint = (hints or {}).get(label, "").replace(" ", "\N{NO-BREAK SPACE}")
        end = f"   {hint}" if hint else ""
        fitted = wrapped(label.ljust(LABEL_WIDTH) + words + end, width, LABEL_WIDTH)
        text.append("\n" if number else "")
        text.append(fitted[:LABEL_WIDTH], style="bold")
        cut = len(fitted) - len(hint)
        text.append(fitted[LABEL_WIDTH:cut])
        text.append(fitted[cut:].replace("\N{NO-BREAK SPACE}", " "), style="dim")
    return text


def ending(outcome: Outcome) -> str:
    """One line about how the run ended."""
    what = {
        "finished": f"finished after {counted(outcome.epoch, 'epoch')}",
        "interrupted": f"interrupted in epoch {outcome.epoch + 1}",
        "patience": f"stopped at epoch {outcome.epoch}: "
        f"not better for {counted(outcome.epoch - outcome.best_epoch, 'epoch')}",
    }[outcome.reason]
    if outcome.best_epoch:
        what += f"; the weights of epoch {outcome.best_epoch} are kept"
    return (
        f"{what} · {duration(outcome.seconds)}, of which {outcome.compile_seconds:.1f} s compiling"
    )


def counted(number: int, thing: str) -> str:
    """Such as "1 epoch" or "1,024 epochs"."""
    return f"{number:,} {thing}" + ("" if number == 1 else "s")


def duration(seconds: float) -> str:
    """Such as "6.3 s", or "12:40 min"."""
    return f"{seconds:.1f} s" if seconds < 100 else f"{clock(seconds)} min"


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
