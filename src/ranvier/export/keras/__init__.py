"""Keras: readable source, `.keras` files, and through them SavedModel and LiteRT."""
