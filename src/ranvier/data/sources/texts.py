"""Lists, arrays and series of strings: each is a text."""

from __future__ import annotations

from typing import Any

from ranvier.data.sources.registry import Loaded, memory_source
from ranvier.data.steps import are_texts
from ranvier.data.texts import Texts


@memory_source(are_texts, rank=8)
def read(source: Any) -> Loaded:
    """A text a row."""
    return Loaded(Texts.of(source), header=False)
