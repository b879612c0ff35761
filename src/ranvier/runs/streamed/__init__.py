"""`ranvier predict` on a table larger than memory: block by block, and from where it ended.

Two passes, as in training: the first learns what reading the whole at once would tell (the type of
each column, lines that do not fit), the second predicts. So the file that is written has the bytes
that it would have if everything were predicted at once, however often the process was ended.
"""

from ranvier.runs.streamed.asking import SUFFIXES, announced, is_meant
from ranvier.runs.streamed.passes import Outcome, Pace
from ranvier.runs.streamed.predicting import predict

__all__ = ["SUFFIXES", "Outcome", "Pace", "announced", "is_meant", "predict"]
