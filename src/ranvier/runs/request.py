"""What a run is asked to do, and `config.json`, from which the same run can be asked again."""

from __future__ import annotations

import platform
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from ranvier import __version__
from ranvier.errors import CheckpointError, DataError, nearest
from ranvier.runs.families import AUTO, hyperparameters_of
from ranvier.runs.folder import CHECKPOINTS, CONFIG, HOME, RESULT, RunFolder, entries
from ranvier.runs.spelling import command

TEST_FRACTION = 0.2


@dataclass(frozen=True)
class Request:
    """A run as it was asked for.

    Attributes:
        source: name of a built-in set, or a path, as it was typed.
        targets: names of the target columns; empty: the source's usual one.
        family: "auto", "fcnn", ...
        test_fraction: share of the rows held out; None: `TEST_FRACTION`.
        settings: the hyperparameters that were given.
        out: the run's folder; None: the next one under `runs/`.
        resume: go on from the newest checkpoint.
        report: write a report at the end.
    """

    source: str | None = None
    targets: tuple[str, ...] = ()
    family: str | None = None
    test_fraction: float | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    out: str | None = None
    resume: bool = False
    report: bool = True

    def command(self) -> str:
        """The command line that asks for the same."""
        return command(
            self.source or "",
            family=self.family or AUTO,
            targets=self.targets,
            test_fraction=self.test_fraction,
            settings=self.settings,
        )


def config_of(request: Request, address: str, family: str) -> dict[str, Any]:
    """What `config.json` holds when a run starts."""
    import jax

    defaults = {name: value.default for name, value in _fields(family).items()}
    return {
        "command": request.command(),
        "source": address,
        "typed": request.source,
        "targets": list(request.targets),
        "test_fraction": request.test_fraction,
        "model": request.family or AUTO,
        "family": family,
        "given": plain_settings(request.settings),
        "hyperparameters": plain_settings({**defaults, **request.settings}),
        "versions": {
            "ranvier": __version__,
            "jax": jax.__version__,
            "python": platform.python_version(),
        },
    }


def resumed(request: Request) -> tuple[Request, RunFolder]:
    """The run to go on with: what its folder holds, and over it what was asked for now.

    Raises:
        CheckpointError: there is no such run.
    """
    if request.out is None:
        raise CheckpointError(f"--resume needs the run's folder: --out DIR.{_unfinished()}")
    folder = RunFolder(Path(request.out).expanduser())
    if not folder.path.is_dir() and (HOME / request.out).is_dir():
        folder = RunFolder(HOME / request.out)
    config = folder.read(CONFIG)
    if not config:
        if folder.path.exists() and not folder.path.is_dir():
            raise CheckpointError(f"{folder.path} is a file, not a run's folder.")
        if request.source is None:
            there = "is not a run" if folder.path.is_dir() else "does not exist"
            hint = nearest(folder.path.name, entries(folder.path.parent))
            raise CheckpointError(
                f"{folder.path} {there}, so there is nothing to resume.{hint or _unfinished()}"
            )
        return request, RunFolder.create(request.source, folder.path)
    try:
        return _over(config, request), folder
    except (KeyError, TypeError, ValueError) as error:
        raise CheckpointError(
            f"{folder.path / CONFIG} is damaged ({error}); start anew in another folder."
        ) from error


def _over(config: dict[str, Any], request: Request) -> Request:
    typed = str(config["typed"])
    known = typed if config["source"] == typed or Path(typed).exists() else str(config["source"])
    fraction = config["test_fraction"]
    return Request(
        source=request.source or known,
        targets=request.targets or tuple(config["targets"]),
        family=request.family or str(config["model"]),
        test_fraction=fraction if request.test_fraction is None else request.test_fraction,
        settings={**_revived(config["given"]), **request.settings},
        out=request.out,
        resume=True,
        report=request.report,
    )


def _unfinished() -> str:
    """A clause naming the newest run that can be gone on with, or nothing."""
    open_runs = [
        HOME / name
        for name in entries(HOME)
        if (HOME / name / CHECKPOINTS).is_dir()
        and RunFolder(HOME / name).read(RESULT).get("reason") in (None, "interrupted")
    ]
    if not open_runs:
        return ""
    newest = max(open_runs, key=lambda run: run.stat().st_mtime)
    return f" Not finished: {newest}."


def check_fraction(fraction: float) -> None:
    """Raise DataError for a share that cannot be held out."""
    if not 0 <= fraction < 1:
        raise DataError(f"--test-fraction must lie in [0, 1); got {fraction:g}; 0.2 is usual.")


def _fields(family: str) -> dict[str, Any]:
    return {f.name: f for f in fields(hyperparameters_of(family)) if f.name != "verbose"}


def plain_settings(settings: dict[str, Any]) -> dict[str, Any]:
    """Hyperparameters as JSON can hold them."""
    return {
        name: {"pairs": [[key, part] for key, part in value.items()]}
        if isinstance(value, dict)
        else list(value)
        if isinstance(value, tuple)
        else value
        for name, value in settings.items()
    }


def _revived(settings: dict[str, Any]) -> dict[str, Any]:
    return {
        name: dict(value["pairs"])
        if isinstance(value, dict)
        else tuple(value)
        if isinstance(value, list)
        else value
        for name, value in settings.items()
    }
