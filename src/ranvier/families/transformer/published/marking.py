"""A tokenizer with marks by the names that others know, which is what is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ranvier.families.transformer.published.form import Form
from ranvier.families.transformer.published.tokenizer import completed, renamed
from ranvier.preprocessing.marks import NAMES, SPECIAL
from ranvier.preprocessing.tokens import Tokens

BERT_NAMES = dict(
    zip((*NAMES, *SPECIAL), ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"), strict=True)
)
# What transformers calls the marks, and what `Marks` does.
ROLES = {"pad_token": "padding", "unk_token": "unknown", "cls_token": "start",
         "sep_token": "end", "mask_token": "mask"}  # fmt: skip
CAUSAL = {"pad_token": "padding", "unk_token": "unknown", "bos_token": "start",
          "eos_token": "end"}  # fmt: skip


def marked(
    tokenizer: dict[str, Any], form: Form, *, twice: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A tokenizer.json with marks that others know, and their names by transformers' words."""
    causal = "causal" in form.names
    known = dict(BERT_NAMES)
    if causal:
        known |= {SPECIAL[1]: "<|endoftext|>"}
    made = renamed(tokenizer, known)
    tokens = Tokens.published(made)
    names = {number: name for name, number in tokens.vocabulary.items()}
    roles = CAUSAL if causal else ROLES
    found = {
        theirs: names[number]
        for theirs, ours in roles.items()
        if (number := getattr(tokens.marks, ours)) is not None
    }
    if causal and "eos_token" in found:
        found.setdefault("bos_token", found["eos_token"])
    if (
        not causal
        and made.get("post_processor") is None
        and {"cls_token", "sep_token"} <= set(found)
    ):
        made = completed(made, found["cls_token"], found["sep_token"], twice=twice)
    return made, found


def numbers_of(tokenizer: dict[str, Any], marks: Mapping[str, str]) -> dict[str, int]:
    """The marks' numbers, which config.json holds."""
    vocabulary = Tokens.published(tokenizer).vocabulary
    numbers = {f"{role}_id": vocabulary[name] for role, name in marks.items()}
    wanted = ("pad_token_id", "bos_token_id", "eos_token_id")
    return {name: number for name, number in numbers.items() if name in wanted}
