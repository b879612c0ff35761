"""The models that are served, by name, and how one takes the place of another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ranvier.errors import DataError, nearest
from ranvier.loading import load
from ranvier.runs.folder import MODEL, find_model
from ranvier.serve.faults import Fault
from ranvier.serve.services import Service, service_of

Stamp = tuple[int, int, int]  # of a file: its size, when it was written, which file it is


@dataclass(frozen=True, eq=False)
class Hosted:
    """A model that is served; a value, so that whoever began with it ends with it.

    Attributes:
        name: in addresses.
        path: of its file.
        version: how many times a model was loaded under this name, from 1.
        stamp: what tells whether the file is still the same.
        service: what it does with requests.
    """

    name: str
    path: Path
    version: int
    stamp: Stamp
    service: Service

    def metadata(self) -> dict[str, Any]:
        """As the protocol has it."""
        return {
            "name": self.name,
            "versions": [str(self.version)],
            "platform": "ranvier",
            "inputs": [spec.plain() for spec in self.service.takes],
            "outputs": [spec.plain() for spec in self.service.gives],
            "parameters": self.service.facts,
        }


class Models:
    """All models that are served; a model is exchanged at once, between two requests."""

    def __init__(self, hosted: Iterable[Hosted]) -> None:
        self._by_name = {model.name: model for model in hosted}

    def __iter__(self) -> Any:
        return iter(tuple(self._by_name.values()))

    def named(self, name: str, version: str | None = None) -> Hosted:
        """A model.

        Raises:
            Fault: there is none of that name, or it has another version now.
        """
        found = self._by_name.get(name)
        if found is None:
            raise Fault(
                404,
                f'There is no model "{name:.80}"; served are {", ".join(self._by_name)}.'
                f"{nearest(name, self._by_name)}",
            )
        if version is not None and version != str(found.version):
            raise Fault(
                404,
                f'The model "{name}" has the version {found.version}, not "{version:.20}": leave '
                "the version out to take whichever is served.",
            )
        return found

    def only(self) -> Hosted:
        """The one model.

        Raises:
            Fault: there are several.
        """
        if len(self._by_name) > 1:
            raise Fault(
                404,
                "Several models are served, so name one: POST /models/NAME/predict, where NAME is "
                f"one of {', '.join(self._by_name)}.",
            )
        return next(iter(self._by_name.values()))

    def exchange(self, model: Hosted) -> None:
        """Serve this one under its name from now on."""
        self._by_name[model.name] = model


def open_all(models: Sequence[str | Path]) -> list[Hosted]:
    """Load models, each under the name of its run folder or its file.

    Raises:
        ArtifactError: there is no such model, or it cannot be read.
        DataError: two have one name, or one cannot be served.
    """
    found: dict[str, Hosted] = {}
    places = [find_model(model) for model in models]
    for place in places:
        name = name_of(place)
        if name in found:
            raise DataError(
                f'{found[name].path} and {place} would both be served as "{name}": rename one of '
                "them, or serve them on different ports."
            )
        found[name] = opened(name, place)
    return list(found.values())


def name_of(path: Path) -> str:
    """What a model file is served as."""
    path = path.resolve()
    return path.parent.name if path.name == MODEL else path.name.removesuffix(".ranvier")


def opened(name: str, path: Path, version: int = 1) -> Hosted:
    """A model of a file; `warm` of its service is still to be called.

    Raises:
        ArtifactError: it cannot be read.
        DataError: it cannot be served.
    """
    stamp = stamp_of(path)
    return Hosted(name, path, version, stamp, service_of(load(path)))


def again(model: Hosted) -> Hosted:
    """The model that its file holds now, warmed."""
    fresh = opened(model.name, model.path, model.version + 1)
    fresh.service.warm()
    return fresh


def stamp_of(path: Path) -> Stamp:
    """Size, time and number of a file; zeros where there is none just now."""
    try:
        status = path.stat()
    except OSError:
        return (0, 0, 0)
    return (status.st_size, status.st_mtime_ns, status.st_ino)
