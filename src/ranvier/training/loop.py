"""The host's part of training: hand chunks to the device, watch, keep, stop."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import jax
import numpy as np

from ranvier.errors import DivergedError
from ranvier.training import memory
from ranvier.training.feeds import Feed, Weights, prepared
from ranvier.training.grouped import GroupedPlan
from ranvier.training.interrupt import Interrupt
from ranvier.training.learner import Learner, Settings
from ranvier.training.mesh import Mesh
from ranvier.training.plan import Chunk, Plan
from ranvier.training.programs import Programs, programs_of
from ranvier.training.state import State, begun_with, judged, kept, on_host

Row = dict[str, float]
# From parameters and variables, path -> array on the host, to pictures in rows and columns: uint8
# (rows, columns, height, width, channels).
Draw = Callable[[dict[str, np.ndarray], dict[str, np.ndarray]], np.ndarray]


class Watcher(Protocol):
    """Told how a run goes, from the thread that runs it."""

    def announce(self, lines: Sequence[tuple[str, str]]) -> None:
        """Before anything else: what was found in the data and decided, (label, text) each."""

    def started(self, plan: Plan, step: int) -> None:
        """Before the first chunk (which compiles)."""

    def advanced(self, step: int, history: list[Row], best_epoch: int) -> None:
        """After each chunk."""

    def remarked(self, text: str) -> None:
        """When something is to be said of how it goes."""

    def wants_picture(self, epoch: int) -> bool:
        """Whether what the network makes is to be shown after so many epochs."""

    def pictured(self, epoch: int, pictures: np.ndarray) -> None:
        """What it makes, as `Draw` gives it."""

    def finished(self, outcome: Outcome) -> None:
        """At the end, however it came."""


class Keeper(Protocol):
    """Keeps checkpoints."""

    def due(self) -> bool:
        """Whether it is time for one."""

    def keep(self, state: State, history: list[Row]) -> None:
        """Save; the state's arrays are used up afterwards, so copy what is needed."""


@dataclass
class Outcome:
    """What a run gives.

    Attributes:
        parameters, variables: path -> array, on the host: the best epoch's, or the last ones.
        history: one row per epoch.
        epoch: epochs done.
        best_epoch: the epoch whose weights are kept; 0 where nothing was judged.
        reason: "finished", "patience" or "interrupted".
        steps: gradient steps done.
        seconds: wall time, compilation included.
        compile_seconds: the time until the first chunk was handed over.
        remarks: what was said of how it went.
    """

    parameters: dict[str, np.ndarray] = field(default_factory=dict)
    variables: dict[str, np.ndarray] = field(default_factory=dict)
    history: list[Row] = field(default_factory=list)
    epoch: int = 0
    best_epoch: int = 0
    reason: str = "finished"
    steps: int = 0
    seconds: float = 0.0
    compile_seconds: float = 0.0
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Start:
    """Where a resumed run goes on from: a state on the host, and the history up to it."""

    state: State
    history: list[Row]


def train(
    learner: Learner,
    feed: Feed,
    plan: Plan,
    settings: Settings,
    *,
    mesh: Mesh,
    weights: Weights | None = None,
    valid: Any = None,
    watcher: Watcher | None = None,
    keeper: Keeper | None = None,
    start: Start | None = None,
    translate: Callable[[Row], Row] = dict,
    given: Mapping[str, Any] | None = None,
    draw: Draw | None = None,
    remark: Callable[[list[Row]], str | None] | None = None,
) -> Outcome:
    """Train, from the beginning or from `start`.

    `translate` turns an epoch's row of metrics into the one that people see. `given` are
    parameters, path -> array, that do not begin fresh. `draw` shows what the network makes when the
    watcher wants to see it; `remark` finds what is to be said of the history.

    Raises:
        DivergedError: the loss became NaN or infinite.
    """
    run = _Run(
        learner, plan, settings, mesh, valid, watcher, keeper, translate, given or {}, draw, remark
    )
    with Interrupt() as interrupt:
        return run.run(feed, weights, start, lambda: interrupt.asked)


class _Run:
    """One run under way."""

    def __init__(
        self,
        learner: Learner,
        plan: Plan,
        settings: Settings,
        mesh: Mesh,
        valid: Any,
        watcher: Watcher | None,
        keeper: Keeper | None,
        translate: Callable[[Row], Row],
        given: Mapping[str, Any],
        draw: Draw | None,
        remark: Callable[[list[Row]], str | None] | None,
    ) -> None:
        self._learner = learner
        self._plan = plan
        self._mesh = mesh
        self._settings = mesh.everywhere(settings)
        self._valid = mesh.by_rows(valid)
        self._watcher = watcher
        self._keeper = keeper
        self._translate = translate
        self._given = given
        self._draw, self._remark = draw, remark
        self._programs: Programs = programs_of(learner)
        self._outcome = Outcome()
        self._began = time.perf_counter()

    def run(
        self,
        feed: Feed,
        weights: Weights | None,
        start: Start | None,
        interrupted: Callable[[], bool],
    ) -> Outcome:
        outcome = self._outcome
        state, first = self._first_state(feed, start)
        if self._watcher:
            self._watcher.started(self._plan, first)
        waiting: tuple[Chunk, Any, Any] | None = None
        over = start is not None and bool(start.state["stopped"])
        closed = outcome.epoch
        for chunk, arguments in prepared(feed, self._plan, self._mesh, weights, first, closed):
            if over:
                break
            state, rows, watched = self._advance(state, chunk, arguments)
            if not outcome.compile_seconds:
                outcome.compile_seconds = self._elapsed()
                if outcome.compile_seconds > memory.LONG:
                    memory.give_back()
            # The chunk before is read while this one runs; a chunk after the end does nothing.
            if waiting is not None:
                over = self._read(*waiting)
            waiting = (chunk, rows, watched)
            if self._keeper is not None and not over and self._keeper.due():
                over = self._read(*waiting)
                waiting = None
                self._keep(state)
            closed += len(chunk.closed)
            if not over and self._is_to_show(closed):
                over = waiting is not None and self._read(*waiting)
                waiting = None
                self._show(state)
            if interrupted() and not over:
                outcome.reason, over = "interrupted", True
        if waiting is not None:
            self._read(*waiting)
        return self._finish(state)

    def _advance(
        self, state: State, chunk: Chunk, arguments: tuple[Any, ...]
    ) -> tuple[State, Any, Any]:
        """Hand a chunk over; with groups of rows, a chunk without steps judges the epoch."""
        grouped = isinstance(self._plan, GroupedPlan)
        if grouped and not chunk.steps:
            return self._programs.close(state, self._settings, self._valid)
        valid = None if grouped else self._valid
        return self._programs.chunk(state, *arguments, self._settings, valid)

    def _first_state(self, feed: Feed, start: Start | None) -> tuple[State, int]:
        batch = feed.batch_shape(self._plan.batch_size)
        if start is None:
            state = begun_with(self._programs.initialise(batch, self._settings), self._given)
            return (state if len(self._mesh.devices) == 1 else self._mesh.everywhere(state)), 0
        outcome = self._outcome
        # All that is known of a run that was over already, and has no chunk left to tell it.
        outcome.history = list(start.history)
        outcome.epoch, outcome.steps = int(start.state["epoch"]), int(start.state["step"])
        outcome.best_epoch = int(start.state["best_epoch"])
        if start.state["stopped"]:
            outcome.reason = "patience"
        # Copied by the device: the chunk program will use its buffers up.
        state = jax.tree.map(np.array, start.state)
        return self._mesh.everywhere(state), int(start.state["step"])

    def _read(self, chunk: Chunk, rows: Any, watched: Any) -> bool:
        """Take a finished chunk's numbers to the host; true when the run is over."""
        outcome = self._outcome
        rows, watched = jax.device_get((rows, watched))
        first = len(outcome.history)
        for slot in chunk.closed[: int(watched["epoch"]) - first]:
            row = self._translate({name: float(values[slot]) for name, values in rows.items()})
            row = {"epoch": len(outcome.history) + 1, **row, "seconds": self._elapsed()}
            outcome.history.append(row)
        outcome.epoch, outcome.steps = int(watched["epoch"]), int(watched["step"])
        outcome.best_epoch = int(watched["best_epoch"])
        self._say_remark()
        if watched["diverged"] >= 0:
            raise DivergedError(self._why_diverged(int(watched["diverged"])))
        if self._watcher:
            self._watcher.advanced(outcome.steps, outcome.history, outcome.best_epoch)
        if watched["stopped"]:
            outcome.reason = "patience"
        return bool(watched["stopped"])

    def _say_remark(self) -> None:
        text = None if self._remark is None else self._remark(self._outcome.history)
        if text is None or text in self._outcome.remarks:
            return
        self._outcome.remarks.append(text)
        if self._watcher:
            self._watcher.remarked(text)

    def _is_to_show(self, epoch: int) -> bool:
        if self._draw is None or self._watcher is None:
            return False
        return self._watcher.wants_picture(epoch)

    def _show(self, state: State) -> None:
        assert self._draw is not None
        assert self._watcher is not None
        now = on_host(judged(self._learner, state))
        self._watcher.pictured(self._outcome.epoch, self._draw(*now))

    def _keep(self, state: State) -> None:
        assert self._keeper is not None
        self._keeper.keep(state, self._outcome.history)

    def _finish(self, state: State) -> Outcome:
        outcome = self._outcome
        outcome.parameters, outcome.variables = kept(self._learner, state)
        # The last step's loss is finite and the weights that it led to need not be.
        hopeless = self._learner.judge is not None and outcome.epoch > 0 == outcome.best_epoch
        if hopeless or not all(np.isfinite(a).all() for a in outcome.parameters.values()):
            raise DivergedError(self._why_diverged(outcome.steps - 1))
        if self._keeper is not None:
            self._keep(state)
        outcome.seconds = self._elapsed()
        if self._watcher:
            self._watcher.finished(outcome)
        return outcome

    def _elapsed(self) -> float:
        return time.perf_counter() - self._began

    def _why_diverged(self, step: int) -> str:
        epoch = step // self._plan.steps_per_epoch + 1
        rate = float(self._settings["learning_rate"])
        last = [row["loss"] for row in self._outcome.history[-1:] if "loss" in row]
        grew = bool(last) and (not math.isfinite(last[0]) or last[0] > 1e3)
        cause = "the loss grew step by step" if grew else "the steps are probably too large"
        return (
            f"The loss became NaN or infinite at step {step + 1:,} (epoch {epoch}): {cause}; "
            f"try a smaller learning_rate than {rate:g}, or gradient_clip=1."
        )
