"""The base class that every family shares: scikit-learn's contract over the engine.

`base` holds the public methods; `fitting` is what `fit` does, in order; `predicting` runs a
trained network over any number of rows; `saving` turns a model into an artifact and back.
"""

from ranvier.model.base import Model

__all__ = ["Model"]
