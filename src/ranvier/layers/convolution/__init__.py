"""Convolutions of images and signals, in the form that each platform computes fastest."""

from ranvier.layers.convolution.convolve import convolve
from ranvier.layers.convolution.forms import Form, form_of
from ranvier.layers.convolution.layer import Convolution, TransposedConvolution
from ranvier.layers.convolution.transposed import convolve_transposed

__all__ = [
    "Convolution",
    "Form",
    "TransposedConvolution",
    "convolve",
    "convolve_transposed",
    "form_of",
]
