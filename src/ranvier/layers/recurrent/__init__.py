"""Recurrent layers over sequences of any length, in one loop over the steps."""

from ranvier.layers.recurrent.cells import CELLS, Cell
from ranvier.layers.recurrent.layer import Recurrent

__all__ = ["CELLS", "Cell", "Recurrent"]
