"""Convolutions of images and signals, in the form that each platform computes fastest."""

from ranvier.layers.convolution.convolve import convolve
from ranvier.layers.convolution.forms import Form, form_of
from ranvier.layers.convolution.layer import Convolution

__all__ = ["Convolution", "Form", "convolve", "form_of"]
