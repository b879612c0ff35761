"""Texts written by a model of language, token by token."""
