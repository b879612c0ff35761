"""What shapes an autoencoder: equal builders share one compiled program."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from flax import nnx

from ranvier.layers.table_input import one_hot_width
from ranvier.specification import InputSpec, OutputSpec

if TYPE_CHECKING:
    from ranvier.families.autoencoder.network import AutoencoderNetwork

SMALLEST = 4  # a side below this is not halved any more


@dataclass(frozen=True)
class AutoencoderBuilder:
    """See `AutoencoderHyperparameters`.

    Attributes:
        noisy: whether a code is drawn about its mean while training ("variational").
        pieces: (parts, codes) of a vector-quantised code; empty for others.
        components: Gaussians from which codes are drawn; 0 where they are normally distributed.
        uneven: whether sequences differ in length, which the code must tell too.
    """

    inputs: InputSpec
    outputs: OutputSpec
    dimensions: int
    linear: bool
    hidden: tuple[int, ...]
    activation: str
    filters: tuple[int, ...]
    kernel_size: int
    cell: str
    units: int
    noisy: bool = False
    sparse: bool = False
    pieces: tuple[int, ...] = ()
    components: int = 0
    uneven: bool = False

    def __call__(self, rngs: nnx.Rngs) -> AutoencoderNetwork:
        """A network with fresh weights."""
        from ranvier.families.autoencoder.network import AutoencoderNetwork

        return AutoencoderNetwork(self, rngs=rngs)

    @property
    def form(self) -> str:
        """What a row is: "picture", "sequence" or "table"."""
        if self.inputs.image:
            return "picture"
        return "sequence" if self.inputs.channels else "table"

    @property
    def shape(self) -> tuple[int, ...]:
        """Of a row as it is made: (height, width, channels), (steps, channels) or (numbers,)."""
        if self.form == "picture":
            return self.inputs.image
        if self.form == "sequence":
            return (self.inputs.steps, self.inputs.channels)
        return (one_hot_width(self.inputs),)

    @property
    def numbers(self) -> int:
        """Of a row."""
        return prod(self.shape)

    @property
    def maps(self) -> tuple[tuple[int, int, int], ...]:
        """(height, width, filters) of a picture behind each convolution; halved while it can be."""
        if self.form != "picture":
            return ()
        height, width, _ = self.shape
        found = []
        for filters in self.filters:
            if min(height, width) < SMALLEST:
                break
            height, width = -(-height // 2), -(-width // 2)
            found.append((height, width, filters))
        return tuple(found)
