"""A graph as source in plain PyTorch or Flax, to be read and owned."""
