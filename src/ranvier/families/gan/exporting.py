"""What an exported GAN computes: pictures of noise, or larger pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import numpy as np

from ranvier.data.pictures.opening import MOST
from ranvier.export.graph import HEIGHT, WIDTH
from ranvier.export.programs.inputs import Inputs
from ranvier.export.programs.network import around
from ranvier.export.programs.program import Arrays, Program, Tensor
from ranvier.export.programs.trying import TRIED

if TYPE_CHECKING:
    from ranvier.families.gan.model import GAN

SIDE = 64  # pixels of the tiles that an exported network enlarges, where their size is not free


def program(model: GAN) -> Program:
    """Of noise a picture, or of a picture a larger one.

    "picture" is made of "noise" and, where there are classes, the number of one as "label"; or of
    an "image" of 0 to 255.
    """
    return _larger(model) if model._enlarges else _made(model)


def _made(model: GAN) -> Program:
    shape = model._builder()
    about = "standard normal numbers"
    tensors = {"noise": Tensor((shape.latent,), "float32", about)}
    rng = np.random.default_rng(0)
    rows: Arrays = {"noise": rng.standard_normal((TRIED, shape.latent)).astype(np.float32)}
    if shape.classes:
        tensors["label"] = Tensor((), "int32", "the number of a class")
        rows["label"] = rng.integers(0, shape.classes, TRIED).astype(np.int32)

    def answer(network: Any, given: dict[str, Any]) -> dict[str, Any]:
        made = network.made(given["noise"], given.get("label"))
        return {"picture": jnp.clip(made.astype(jnp.float32), shape.low, shape.high)}

    return around(
        model, answer, inputs=Inputs(tensors, dict, {}), rows=rows,
        units={"picture": (shape.high - shape.low) / 2},
    )  # fmt: skip


def _larger(model: GAN) -> Program:
    shape = model._builder()
    words = f"a tile, 0 to 255; {shape.reach} pixels at each edge depend on what is beyond it"
    size = (SIDE, SIDE, shape.channels)
    tile = Tensor((HEIGHT, WIDTH, shape.channels), "float32", words)
    rng = np.random.default_rng(0)
    rows = {"image": rng.uniform(0, MOST, (2, *size)).astype(np.float32)}

    def answer(network: Any, given: dict[str, Any]) -> dict[str, Any]:
        return {"picture": jnp.clip(network.generator(given["image"]), 0.0, MOST)}

    inputs = Inputs({"image": tile}, dict, {}, {HEIGHT: SIDE, WIDTH: SIDE})
    return around(model, answer, inputs=inputs, rows=rows, units={"picture": MOST / 2})
