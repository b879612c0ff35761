"""What `GAN` does where its task is super-resolution."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data import Dataset
from ranvier.data.pictures import Pictures
from ranvier.data.pictures.originals import Originals, originals_of
from ranvier.errors import DataError
from ranvier.families.gan.super_resolution import recipes
from ranvier.families.gan.super_resolution.judging import EnlargingCoder, EnlargingJudge
from ranvier.families.gan.super_resolution.learning import AbsoluteError, CriticLoss, SharpError
from ranvier.families.gan.super_resolution.measuring import mean_of
from ranvier.families.gan.super_resolution.measuring import measured as measure
from ranvier.families.gan.super_resolution.network import SuperResolutionBuilder
from ranvier.families.gan.super_resolution.patches import patches_of
from ranvier.families.gan.super_resolution.upscaling import Upscaler, upscaler_of
from ranvier.model.budget import memory_budget
from ranvier.model.summary import Layer
from ranvier.preprocessing.own_targets import OwnCoder
from ranvier.specification import InputSpec
from ranvier.tasks import SUPER_RESOLUTION, Task
from ranvier.training.learner import Learner, Loss, Player

if TYPE_CHECKING:
    from ranvier.families.gan.model import GAN

CUT = 4  # one byte in so many of `max_memory` may be patches
SHARE = 0.1  # of the pictures that validate
CRITIC = 3.0  # what a step against the critic costs, in passes through both networks


def suited(model: GAN, examples: Dataset) -> Dataset:
    """Patches of the pictures to learn from."""
    if not isinstance(examples.inputs, Pictures) or len(examples.inputs.form.shape) != 3:
        raise DataError(
            "Super-resolution learns from pictures: pass a folder of them, a list of them, or an "
            "array (N, height, width, channels)."
        )
    given = model.validation_fraction
    fraction = 0.0 if model.sharpness > 0 else SHARE if given is None else given
    room = memory_budget(model.max_memory) // CUT
    return patches_of(examples, int(model.scale), room, int(model.seed), float(fraction))


def resolved(model: GAN, rows: int) -> dict[str, Any]:
    """Every hyperparameter's value for so many patches."""
    values = recipes.chosen(model.recipe, rows, model.batch_size)
    filled: dict[str, Any] = model._filled(values)
    if filled["sharpness"] > 0:
        filled["validation_fraction"] = 0.0  # by the error, the critic would never pay
    return filled


def coder(spec: InputSpec) -> OwnCoder:
    """Pictures of so many channels."""
    return EnlargingCoder(SUPER_RESOLUTION, spec.image[-1], spec.image[:-1])


def builder(spec: InputSpec, values: dict[str, Any]) -> SuperResolutionBuilder:
    """The networks: without sharpness there is no critic."""
    return SuperResolutionBuilder(
        scale=values["scale"],
        channels=spec.image[-1],
        filters=values["filters"],
        blocks=values["blocks"],
        critic_filters=recipes.CRITIC_FILTERS if values["sharpness"] > 0 else 0,
    )


def learner(plain: Learner, values: dict[str, Any]) -> Learner:
    """One player for the highest PSNR, two for sharp pictures."""
    scale, sharpness = int(values["scale"]), float(values["sharpness"])
    loss: Loss = SharpError(scale, sharpness) if sharpness > 0 else AbsoluteError(scale)
    players = [Player("generator", loss, ("generator",))]
    if sharpness > 0:
        players.append(Player("critic", CriticLoss(scale), ("critic",)))
    return replace(plain, players=tuple(players), judge=EnlargingJudge(scale))


def products(shape: SuperResolutionBuilder, spec: InputSpec) -> float:
    """Weights times a number that one patch takes on its way through the network."""
    small = np.prod([side // shape.scale for side in spec.image[:-1]])
    return float(small) * shape.products * (CRITIC if shape.critic_filters else 1.0)


def task_of(model: GAN) -> tuple[Task, str]:
    """The task, and the reason in words."""
    return SUPER_RESOLUTION, f"pictures are made {model.scale} times as large"


def line(shape: SuperResolutionBuilder) -> str:
    """The network in one line."""
    critic = f", against a critic of {shape.critic_filters}" if shape.critic_filters else ""
    return (
        f"EDSR: {shape.blocks} residual blocks of {shape.filters} filters, "
        f"each pixel to {shape.scale}×{shape.scale}{critic}"
    )


def layers(shape: SuperResolutionBuilder, parameters: dict[str, np.ndarray]) -> list[Layer]:
    """The layers of the fitted networks."""

    def count(*starts: str) -> int:
        return sum(a.size for path, a in parameters.items() if path.startswith(starts))

    filters, scale = shape.filters, shape.scale
    found = [
        Layer("input", shape.channels, "channels of the small picture", 0),
        Layer("convolution", filters, "3×3", count("generator/input/")),
    ]
    for number in range(shape.blocks):
        inside = count(f"generator/blocks/{number}/")
        found.append(Layer(f"block {number + 1}", filters, "two of 3×3, relu, added", inside))
    found += [
        Layer("merge", filters, "3×3, added to the first", count("generator/merge/")),
        Layer(
            "output",
            shape.channels,
            f"3×3, each pixel to {scale}×{scale}, added to cubic convolution",
            count("generator/output/"),
        ),
    ]
    if shape.critic_filters:
        found.append(Layer("critic", 1, "three strides of 2, patches", count("critic/")))
    return found


def listed(pictures: Any) -> Any:
    """A list of pictures of any sizes, as what a Dataset can hold; anything else as it is."""
    if not isinstance(pictures, (list, tuple)):
        return pictures
    return Pictures(originals_of(pictures))


def originals(model: GAN, pictures: Any) -> Originals:
    """Pictures in their own size: those of a Dataset, a folder, an array, a list, or one."""
    if isinstance(pictures, Dataset):
        return originals_of(pictures.inputs)
    if isinstance(pictures, (str, Path)) and Path(pictures).is_dir():
        return originals_of(model._examples_of(pictures).inputs)
    return originals_of(pictures)


def measured(model: GAN, pictures: Any) -> dict[str, float]:
    """How true enlarged pictures are, beside cubic convolution; see `measuring.measured`."""
    return mean_of(measure(upscaler(model), originals(model, pictures)))


def upscaled(model: GAN, pictures: Any) -> Any:
    """Larger pictures, in the form in which they came; those of a folder as a list."""
    if isinstance(pictures, (str, Path)) and Path(pictures).is_dir():
        pictures = model._examples_of(pictures).inputs
    return upscaler(model).every(pictures)


def upscaler(model: GAN) -> Upscaler:
    """The trained generator, ready for pictures of any size."""
    outcome, views = model._outcome, model.test_time
    if views is None:  # it may be set on a fitted model
        views = model.resolved_["test_time"]
    return upscaler_of(model._builder(), (outcome.parameters, outcome.variables), bool(views))
