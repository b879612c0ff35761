"""Pictures, signals and sounds: equal-sized arrays, a row each, read when they are asked for."""

from ranvier.data.pictures.arrays import ArrayPixels
from ranvier.data.pictures.form import Form
from ranvier.data.pictures.pictures import Pictures, Pixels

__all__ = ["ArrayPixels", "Form", "Pictures", "Pixels"]
