"""Pictures and signals changed at random inside the compiled training step.

choices     what may be changed, and by how much: static, hashable, said in words
augmenting  all changes in their order, on a batch
draws       the random numbers of a batch, one row for each picture
geometry    where each pixel comes from: shift, flip, crop, rotation, scale
light       brightness, contrast, saturation; the amplitude of a signal
noise       Gaussian noise from a hash
hiding      cutout and SpecAugment's masks
mixing      mixup
choosing    the default for a set of pictures, found by looking at them
"""

from ranvier.layers.augmentation.augmenting import augment
from ranvier.layers.augmentation.choices import Augmentation
from ranvier.layers.augmentation.choosing import choose
from ranvier.layers.augmentation.mixing import mixup, partners

__all__ = ["Augmentation", "augment", "choose", "mixup", "partners"]
