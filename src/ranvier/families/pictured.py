"""What every family asks of pictures that come in sizes of their own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ranvier.hyperparameters import Hyperparameters, setting

if TYPE_CHECKING:
    from ranvier.data.pictures import Pictures

RESIZES = ("crop", "pad", "squash")
MAPPED = 4  # one byte in so many of `max_memory` may be decoded pictures that lie in memory


@dataclass(kw_only=True, eq=False, repr=False)
class PictureSize(Hyperparameters):
    """To which size pictures are brought, and how."""

    image_size: int | None = setting(
        None, "side to which the pictures of files are brought", low=4, high=4096
    )
    resize: str = setting(
        "crop",
        "pictures of other proportions: crop: the middle is cut out; pad: a border is added; "
        "squash: distorted",
        choices=RESIZES,
    )


def brought(pictures: Pictures, settings: PictureSize, *, trains: bool) -> Pictures:
    """Pictures within the memory that they may take, and of one size where they are files.

    Args:
        pictures: as they were read.
        settings: the model's.
        trains: whether they train; later ones are brought to the form of those.
    """
    from ranvier.model.budget import memory_budget

    pictures = pictures.within(memory_budget(settings.max_memory) // MAPPED)
    if not trains or (pictures.names is None and settings.image_size is None):
        return pictures
    wanted = replace(pictures.form, resize=settings.resize)
    if settings.image_size is not None and wanted.kind == "picture":
        side = int(settings.image_size)
        wanted = replace(wanted, shape=(side, side, wanted.shape[-1]))
    return pictures.formed(wanted)
