"""The parts of a tokenizer, and how byte pairs are learned; see `tokens`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tokenizers import Tokenizer

PADDING, UNKNOWN = 0, 1
# Names that no token can have: none holds a blank beside other characters.
NAMES = ("( padding )", "( unknown )")
SEEN = 2  # times that a token is seen at least, to be learned
BYTES = 256  # tokens of a byte pair tokenizer without mergers
SAMPLE = 20_000_000  # characters from which byte pairs are learned


def numbered(tokens: Iterable[str]) -> dict[str, int]:
    """A vocabulary: padding, unknown, and the tokens in this order."""
    return {token: number for number, token in enumerate(chain(NAMES, tokens))}


def assembled(
    kind: str, vocabulary: Mapping[str, int], merges: Sequence[tuple[str, str]]
) -> Tokenizer:
    """A tokenizer of HF `tokenizers` of one of `tokens.KINDS`."""
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

    if kind == "bpe":
        tokenizer = Tokenizer(models.BPE(vocab=dict(vocabulary), merges=list(merges)))
        tokenizer.normalizer = normalizers.NFC()
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.decoder = decoders.ByteLevel()
        return tokenizer
    tokenizer = Tokenizer(models.WordLevel(vocab=dict(vocabulary), unk_token=NAMES[UNKNOWN]))
    if kind == "words":
        tokenizer.normalizer = _word_normalizer()
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    else:
        tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    return tokenizer


def _word_normalizer() -> Any:
    from tokenizers import normalizers

    small = normalizers.BertNormalizer(
        clean_text=True, handle_chinese_chars=True, strip_accents=False, lowercase=True
    )
    return normalizers.Sequence([normalizers.NFC(), small])


def word_cutter() -> Callable[[str], list[str]]:
    """What cuts a chunk without blanks into words."""
    from tokenizers import pre_tokenizers

    normalize, cut = _word_normalizer().normalize_str, pre_tokenizers.BertPreTokenizer()

    def words(chunk: str) -> list[str]:
        if chunk.isascii() and chunk.isalnum():  # most are, and nothing else happens to them
            return [chunk.lower()]
        return [word for word, _ in cut.pre_tokenize_str(normalize(chunk))]

    return words


def learned_pairs(texts: Sequence[str], size: int) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """The vocabulary and the mergers of byte pairs."""
    from tokenizers import pre_tokenizers, trainers

    whole = sum(map(len, texts))
    step = -(-whole // SAMPLE) if whole else 1
    tokenizer = assembled("bpe", {}, ())
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        min_frequency=SEEN,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts[::step], trainer)
    model = json.loads(tokenizer.to_str())["model"]
    ordered = sorted(model["vocab"], key=model["vocab"].__getitem__)
    return numbered(ordered), [(a, b) for a, b in model["merges"]]
