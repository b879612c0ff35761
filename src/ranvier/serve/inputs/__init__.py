"""What the rows of a request are: checked one request at a time, then put together for a run."""

from ranvier.serve.inputs.base import Inputs
from ranvier.serve.inputs.choosing import inputs_of

__all__ = ["Inputs", "inputs_of"]
