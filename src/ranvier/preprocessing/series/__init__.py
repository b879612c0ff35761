"""Windows over series: what a network is given of them, and its forecasts as people read them."""

from ranvier.preprocessing.series.coder import SeriesCoder
from ranvier.preprocessing.series.windows import WindowPreprocessor

__all__ = ["SeriesCoder", "WindowPreprocessor"]
