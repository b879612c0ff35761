"""NNX modules that two or more families use, and the kernels that make them fast."""
