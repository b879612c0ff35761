"""Runs of families that predict no target: how good they are, and what they make."""

from ranvier.runs.unsupervised.judging import alarms, judged, remarks, scores_of

__all__ = ["alarms", "judged", "remarks", "scores_of"]
