"""What shapes a convolutional network: equal builders share one compiled program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flax import nnx

from ranvier.specification import InputSpec, OutputSpec

if TYPE_CHECKING:
    from ranvier.families.cnn.network import CNNNetwork
    from ranvier.families.cnn.unet import UNet

SMALLEST = 4  # a side below this is not halved any more
LARGE = 96  # pictures from this side on get patches as their stem
TINY = 16  # below it, a convolution sees the whole picture before it is halved


def halved(side: int, pooling: str) -> int:
    """What is left of a side: a stride keeps the odd pixel at the end."""
    return -(-side // 2) if pooling == "stride" else side // 2


@dataclass(frozen=True)
class CNNBuilder:
    """See `CNNHyperparameters`.

    Attributes:
        mirrored, moved: the other views that predictions are the mean of.
    """

    inputs: InputSpec
    outputs: OutputSpec
    filters: tuple[int, ...]
    depth: int
    residual: bool
    kernel_size: int
    stem: str
    pooling: str
    normalization: str
    activation: str
    global_pooling: str
    hidden: tuple[int, ...]
    dropout: bool
    mirrored: bool = False
    moved: bool = False

    def __call__(self, rngs: nnx.Rngs) -> CNNNetwork | UNet:
        """A network with fresh weights."""
        if self.outputs.image:
            from ranvier.families.cnn.unet import UNet

            return UNet(self, rngs=rngs)
        from ranvier.families.cnn.network import CNNNetwork

        return CNNNetwork(self, rngs=rngs)

    @property
    def sides(self) -> tuple[int, ...]:
        """(height, width), or (steps,)."""
        return self.inputs.image[:-1]

    @property
    def kernel(self) -> tuple[int, ...]:
        """The sides of a filter."""
        return (self.kernel_size,) * len(self.sides)

    @property
    def patch(self) -> int:
        """The side of the stem's patches."""
        if self.stem != "patch":
            return 1
        return 4 if min(self.sides) >= 2 * LARGE else 2

    def halves(self) -> tuple[bool, ...]:
        """For each stage, whether it halves the picture: while enough of it is left."""
        sides = [side // self.patch for side in self.sides]
        found = []
        for number in range(len(self.filters)):
            does = min(sides) >= SMALLEST and not (self.pooling == "stride" and number == 0)
            if does:
                sides = [halved(side, self.pooling) for side in sides]
            found.append(does)
        return tuple(found)
