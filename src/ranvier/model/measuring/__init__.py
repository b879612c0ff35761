"""Measures that cannot flatter: what a model made beside real rows, what it kept beside PCA."""
