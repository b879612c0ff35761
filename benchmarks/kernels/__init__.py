"""The convolution kernels beside each other, and whole networks beside PyTorch."""
