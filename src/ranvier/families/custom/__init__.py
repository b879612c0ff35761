"""A user's own Flax NNX module through the same loop."""
