"""Which of a published form's tensors make which of ours, and both ways of going."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ranvier.errors import ArtifactError
from ranvier.families.transformer.published.tensors import Tensor
from ranvier.families.transformer.shape import Shape

Array = np.ndarray[Any, Any]
Sizes = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True)
class Part:
    """One of our arrays, and theirs.

    Attributes:
        path: of ours.
        names: of theirs, which stand side by side along the last axis of ours; "{}" is the number
            of a layer, whose arrays are stacked in ours. None at all: ours is zeros.
        turned: whether theirs are (out, in), as PyTorch's linear layers are.
        twins: other names under which a file may hold the same numbers once more.
    """

    path: str
    names: tuple[str, ...]
    turned: bool = False
    twins: tuple[str, ...] = ()

    def pieces(
        self, shape: Shape, sizes: Sizes
    ) -> Iterator[tuple[str, int | None, slice, tuple[int, ...]]]:
        """Each of theirs: its name, the layer, its columns in ours, and its shape in the file."""
        size = sizes[self.path]
        stacked = self.path.startswith("stack/")
        for layer in range(shape.layers) if stacked else (None,):
            end = 0
            for name, width in zip(self.names, _widths(self, shape, size), strict=True):
                here = (*size[int(stacked) : -1], width)
                columns = slice(end, end := end + width)
                yield name.format(layer), layer, columns, here[::-1] if self.turned else here


def norm(path: str, name: str, biased: bool = True) -> list[Part]:
    """A norm's parts: PyTorch calls its scale a weight."""
    scale = Part(f"{path}/scale", (f"{name}.weight",))
    return [scale, Part(f"{path}/bias", (f"{name}.bias",))] if biased else [scale]


def dense(path: str, *names: str, turned: bool = True, biased: bool = True) -> list[Part]:
    """A dense layer's parts, or those of several side by side."""
    kernel = Part(f"{path}/kernel", tuple(f"{name}.weight" for name in names), turned)
    bias = Part(f"{path}/bias", tuple(f"{name}.bias" for name in names))
    return [kernel, bias] if biased else [kernel]


def output(shape: Shape, head: str) -> list[Part]:
    """The output layer of a decoder that is not its token table."""
    if head != "causal" or shape.tied:
        return []
    return [Part("head/kernel", ("lm_head.weight",), turned=True)]


def sizes(shape: Shape, vocabulary: int, classes: int = 0) -> dict[str, tuple[int, ...]]:
    """The shape of each of our arrays that a form can have, by its path."""
    d, layers, inner = shape.width, shape.layers, shape.heads * shape.head_width
    first = shape.hidden * (2 if shape.gated else 1)
    kernels = {
        "stack/attend": (d, shape.attended),
        "stack/merge": (inner, d),
        "stack/up": (d, first),
        "stack/down": (shape.hidden, d),
    }
    found: dict[str, tuple[int, ...]] = {
        "embed/tokens": (vocabulary, d),
        "embed/positions": (shape.longest, d),
        "embed/segments": (max(shape.segments, 1), d),
        "head/kernel": (d, vocabulary),
        "head/bias": (vocabulary,),
        "head/dense/kernel": (d, d),
        "head/dense/bias": (d,),
        "pooler/kernel": (d, d),
        "pooler/bias": (d,),
        "head/output/kernel": (d, classes),
        "head/output/bias": (classes,),
    }
    for path in ("embed/norm", "norm", "head/norm"):
        found |= {f"{path}/scale": (d,), f"{path}/bias": (d,)}
    for path in ("stack/attention_norm", "stack/hidden_norm"):
        found |= {f"{path}/scale": (layers, d), f"{path}/bias": (layers, d)}
    for path, (n_in, n_out) in kernels.items():
        found |= {f"{path}/kernel": (layers, n_in, n_out), f"{path}/bias": (layers, n_out)}
    return found


def checked(
    parts: Sequence[Part], tensors: Mapping[str, Tensor], shape: Shape, sized: Sizes, folder: object
) -> None:
    """Refuse tensors that are missing or of another shape than config.json makes them.

    Raises:
        ArtifactError: with the first such tensor's name.
    """
    for part in parts:
        for name, _, _, expected in part.pieces(shape, sized):
            if name not in tensors:
                raise ArtifactError(
                    f"{folder} has no tensor {name}, which its config.json asks for: the weights "
                    "are incomplete or of another model; download it again."
                )
            if (came := tensors[name].shape) != expected:
                raise ArtifactError(
                    f"{folder}: {name} must be {expected} by config.json, but is {came} in the "
                    "weights: one of the two is of another model; download both again."
                )


def assembled(
    parts: Sequence[Part], tensors: Mapping[str, Tensor], shape: Shape, sized: Sizes
) -> dict[str, Array]:
    """Our arrays, float32, out of theirs, whose shapes were checked.

    Raises:
        ArtifactError: numbers that are not finite.
    """
    found = {}
    for part in parts:
        ours = np.zeros(sized[part.path], np.float32)
        for name, layer, columns, _ in part.pieces(shape, sized):
            theirs = tensors[name].read(name)
            where = ours if layer is None else ours[layer]
            where[..., columns] = theirs.T if part.turned else theirs
        found[part.path] = ours
    return found


def taken_apart(
    parts: Sequence[Part], parameters: Mapping[str, Array], shape: Shape, sized: Sizes
) -> dict[str, Array]:
    """Their tensors, float32, out of ours; biases and segments that we do not have are zeros.

    Raises:
        ArtifactError: an array that is missing, of another shape, or has no place in the form.
    """
    lost = sorted(set(parameters) - {part.path for part in parts})
    if lost:
        raise ArtifactError(
            f"This model's {lost[0]} has no place in the published form: save it with model.save."
        )
    found: dict[str, Array] = {}
    for part in parts:
        ours = parameters.get(part.path)
        if ours is None and not part.path.endswith(("/bias", "/segments")):
            raise ArtifactError(
                f"The published form needs an array {part.path}, which this model does not have: "
                "save it with model.save."
            )
        ours = np.zeros(sized[part.path], np.float32) if ours is None else np.asarray(ours)
        if ours.shape != sized[part.path]:
            raise ArtifactError(
                f"The array {part.path} must be {sized[part.path]} by the model's shape, but is "
                f"{ours.shape}; pass the parameters of this model."
            )
        for name, layer, columns, _ in part.pieces(shape, sized):
            where = ours if layer is None else ours[layer]
            theirs = where[..., columns]
            theirs = theirs.T if part.turned else theirs
            found[name] = np.ascontiguousarray(theirs, np.float32)
            if not shape.tied:
                found |= dict.fromkeys(part.twins, found[name])
    return found


def _widths(part: Part, shape: Shape, size: tuple[int, ...]) -> tuple[int, ...]:
    """The columns of ours that each of theirs is."""
    match len(part.names):
        case 0:
            return ()
        case 1:
            return (size[-1],)
        case 2:  # gate and values
            return (size[-1] // 2,) * 2
        case _:  # queries, keys and values
            keys = shape.key_heads * shape.head_width
            return (shape.heads * shape.head_width, keys, keys)
