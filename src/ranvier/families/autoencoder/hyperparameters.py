"""The hyperparameters that only the autoencoder has."""

from __future__ import annotations

from dataclasses import dataclass

from ranvier.families.cnn.hyperparameters import LAYOUTS
from ranvier.families.fcnn.hyperparameters import ACTIVATIONS
from ranvier.families.pictured import PictureSize
from ranvier.hyperparameters import explained, setting

KINDS = ("plain", "denoising", "sparse", "variational", "vector_quantised")
CELLS = ("lstm", "gru", "rnn")


@explained
@dataclass(kw_only=True, eq=False, repr=False)
class AutoencoderHyperparameters(PictureSize):
    """Hyperparameters of `Autoencoder`; None means "let the recipe decide"."""

    kind: str = setting(
        "plain",
        "what else is asked of the code: nothing; that it stands for disturbed rows too; that few "
        "of its numbers are used; that it is normally distributed; that it is made of pieces from "
        "a book",
        choices=KINDS,
    )
    dimensions: int | None = setting(
        None,
        "numbers of the code; a quarter of a row's numbers by default, from 2 to 32",
        low=1,
        high=65_536,
    )
    linear: bool | None = setting(
        None,
        "a linear way beside the network, which begins as the principal components, so that the "
        "network learns what they miss",
    )
    hidden: tuple[int, ...] | None = setting(
        None, "neurons of each dense layer before the code; in reverse order behind it"
    )
    activation: str | None = setting(
        None, "what a hidden neuron does to its weighted sum", choices=ACTIVATIONS
    )
    filters: tuple[int, ...] | None = setting(
        None, "pictures: filters of each convolution, which halves the picture; empty: none"
    )
    kernel_size: int | None = setting(None, "pictures: side of the filters, odd", low=1, high=31)
    cell: str | None = setting(None, "sequences: the recurrent cell", choices=CELLS)
    state_width: int | None = setting(
        None, "sequences: numbers of the recurrent state", low=1, high=65_536
    )
    noise: float | None = setting(
        None,
        "standard deviations of Gaussian noise on the inputs while training",
        low=0,
        high=10,
    )
    masking: float | None = setting(
        None, "share of the inputs hidden in each step (Vincent et al. 2008)", low=0, high=0.95
    )
    sparsity: float | None = setting(
        None, "sparse: how much each number of the code costs that is not zero", low=0
    )
    beta: float | None = setting(
        None,
        "variational: weight of the distance from a normal distribution (Higgins et al. 2017)",
        low=0,
    )
    codes: int | None = setting(None, "vector-quantised: pieces in each book", low=2, high=65_536)
    parts: int | None = setting(
        None, "vector-quantised: how many pieces make up a code; must divide dimensions", low=1
    )
    commitment: float | None = setting(
        None, "vector-quantised: pull of a piece on what it stands for", low=0
    )
    components: int | None = setting(
        None, "Gaussians of the mixture from which codes are drawn; not of variational", low=1
    )
    layout: str = setting(
        "auto",
        "how each row of an array lies: H height, W width, C channels, T steps of a sequence; "
        "auto: rows of numbers are a table",
        choices=LAYOUTS,
    )
