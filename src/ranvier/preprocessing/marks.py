"""The tokens that mark something instead of standing for text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

PADDING, UNKNOWN = 0, 1
# Names that no token can have: none holds a blank beside other characters.
NAMES = ("( padding )", "( unknown )")
SPECIAL = ("( start )", "( end )", "( mask )")  # with numbers from 2 on, where they were asked for

# What published tokenizers call theirs, the more telling names first.
PUBLISHED = {
    "padding": (
        "[PAD]",
        "<pad>",
        "<|pad|>",
        "<|finetune_right_pad_id|>",
        "<|padding|>",
        NAMES[0],
    ),
    "unknown": ("[UNK]", "<unk>", NAMES[1]),
    "start": (
        "[CLS]",
        "<s>",
        "<|begin_of_text|>",
        "<bos>",
        "<|startoftext|>",
        "<|endoftext|>",
        SPECIAL[0],
    ),
    "end": ("[SEP]", "</s>", "<|end_of_text|>", "<eos>", "<|endoftext|>", "<|im_end|>", SPECIAL[1]),
    "mask": ("[MASK]", "<mask>", "<|mask|>", SPECIAL[2]),
}


@dataclass(frozen=True)
class Marks:
    """Their numbers; None for those that a tokenizer does not have.

    Attributes:
        padding, unknown: fills rows up; stands for text that no token is known for.
        start, end: stand around a text.
        mask: stands for a token that is hidden.
    """

    padding: int | None = PADDING
    unknown: int | None = UNKNOWN
    start: int | None = None
    end: int | None = None
    mask: int | None = None

    @classmethod
    def learned(cls, vocabulary: Mapping[str, int]) -> Marks:
        """Of a tokenizer of our own."""
        return cls(PADDING, UNKNOWN, *(vocabulary.get(name) for name in SPECIAL))

    @classmethod
    def published(cls, vocabulary: Mapping[str, int]) -> Marks:
        """Of a tokenizer that others made, by the usual names."""
        found = {
            mark: next((vocabulary[name] for name in names if name in vocabulary), None)
            for mark, names in PUBLISHED.items()
        }
        return cls(**found)

    @property
    def all(self) -> frozenset[int]:
        """The numbers that there are."""
        every = (self.padding, self.unknown, self.start, self.end, self.mask)
        return frozenset(number for number in every if number is not None)
