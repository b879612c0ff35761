"""Ranvier."""
