"""How far the predictions of a large table have come, on standard error."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, TaskID

from ranvier.training.progress import PLAIN_SECONDS, clock, is_live, live_line, short_number

Mark = tuple[float, int, float]  # seconds of the clock, rows, the share that is done


@contextmanager
def shown() -> Iterator[_Rows]:
    """Inside, a bar in a terminal, or else a plain line every few seconds; call it to tell it."""
    rows = _Rows(Console(stderr=True, highlight=False))
    try:
        yield rows
    finally:
        rows.close()


class _Rows:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._doing = ""
        self._began: Mark = (0.0, 0, 0.0)
        self._spoke = 0.0
        self._live: Progress | None = None
        self._task = TaskID(0)

    def __call__(self, doing: str, rows: int, total: int, share: float) -> None:
        """So many rows are read or predicted, of `total` where that is known (else 0)."""
        now = time.perf_counter()
        if doing == "resumed":
            self.close()
            self._say(f"resumed after row {rows:,} of {total:,}")
        if doing != self._doing:
            # What comes first waits for the compiler: it is no measure of what follows.
            self._doing, self._began, self._spoke = doing, (now, rows, share), now
            return
        words = self._words(rows, total, share, now)
        if is_live(self._console):
            self._move(words, share)
        elif now - self._spoke >= PLAIN_SECONDS:
            self._spoke = now
            self._say(f"{doing} {words}")

    def _words(self, rows: int, total: int, share: float, now: float) -> str:
        began, first, before = self._began
        spent, parts = now - began, [f"{rows:,} of {total:,} rows" if total else f"{rows:,} rows"]
        if spent > 0:
            parts.append(f"{short_number((rows - first) / spent)} rows/s")
        if share > before:
            parts.append(f"{clock(spent * (1 - share) / (share - before))} left")
        return "   ".join(parts)

    def _move(self, words: str, share: float) -> None:
        if self._live is None:
            self._live = live_line(self._console)
            self._task = self._live.add_task(self._doing, total=1.0, line=words)
            self._live.start()
        self._live.update(self._task, description=self._doing, completed=share, line=words)

    def _say(self, words: str) -> None:
        self._console.print(words, soft_wrap=True, markup=False)

    def close(self) -> None:
        """Leave the terminal in order."""
        if self._live is not None:
            self._live.stop()
        self._live = None
