"""Transformers: texts, sequences, forecasts, language."""
