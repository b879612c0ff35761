"""Where examples come from: files, frames, arrays and built-in sets, as one `Dataset` value."""

from ranvier.data.dataset import Dataset
from ranvier.data.examples import as_examples
from ranvier.data.reading import read

__all__ = ["Dataset", "as_examples", "read"]
