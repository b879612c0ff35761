"""Autoencoders: rows through a few numbers and back."""
