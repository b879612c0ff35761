"""How far the reading of many files has come, on standard error."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, TaskID

from ranvier.data.pictures.telling import telling
from ranvier.training.progress import PLAIN_SECONDS, clock, is_live, live_line

PATIENCE = 0.5  # seconds without a word: most sets are read by then


@contextmanager
def shown() -> Iterator[None]:
    """While files are read inside, a bar in a terminal, or else a plain line every few seconds."""
    bar = _Bar(Console(stderr=True, highlight=False))
    try:
        with telling(bar.told):
            yield
    finally:
        bar.close()


class _Bar:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._began: float | None = None
        self._spoke = 0.0
        self._live: Progress | None = None
        self._task = TaskID(0)

    def told(self, done: int, files: int) -> None:
        """So many of the files are read."""
        now = time.perf_counter()
        if self._began is None:
            self._began = self._spoke = now
            return
        if done >= files:
            self.close()
            return
        spent = now - self._began
        words = f"{done:,} of {files:,} files   {clock(spent * (files - done) / done)} left"
        if is_live(self._console):
            self._move(done, files, words, spent)
        elif now - self._spoke >= PLAIN_SECONDS:
            self._spoke = now
            self._console.print(f"reading {words}", soft_wrap=True, markup=False)

    def _move(self, done: int, files: int, words: str, spent: float) -> None:
        if self._live is None:
            if spent < PATIENCE:
                return
            self._live = live_line(self._console)
            self._task = self._live.add_task("reading", total=files, line=words)
            self._live.start()
        self._live.update(self._task, completed=done, line=words)

    def close(self) -> None:
        """Leave the terminal in order."""
        if self._live is not None:
            self._live.stop()
        self._live, self._began = None, None
