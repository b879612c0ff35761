"""The hyperparameters that only the adversarial family has."""

from __future__ import annotations

from dataclasses import dataclass

from ranvier.families.cnn.hyperparameters import LAYOUTS
from ranvier.families.pictured import PictureSize
from ranvier.hyperparameters import explained, setting

LOSSES = ("r3gan", "dcgan", "hinge", "wgan_gp")
AUGMENTATIONS = ("adaptive", "none")


@explained
@dataclass(kw_only=True, eq=False, repr=False)
class GANHyperparameters(PictureSize):
    """Hyperparameters of `GAN`; None means "let the recipe decide"."""

    loss: str | None = setting(
        None,
        "generation: what both networks lower, and how the critic is kept from being too sure: "
        "r3gan, dcgan, hinge with spectral normalisation, wgan_gp",
        choices=LOSSES,
    )
    latent: int | None = setting(
        None, "generation: numbers of noise from which a picture is made", low=1, high=65_536
    )
    filters: int | None = setting(
        None,
        "filters of the finest stage; in generation each coarser one has twice as many",
        low=1,
        high=65_536,
    )
    conditional: bool | None = setting(
        None, "generation: whether classes can be asked for; by default where the data have some"
    )
    matching: float | None = setting(
        None,
        "generation by class: weight of the critic's telling real pictures under their own class "
        "from the same under another",
        low=0,
    )
    gamma: float | None = setting(
        None, "generation: weight of the penalty on the critic's slope, of r3gan and wgan_gp", low=0
    )
    beta1: float | None = setting(
        None, "generation: first decay rate of Adam, in place of momentum", low=0, high=0.999
    )
    augmentation: str | None = setting(
        None,
        "generation: adaptive: the critic sees changed pictures, as often as it must lest it "
        "learn few of them by heart",
        choices=AUGMENTATIONS,
    )
    scale: int = setting(
        2, "super-resolution: how many times larger the pictures become", low=2, high=4
    )
    blocks: int | None = setting(
        None, "super-resolution: residual blocks of the generator", low=1, high=256
    )
    sharpness: float = setting(
        0.0,
        "super-resolution: weight of a critic, by which pictures become sharper and less true",
        low=0,
    )
    test_time: bool | None = setting(
        None, "super-resolution: upscale by the mean over the eight symmetries of a picture"
    )
    layout: str = setting(
        "auto",
        "how each row of an array lies: H height, W width, C channels",
        choices=LAYOUTS,
    )
