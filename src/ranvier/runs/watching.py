"""Who watches a run: the display, and the history file that grows with it."""

from __future__ import annotations

import json
import math
import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ranvier.errors import DataWarning
from ranvier.runs.folder import write_whole
from ranvier.runs.frames import FrameFolder
from ranvier.training.loop import Outcome, Row, Watcher
from ranvier.training.plan import Plan

Array = np.ndarray[Any, Any]


class HistoryFile:
    """`history.jsonl`: one JSON object per epoch.

    A full disk does not stop a run: the problem is remembered, and the model holds the whole
    history anyway.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._written: int | None = None  # rows; None: the file is not ours yet
        self.problem: str | None = None

    def update(self, history: Sequence[Row]) -> None:
        """Bring the file up to date."""
        try:
            if self._written is None:
                write_whole(self._path, _lines(history))
            elif len(history) > self._written:
                with open(self._path, "ab") as file:
                    file.write(_lines(history[self._written :]))
            else:
                return
            self._written = len(history)
        except OSError as error:
            # Written anew next time: half a line may stand there.
            self._written = None
            self.problem = f"{self._path} could not be written ({os.strerror(error.errno or 0)})"
        else:
            self.problem = None


def _lines(history: Sequence[Row]) -> bytes:
    rows = [{k: v if math.isfinite(v) else None for k, v in row.items()} for row in history]
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


class RunWatcher:
    """Passes on what happens to a display, and keeps the history file."""

    def __init__(
        self,
        display: Watcher | None,
        history: HistoryFile,
        frames: FrameFolder | None = None,
        extra: Sequence[tuple[str, str]] = (),
        *,
        resumes: bool = False,
    ) -> None:
        """Watch.

        Args:
            display: shows the run; None shows nothing.
            history: the file to keep.
            frames: the folder for pictures of what the network makes; None keeps none.
            extra: (label, text) lines to be shown after those with the same label.
            resumes: the run goes on from a checkpoint, if there is one.
        """
        self._display = display
        self._history = history
        self._frames = frames
        self._extra = extra
        self._resumes = resumes
        self.began = False

    @property
    def problem(self) -> str | None:
        """What could not be written of the history or of the pictures, if anything."""
        return self._history.problem or (self._frames.problem if self._frames else None)

    def announce(self, lines: Sequence[tuple[str, str]]) -> None:
        """Before anything else: what was found in the data and decided."""
        if self._display:
            self._display.announce(merged(lines, self._extra))

    def started(self, plan: Plan, step: int) -> None:
        """Before the first chunk."""
        self.began = True
        if self._frames:
            self._frames.begin(plan.epochs, step // plan.steps_per_epoch)
        if self._resumes and not step:
            warnings.warn(
                "there is no checkpoint yet, so the run begins anew", DataWarning, stacklevel=2
            )
        if self._display:
            self._display.started(plan, step)

    def advanced(self, step: int, history: list[Row], best_epoch: int) -> None:
        """After each chunk."""
        self._history.update(history)
        if self._display:
            self._display.advanced(step, history, best_epoch)

    def remarked(self, text: str) -> None:
        """Something is to be said of how the run goes."""
        if self._display:
            self._display.remarked(text)

    def wants_picture(self, epoch: int) -> bool:
        """Whether what the network makes after so many epochs is to be kept."""
        return self._frames is not None and self._frames.wants(epoch)

    def pictured(self, epoch: int, pictures: Array) -> None:
        """What it makes."""
        if self._frames:
            self._frames.write(epoch, pictures)

    def finished(self, outcome: Outcome) -> None:
        """At the end."""
        self._history.update(outcome.history)
        if self._display:
            self._display.finished(outcome)


def merged(
    lines: Sequence[tuple[str, str]], extra: Sequence[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Extra lines after the block of their label; an empty label continues the one above."""
    result: list[tuple[str, str]] = []
    waiting: list[tuple[str, str]] = []
    for label, text in lines:
        if label:
            result += waiting
            waiting = [("", words) for name, words in extra if name == label]
        result.append((label, text))
    return result + waiting
