"""Sequences of numbers: rows of steps, each row of its own length."""

from ranvier.data.sequences.arrays import sequences_of
from ranvier.data.sequences.sequences import Sequences

__all__ = ["Sequences", "sequences_of"]
