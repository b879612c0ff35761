"""Recurrent networks: sequences of numbers, texts, forecasts."""
