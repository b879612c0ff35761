"""The parts of a tokenizer; see `tokens`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ranvier.preprocessing.marks import NAMES, UNKNOWN

if TYPE_CHECKING:
    from tokenizers import Tokenizer

CONTINUES = "##"  # what a part of a word begins with that is not its first, as in BERT


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
    if kind == "wordpiece":
        pieces = models.WordPiece(vocab=dict(vocabulary), unk_token=NAMES[UNKNOWN])
        tokenizer = Tokenizer(pieces)
        tokenizer.normalizer = normalizers.BertNormalizer()
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        tokenizer.decoder = decoders.WordPiece(CONTINUES)
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


def word_cutter(*, accents: bool = True) -> Callable[[str], list[str]]:
    """What cuts a chunk without blanks into words; without accents as word pieces have them."""
    from tokenizers import normalizers, pre_tokenizers

    normalizer = _word_normalizer() if accents else normalizers.BertNormalizer()
    normalize, cut = normalizer.normalize_str, pre_tokenizers.BertPreTokenizer()

    def words(chunk: str) -> list[str]:
        if chunk.isascii() and chunk.isalnum():  # most are, and nothing else happens to them
            return [chunk.lower()]
        return [word for word, _ in cut.pre_tokenize_str(normalize(chunk))]

    return words
