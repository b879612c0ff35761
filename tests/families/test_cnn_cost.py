"""The work of a picture, against the weights of the network itself."""

import pytest

from ranvier.families.cnn import cost
from ranvier.families.cnn.builder import CNNBuilder
from ranvier.specification import InputSpec, OutputSpec
from ranvier.training.blueprint import blueprint_of

SIDE = 16
SHAPE = {
    "filters": (4, 8, 16), "depth": 2, "residual": False, "kernel_size": 3, "stem": "none",
    "pooling": "max", "normalization": "none", "activation": "relu", "global_pooling": "max",
    "hidden": (), "dropout": False,
}  # fmt: skip


def builder(image, **changes):
    inputs = InputSpec(image=(SIDE, SIDE, 3), image_center=(0.0,) * 3, image_scale=(1.0,) * 3)
    outputs = OutputSpec(2, "softmax", "cross_entropy", image)
    return CNNBuilder(inputs, outputs, **(SHAPE | changes))


def weights_of(shape):
    sizes = blueprint_of(shape).parameters
    return {path: s.size for path, s in sizes.items() if path.endswith("convolution/kernel")}


def test_a_u_net_sees_each_stage_at_its_size_down_and_up():
    shape = builder((SIDE, SIDE))
    total = 0
    for path, size in weights_of(shape).items():
        way, number = path.split("/")[0], int(path.split("/")[1])
        halvings = number if way == "down" else len(shape.filters) - 2 - number
        total += size * SIDE**2 // 4**halvings
    assert cost.products(shape) == total


@pytest.mark.parametrize("depth", [1, 2])
def test_a_stage_is_halved_behind_its_first_convolution(depth):
    shape = builder((), depth=depth)
    total = 0
    for path, size in weights_of(shape).items():
        _, stage, _, block, *_ = path.split("/")
        halvings = int(stage) + (int(block) > 0)
        total += size * SIDE**2 // 4**halvings
    assert cost.products(shape) == total + 16 * 2  # and the output layer
