"""Checkpoints by Orbax: written in the background, atomically, the last few kept.

A checkpoint is the whole state after some chunk, and the history up to it. Because every
random number follows from (seed, epoch, step), a run that goes on from one ends with the same
bits as a run that was never stopped.
"""

from __future__ import annotations

import logging
import shutil
import time
from pathlib import Path
from typing import Any

import jax
import numpy as np

from ranvier.errors import CheckpointError
from ranvier.training.loop import Row, Start
from ranvier.training.state import State

KEPT = 3
UNFINISHED = ".orbax-checkpoint-tmp"  # in the name of a checkpoint not yet whole


class Checkpoints:
    """The checkpoints of one run, in one folder."""

    def __init__(self, folder: Path, fingerprint: str, every_seconds: float = 10.0) -> None:
        """Open or make the folder.

        Args:
            folder: absolute path.
            fingerprint: identifies data and settings; a resumed run must have the same one.
            every_seconds: the time between two checkpoints.
        """
        # Orbax takes most of a second to import, and a run without a folder never needs it.
        import orbax.checkpoint as ocp

        # What goes wrong comes as an exception too, and is said in our words.
        logging.getLogger("absl").setLevel(logging.CRITICAL)
        logging.getLogger("asyncio").addFilter(_is_not_orbax)
        self._ocp = ocp
        self._fingerprint = fingerprint
        self._every = every_seconds
        self._last = time.monotonic()
        self._saved = -1
        self.problem: str | None = None
        options = ocp.CheckpointManagerOptions(
            max_to_keep=KEPT,
            create=True,
            enable_async_checkpointing=True,
            cleanup_tmp_directories=True,
        )
        try:
            self._manager = ocp.CheckpointManager(folder.absolute(), options=options)
        except OSError as error:
            raise CheckpointError(
                f"The folder {folder} cannot be made ({error.strerror or error}); "
                "name a run folder that can be written."
            ) from error

    def due(self) -> bool:
        """Whether `every_seconds` have passed since the last one."""
        return time.monotonic() - self._last >= self._every

    def keep(self, state: State, history: list[Row]) -> None:
        """Copy the state to the host and write it in the background.

        A full disk does not stop the training: the problem is remembered in `problem`.
        """
        step = int(state["step"])
        if step == self._saved:
            return
        leaves = {f"{n:05d}": np.array(leaf) for n, leaf in enumerate(jax.tree.leaves(state))}
        about = {"fingerprint": self._fingerprint, "history": history}
        ocp = self._ocp
        try:
            self._manager.save(
                step,
                args=ocp.args.Composite(
                    state=ocp.args.StandardSave(leaves), about=ocp.args.JsonSave(about)
                ),
            )
            self._saved = step
        except Exception as error:
            self.problem = _unwritten(f"The checkpoint of step {step:,}", error)
        self._last = time.monotonic()

    def restore(self, shape: Any) -> Start | None:
        """The newest checkpoint, or None where there is none.

        Args:
            shape: a tree with the state's shapes and dtypes.

        Raises:
            CheckpointError: it belongs to other data or settings, or cannot be read.
        """
        ocp = self._ocp
        step = self._manager.latest_step()
        if step is None:
            return None
        about = self._read(step, about=ocp.args.JsonRestore()).about
        if about.get("fingerprint") != self._fingerprint:
            raise CheckpointError(
                "These checkpoints belong to a run with other data, other hyperparameters or "
                "another number of devices; resume with the same ones, or start anew in another "
                "folder."
            )
        leaves, tree = jax.tree.flatten(shape)
        wanted = {f"{n:05d}": np.empty(leaf.shape, leaf.dtype) for n, leaf in enumerate(leaves)}
        restored = self._read(step, state=ocp.args.StandardRestore(wanted)).state
        state = jax.tree.unflatten(tree, [restored[name] for name in sorted(wanted)])
        self._saved = step
        return Start(state, list(about["history"]))

    def _read(self, step: int, **parts: Any) -> Any:
        try:
            return self._manager.restore(step, args=self._ocp.args.Composite(**parts))
        except (ValueError, KeyError, TypeError, OSError) as error:  # damaged JSON is a ValueError
            raise CheckpointError(
                f"The checkpoint of step {step:,} cannot be read (it is damaged); delete its "
                f"folder {Path(self._manager.directory) / str(step)} to go on from the one before."
            ) from error

    def clear(self) -> None:
        """Remove the checkpoints of an earlier run, which a new one must not be mistaken for."""
        for step in self._manager.all_steps():
            self._manager.delete(step)

    def close(self) -> None:
        """Wait until everything is written; what could only be begun is removed.

        A write that Orbax gave up may still put a file there; the next run removes it.
        """
        for finish in (self._manager.wait_until_finished, self._manager.close):
            try:
                finish()
            except Exception as error:
                self.problem = _unwritten("A checkpoint", error)
        if self.problem:
            for begun in Path(self._manager.directory).glob(f"*{UNFINISHED}*"):
                shutil.rmtree(begun, ignore_errors=True)


def _unwritten(what: str, error: Exception) -> str:
    """One line, however long the answer of the libraries below."""
    reason = str(getattr(error, "strerror", None) or error).strip().split("\n")[0][:120]
    return (
        f"{what} could not be written ({reason or type(error).__name__}): the training went on "
        "without it; make room before the next run."
    )


def _is_not_orbax(record: logging.LogRecord) -> bool:
    """Leaves out the tracebacks of Orbax's background tasks when a disk is full."""
    return "orbax" not in record.getMessage()
