"""What the tests of interruptions run in a process of its own: `python -m tests.bad_input.child`.

Whoever started it is told "ready" after each chunk that it asked for and answers with a line, so
that nothing depends on how fast the machine is. The last line printed says "done".
"""

from __future__ import annotations

import resource
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np

import ranvier as rv
from ranvier.model import fitting
from ranvier.training.checkpoint import Checkpoints

X = np.random.default_rng(0).normal(size=(60, 3)).astype(np.float32)
Y = X[:, 0] * 2 + X[:, 1]
SETTINGS: dict[str, Any] = {
    "recipe": "textbook", "hidden": (8,), "epochs": 200, "task": "regression",
    "validation_fraction": 0.2,
}  # fmt: skip

fitting.chunk_steps = lambda *_: 16  # chunks enough to be interrupted between


class Watched(rv.FCNN):
    """A model whose training calls a function after each chunk."""

    def _display(self) -> Any:
        return Hook()


class Hook:
    """Counts the chunks, and does what it was told to."""

    act: Any = None

    def __init__(self) -> None:
        self.chunks = 0

    def announce(self, lines: Any) -> None: ...
    def started(self, plan: Any, step: int) -> None: ...
    def finished(self, outcome: Any) -> None: ...
    def close(self) -> None: ...

    def advanced(self, step: int, history: Any, best_epoch: int) -> None:
        self.chunks += 1
        if Hook.act is not None:
            Hook.act(self.chunks)


def ask() -> None:
    """Stand still until the parent has done what it wants."""
    print("ready", flush=True)
    sys.stdin.readline()


def trained(**how: Any) -> rv.FCNN:
    return Watched(**SETTINGS).fit(X, Y, **how)


def same(one: rv.FCNN, other: rv.FCNN) -> bool:
    """Whether every weight has the same bits, and every epoch the same numbers."""
    ours, theirs = one._outcome.parameters, other._outcome.parameters
    bits = all(ours[name].tobytes() == theirs[name].tobytes() for name in ours)
    losses = [[row["loss"] for row in m.history_] for m in (one, other)]
    return ours.keys() == theirs.keys() and bits and losses[0] == losses[1]


def once(folder: Path, chunk: int) -> None:
    """One Ctrl-C in the middle of a run."""
    Hook.act = lambda chunks: ask() if chunks == chunk else None
    stopped = trained(run_dir=folder)
    Hook.act = None
    assert stopped._outcome.reason == "interrupted", stopped._outcome.reason
    assert 0 < stopped._outcome.steps < fitting_steps()
    assert np.isfinite(stopped.predict(X)).all()
    stopped.save(folder / "model.ranvier")
    loaded = rv.load(folder / "model.ranvier")
    assert np.array_equal(loaded.predict(X), stopped.predict(X))
    assert same(trained(run_dir=folder, resume=True), trained())


def twice(folder: Path, chunk: int) -> None:
    """Two of them: the training is left at once, its newest checkpoint stays."""
    Checkpoints.due = lambda self: True  # type: ignore[method-assign]
    Hook.act = lambda chunks: [ask(), ask()] if chunks == chunk else None
    try:
        trained(run_dir=folder)
    except KeyboardInterrupt:
        Hook.act = None
    else:
        raise AssertionError("the second Ctrl-C did not end the training")
    started: list[int] = []
    Hook.act = started.append
    resumed = trained(run_dir=folder, resume=True)
    chunks_left = len(started)
    whole = trained()
    assert chunks_left < len(started) - chunks_left, "the resumed run began anew"
    assert same(resumed, whole)


def full(folder: Path, chunk: int) -> None:
    """No room for files from some chunk on (every file is limited to a few bytes)."""
    Checkpoints.due = lambda self: True  # type: ignore[method-assign]
    before: list[str] = []

    def fill(chunks: int) -> None:
        if chunks == chunk:
            before.extend(path.name for path in (folder / "checkpoints").iterdir())
            room(32)

    Hook.act = fill
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fitted = trained(run_dir=folder)
    room(resource.RLIM_INFINITY)
    Hook.act = None
    said = [str(w.message) for w in caught if issubclass(w.category, rv.DataWarning)]
    assert len(said) == 1, said
    assert "could not be written" in said[0], said
    assert "\n" not in said[0], said
    whole = trained()
    assert fitted._outcome.reason == "finished"
    assert same(fitted, whole)
    kept = {path.name for path in (folder / "checkpoints").iterdir()}
    assert kept & set(before), (kept, before)
    started: list[int] = []
    Hook.act = started.append
    assert same(trained(run_dir=folder, resume=True), whole)
    left = [path.name for path in (folder / "checkpoints").iterdir()]
    assert all(name.isdigit() for name in left), f"half-written: {left}"
    # None left where the very last checkpoint came through.
    assert len(started) < -(-fitting_steps() // 16), "the resumed run began anew"
    unsaved(fitted, folder / "models")


def unsaved(fitted: rv.FCNN, folder: Path) -> None:
    """No room for the model's file."""
    folder.mkdir()
    place = folder / "model.ranvier"
    fitted.save(place)
    older = place.read_bytes()
    fitted.set_params(epochs=3).fit(X, -Y)
    room(200)
    try:
        fitted.save(place)
    except rv.ArtifactError as error:
        said = str(error)
    else:
        raise AssertionError("the file was written")
    finally:
        room(resource.RLIM_INFINITY)
    assert "cannot be written (File too large); nothing was changed there" in said, said
    assert place.read_bytes() == older
    assert [path.name for path in folder.iterdir()] == ["model.ranvier"]
    rv.load(place)
    fitted.save(folder / "another.ranvier")
    assert np.array_equal(rv.load(folder / "another.ranvier").predict(X), fitted.predict(X))


def room(size: int) -> None:
    """Allow files of at most so many bytes, as on a disk that is full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def fitting_steps() -> int:
    return SETTINGS["epochs"] * 2


if __name__ == "__main__":
    deed, place, number = sys.argv[1:]
    globals()[deed](Path(place), int(number))
    print("done", flush=True)
