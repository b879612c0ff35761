"""Tokens -> text."""

from __future__ import annotations

import re
from collections.abc import Sequence

LOST = "\ufffd"  # what stands in a text for a token that is unknown

_BEFORE = re.compile(r" (?=[.,;:!?%)\]}…’'”»])")  # blanks that nobody writes there
_BEHIND = re.compile(r"(?<=[(\[{$€£¿¡#@“«]) ")
_APOSTROPHES = re.compile(r"(?<=\w['’]) (?=\w)")
_JOINED = re.compile(r"(?<=\w) ([-/_&]) (?=\w)")
_NUMBERS = re.compile(r"(?<=\d\.) (?=\d)|(?<=\d,) (?=\d{3}\b)")
_QUOTED = re.compile(r'" ([^"]*?) "')


def written(words: Sequence[str]) -> str:
    """Words and signs of punctuation as a person writes them: `it ' s` as "it's"."""
    text = " ".join(words)
    text = _BEHIND.sub("", _BEFORE.sub("", text))
    text = _APOSTROPHES.sub("", text)
    text = _NUMBERS.sub("", text)
    text = _JOINED.sub(r"\1", text)
    return _QUOTED.sub(r'"\1"', text)
