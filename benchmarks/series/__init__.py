"""Forecasting: backtests on series that everybody knows, and a long one beside a peer."""
