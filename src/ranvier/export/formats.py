"""The formats by name: their suffix, how they are written and how they are run again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from ranvier.errors import HyperparameterError, nearest
from ranvier.export.programs.program import Arrays, Program, Trials


@dataclass(frozen=True)
class Format:
    """One format.

    Attributes:
        suffix: of its file; "" of a folder.
        about: who reads it.
        tolerance: by how much it may differ from the model, in units of the answer.
        write: what a model computes to a path.
        run: the file or folder on several tables of rows, one answer each.
        beside: whether what is said of the model stands in a JSON file beside it.
        free: whether it knows other free sizes than the batch's.
    """

    suffix: str
    about: str
    tolerance: float
    write: Callable[[Program, Path], None]
    run: Callable[[Program, Path, Trials], list[Arrays]]
    beside: bool = True
    free: bool = True


def _of_graph(module: str, name: str) -> Callable[[Program, Path], None]:
    """A writer of graphs, whose module is imported when it is needed."""

    def write(program: Program, path: Path) -> None:
        getattr(import_module(module), name)(program, program.graph(), path)

    return write


def _of_path(module: str, name: str) -> Callable[[Program, Path, Trials], list[Arrays]]:
    """What runs a file."""

    def run(program: Program, path: Path, trials: Trials) -> list[Arrays]:
        del program
        found: list[Arrays] = getattr(import_module(module), name)(path, trials)
        return found

    return run


def _stablehlo(program: Program, path: Path) -> None:
    from ranvier.export import stablehlo

    stablehlo.write(program, path)


def _plain(program: Program, path: Path) -> None:
    from ranvier.export import plain

    plain.write(program, path)


def _read(program: Program, path: Path, trials: Trials) -> list[Arrays]:
    from ranvier.export import plain

    return plain.read(program, path, trials)


_ONNX, _KERAS = "ranvier.export.onnx.writing", "ranvier.export.keras.writing"
_HLO, _SOURCE = "ranvier.export.stablehlo", "ranvier.export.source.folder"
FORMATS: dict[str, Format] = {
    "onnx": Format(
        ".onnx", "onnxruntime and many others", 1e-5,
        _of_graph(_ONNX, "write"), _of_path(_ONNX, "run"),
    ),
    "keras": Format(
        ".keras", "Keras on TensorFlow, JAX and PyTorch", 1e-4,
        _of_graph(_KERAS, "write_keras"), _of_path(_KERAS, "run_keras"),
    ),
    "saved_model": Format(
        "", "TensorFlow", 1e-4,
        _of_graph(_KERAS, "write_saved_model"), _of_path(_KERAS, "run_saved_model"),
    ),
    "litert": Format(
        ".tflite", "LiteRT, on phones", 1e-4,
        _of_graph(_KERAS, "write_litert"), _of_path(_KERAS, "run_litert"),
        free=False,
    ),
    "stablehlo": Format(
        ".stablehlo", "JAX without Flax and Ranvier", 1e-5,
        _stablehlo, _of_path(_HLO, "run"),
    ),
    "safetensors": Format(
        "", "everybody: weights and a readable model.json", 1e-6,
        _plain, _read, beside=False,
    ),
    "source": Format(
        "", "people: PyTorch, Flax and Keras source, and the weights", 1e-4,
        _of_graph(_SOURCE, "write"), _of_path(_SOURCE, "run"),
    ),
}  # fmt: skip
PUBLISHED = "huggingface"  # which only one family has


def format_of(path: Path, name: str | None) -> tuple[str, Format]:
    """A format by its name, or by the suffix of a path.

    Raises:
        HyperparameterError: there is none.
    """
    if name == PUBLISHED:
        raise HyperparameterError(
            f"format={name!r} is the form of transformers of texts: use one of "
            f"{', '.join(FORMATS)}."
        )
    if name is not None:
        if name not in FORMATS:
            known = (*FORMATS, PUBLISHED)
            raise HyperparameterError(
                f"format must be one of {', '.join(known)}; got {name!r}.{nearest(name, known)}"
            )
        return name, FORMATS[name]
    for known_name, found in FORMATS.items():
        if found.suffix and path.suffix.lower() == found.suffix:
            return known_name, found
    suffixes = ", ".join(found.suffix for found in FORMATS.values() if found.suffix)
    raise HyperparameterError(
        f"The format is told by the suffix of the path, one of {suffixes}, or by format=; got "
        f"{path.name!r}."
    )
