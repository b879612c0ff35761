"""What `GAN` does where its task is generation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data import Dataset
from ranvier.data.pictures import Form, Pictures
from ranvier.errors import DataError, HyperparameterError, TargetError
from ranvier.families.gan.generation import recipes
from ranvier.families.gan.generation.builder import GenerationBuilder
from ranvier.families.gan.generation.learning import players
from ranvier.families.pictured import brought
from ranvier.model.suiting import as_pictures
from ranvier.model.summary import Layer
from ranvier.preprocessing.own_targets import OwnCoder, classes_of
from ranvier.specification import InputSpec
from ranvier.tasks import GENERATION, Task
from ranvier.training.learner import Learner

if TYPE_CHECKING:
    from ranvier.families.gan.model import GAN

SAMPLE = 1 << 24  # bytes of pixels whose range is taken
PASSES = 6.0  # through either network, that a step of both players costs
MOST_CLASSES = 1_000
LEAST = 4  # pixels of a side
PENALISED = ("r3gan", "wgan_gp")  # losses with a penalty on the critic's slope


def suited(model: GAN, examples: Dataset, form: Form | None) -> Dataset:
    """The examples as pictures of one size."""
    found = as_pictures(examples, type(model).__name__, model.layout, form)
    pictures = found.inputs
    assert isinstance(pictures, Pictures)
    if len(pictures.form.shape) != 3 or min(pictures.form.shape[:2]) < LEAST:
        raise DataError(
            f"GAN makes pictures of at least {LEAST}×{LEAST} pixels; these are "
            f"{pictures.form.kind}s of {pictures.form}: pass (N, height, width) or "
            "(N, height, width, channels)."
        )
    return replace(found, inputs=brought(pictures, model, trains=form is None))


def task_of(model: GAN) -> tuple[Task, str]:
    """The task, and the reason in words."""
    return GENERATION, "pictures like these are made of noise"


def resolved(model: GAN, rows: int) -> dict[str, Any]:
    """Every hyperparameter's value for so many pictures.

    Raises:
        HyperparameterError: a penalty on the slope of a critic that has none.
    """
    values = model._filled(recipes.chosen(model.recipe, model.loss, rows, model.batch_size))
    if model.gamma and values["loss"] not in PENALISED:
        raise HyperparameterError(
            f"gamma={model.gamma:g} needs loss={' or '.join(map(repr, PENALISED))}; got "
            f"loss={values['loss']!r}: leave gamma out."
        )
    return values | {"momentum": values["beta1"]}


def coder(model: GAN, train: Dataset, spec: InputSpec) -> OwnCoder:
    """Pictures, and the classes that can be asked for.

    Raises:
        TargetError: classes are to be asked for, and there are none, or no classes.
        HyperparameterError: they are to be told apart, and there are none.
    """
    plain = OwnCoder(GENERATION, spec.image[-1], spec.image[:-1])
    if model.conditional is False or (model.conditional is None and train.target is None):
        if model.matching:
            raise HyperparameterError(
                f"matching={model.matching:g} needs classes to tell apart: pass fit(X, y), or "
                "leave matching out."
            )
        return plain
    if train.target is None:
        raise TargetError(
            "conditional=True needs the class of each picture: pass fit(X, y), or leave "
            "conditional out."
        )
    try:
        classes = classes_of(train.target)
        if len(classes) > MOST_CLASSES:
            raise TargetError(
                f"The target has {len(classes):,} classes, and at most {MOST_CLASSES:,} can be "
                "asked for: pass conditional=False, or put classes together."
            )
    except TargetError:
        if model.conditional:
            raise
        return plain
    return replace(plain, classes=classes) if len(classes) > 1 else plain


def observed(
    train: Dataset, coder: OwnCoder, values: dict[str, Any]
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The settings with the range of the pixels, and lines about what is made."""
    low, high, whole = _range(train.inputs)
    values = {
        **values,
        "conditional": len(coder.classes) > 0,
        "low": low,
        "high": high,
        "whole": whole,
    }
    asked = f"{len(coder.classes):,} classes to ask for" if len(coder.classes) else "no classes"
    lines = [("", f"pixels from {low:g} to {high:g}; {asked}")]
    if values["augmentation"] == "adaptive":
        lines.append(("augment", "as often as the critic needs; to leave it: augmentation='none'"))
    return values, lines


def _range(pictures: Any) -> tuple[float, float, bool]:
    """The least and the largest pixel, and whether all are whole numbers."""
    if np.dtype(pictures.dtype) == np.uint8:
        return 0.0, 255.0, True
    size = int(np.prod(pictures.shape[1:])) * pictures.dtype.itemsize
    count = int(min(len(pictures), max(1, SAMPLE // size)))
    pixels = pictures.take(np.linspace(0, len(pictures) - 1, count).astype(np.int64))
    low, high = float(pixels.min()), float(pixels.max())
    if not high > low:
        raise DataError(
            f"All pixels are {low:g}, and there is nothing to learn: pass pictures that differ."
        )
    return low, high, bool(np.all(pixels == np.round(pixels)))


def builder(spec: InputSpec, classes: int, values: dict[str, Any]) -> GenerationBuilder:
    """Both networks: residual ones without normalisation for r3gan, else DCGAN's."""
    critics = {"r3gan": "none", "dcgan": "batch", "hinge": "spectral", "wgan_gp": "none"}
    return GenerationBuilder(
        image=spec.image,
        low=float(values["low"]),
        high=float(values["high"]),
        classes=classes,
        latent=values["latent"],
        filters=values["filters"],
        residual=values["loss"] == "r3gan",
        critic=critics[values["loss"]],
        adaptive=values["augmentation"] == "adaptive",
    )


def learner(plain: Learner, values: dict[str, Any]) -> Learner:
    """Two players; nobody judges, as no loss says how good the pictures are."""
    both = players(values["loss"], float(values["gamma"]), float(values["matching"]))
    return replace(plain, players=both, judge=None)


def products(shape: GenerationBuilder) -> float:
    """Weights times a number that one picture costs in a step, of those that cores can share.

    Without residual blocks all are large products of matrices, which take all cores by themselves:
    on two of them a DCGAN is a tenth slower in shares.
    """
    return PASSES * shape.products if shape.residual else 0.0


def line(shape: GenerationBuilder, values: dict[str, Any]) -> str:
    """The networks in one line."""
    sides = [f"{height}×{width}×{filters}" for (height, width), filters in _stages(shape)]
    given = f"{shape.latent} noise" + (f" + {shape.classes} classes" if shape.classes else "")
    kind = "residual" if shape.residual else "DCGAN"
    return f"{given} → {' → '.join(sides)}, and a critic back · {kind} · {values['loss']}"


def layers(shape: GenerationBuilder, parameters: dict[str, np.ndarray]) -> list[Layer]:
    """The layers of the fitted networks."""

    def count(*starts: str) -> int:
        return sum(a.size for path, a in parameters.items() if path.startswith(starts))

    stages = _stages(shape)
    last = len(stages) - 1
    inside = "residual block" if shape.residual else "batch normalization"
    found = [
        Layer("noise", shape.latent, "normally distributed", count("generator/classes_in")),
        Layer(_side(stages[0]), stages[0][1], "dense", count("generator/dense")),
    ]
    for number, stage in enumerate(stages[1:]):
        what = "4×4 transposed, tanh" if number + 1 == last else "4×4 transposed"
        size = count(*(f"generator/{part}/{number}/" for part in ("blocks", "norms", "doubling")))
        found.append(Layer(_side(stage), stage[1], f"{inside}, {what}", size))
    for number, stage in enumerate(stages[-2::-1]):
        norms = (f"critic/norms/{number - 1}/",) if number else ()
        size = count(f"critic/halving/{number}/", f"critic/blocks/{number}/", *norms)
        words = ["4×4 stride 2", *["residual block"] * shape.residual]
        words += [f"{shape.critic} normalization"] * (shape.critic != "none")
        found.append(Layer(f"critic {_side(stage)}", stage[1], ", ".join(words), size))
    rest = count("critic/dense", "critic/head", "critic/classes_in")
    found.append(Layer("critic", 1, "how real", rest))
    return found


def _stages(shape: GenerationBuilder) -> list[tuple[tuple[int, int], int]]:
    """(height, width) and channels of the generator's stages, the picture last."""
    return list(zip(shape.sides[::-1], shape.widths[::-1], strict=True))


def _side(stage: tuple[tuple[int, int], int]) -> str:
    (height, width), _ = stage
    return f"{height}×{width}"
