"""Generative adversarial networks: pictures from noise, and pictures made larger."""
