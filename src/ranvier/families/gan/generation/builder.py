"""What shapes the two networks of generation: equal builders share one compiled program."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING

from flax import nnx

if TYPE_CHECKING:
    from ranvier.families.gan.generation.network import Adversaries

COARSE = 7  # a shortest side up to which a picture is not halved any more
WIDEST = 8  # times the filters of the finest stage
HIDDEN = 128  # neurons of the critic before its answer
TAPS, BLOCK = 16, 18  # of a halving, and of the two convolutions of a residual block


@dataclass(frozen=True)
class GenerationBuilder:
    """See `GANHyperparameters`.

    Attributes:
        image: (height, width, channels).
        low, high: the least and the largest pixel; they become -1 and 1.
        classes: how many can be asked for; 0: none.
        latent: numbers of noise from which a picture is made.
        filters: of the finest stage, at half the size; each coarser one has twice as many.
        residual: whether each stage has a residual block, without any normalisation (Huang et al.
            2024); if not, the networks are those of DCGAN (Radford et al. 2016).
        critic: the normalisation in the critic: "none", "batch" or "spectral".
        adaptive: whether the critic sees changed pictures, as often as it must (Karras et al.
            2020).
    """

    image: tuple[int, ...]
    low: float
    high: float
    classes: int
    latent: int
    filters: int
    residual: bool
    critic: str
    adaptive: bool

    def __call__(self, rngs: nnx.Rngs) -> Adversaries:
        """Both networks with fresh weights."""
        from ranvier.families.gan.generation.network import Adversaries

        return Adversaries(self, rngs=rngs)

    @property
    def sides(self) -> tuple[tuple[int, int], ...]:
        """(height, width) of the stages from the picture on, each half of the one before."""
        found = [(self.image[0], self.image[1])]
        while len(found) < 2 or min(found[-1]) > COARSE:
            found.append((-(-found[-1][0] // 2), -(-found[-1][1] // 2)))
        return tuple(found)

    @property
    def widths(self) -> tuple[int, ...]:
        """Channels of the stages, beginning with those of the picture."""
        stages = range(len(self.sides) - 1)
        return (self.image[-1], *(self.filters * min(2**stage, WIDEST) for stage in stages))

    @property
    def products(self) -> float:
        """Weights times a number that one picture takes through either network, near enough."""
        coarsest = prod(self.sides[-1]) * self.widths[-1]
        total = float(coarsest * (HIDDEN if self.residual else 1))
        stages = zip(pairwise(self.widths), self.sides[1:], strict=True)
        for (channels, filters), (height, width) in stages:
            taps = TAPS * channels + (BLOCK * filters if self.residual else 0)
            total += height * width * filters * taps
        return total
