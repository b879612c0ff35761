"""Convolutional networks: pictures, signals and sounds."""
