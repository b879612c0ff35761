"""The tokens that texts teach; see `tokens`."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain

from ranvier.errors import HyperparameterError
from ranvier.preprocessing.marks import NAMES, SPECIAL
from ranvier.preprocessing.tokenizing import CONTINUES, assembled, word_cutter

Vocabulary = dict[str, int]
Mergers = list[tuple[str, str]]

KINDS = ("words", "bpe", "characters", "wordpiece")
SEEN = 2  # times that a token is seen at least, to be learned
BYTES = 256  # tokens of a byte pair tokenizer without mergers
SAMPLE = 20_000_000  # characters from which parts of words are learned
LETTERS = 1000  # characters of which word pieces are made, as BERT's

BETWEEN_BLANKS = re.compile(r"[^ \n\r\t]+")


def learned(
    kind: str, texts: Sequence[str], size: int, *, special: bool
) -> tuple[Vocabulary, Mergers]:
    """The `size` most frequent tokens, with their numbers; and the mergers of byte pairs.

    Args:
        kind: one of `KINDS`.
        texts: from which they are learned; the same always give the same.
        size: how many tokens are known, at most.
        special: whether there are numbers for `marks.SPECIAL`.

    Raises:
        HyperparameterError: byte pairs with a size below that of the bytes.
    """
    if kind == "bpe":
        return _pairs(texts, size, special)
    if kind == "wordpiece":
        return _pieces(texts, size, special), []
    counts: Counter[str] = Counter()
    if kind == "characters":
        for text in texts:
            counts.update(text)
    else:
        counts = _words(texts)
    often = [(-count, token) for token, count in counts.items() if count >= SEEN]
    # In a handful of texts, what was seen once is all there is.
    chosen = sorted(often or [(-count, token) for token, count in counts.items()])[:size]
    return _numbered((token for _, token in chosen), special), []


def _numbered(tokens: Iterable[str], special: bool) -> Vocabulary:
    """Padding, unknown, the special ones, and the tokens in this order."""
    names = chain(NAMES, SPECIAL if special else (), tokens)
    return {token: number for number, token in enumerate(names)}


def _words(texts: Iterable[str], *, accents: bool = True) -> Counter[str]:
    """How often each word is there."""
    chunks: Counter[str] = Counter()
    for text in texts:
        chunks.update(BETWEEN_BLANKS.findall(text))
    counts: Counter[str] = Counter()
    cut = word_cutter(accents=accents)
    for chunk, count in chunks.items():
        for word in cut(chunk):
            counts[word] += count
    return counts


def _some(texts: Sequence[str]) -> Sequence[str]:
    """Every so many-th text, so that they are a sample."""
    whole = sum(map(len, texts))
    return texts[:: -(-whole // SAMPLE) if whole else 1]


def _pairs(texts: Sequence[str], size: int, special: bool) -> tuple[Vocabulary, Mergers]:
    from tokenizers import pre_tokenizers, trainers

    if size <= BYTES:
        raise HyperparameterError(
            f"vocabulary_size must be above {BYTES} for tokenizer='bpe', whose first tokens are "
            f"the {BYTES} bytes; got {size}: set it higher, or use tokenizer='characters'."
        )
    tokenizer = assembled("bpe", {}, ())
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        min_frequency=SEEN,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_some(texts), trainer)
    model = json.loads(tokenizer.to_str())["model"]
    ordered = sorted(model["vocab"], key=model["vocab"].__getitem__)
    return _numbered(ordered, special), [(a, b) for a, b in model["merges"]]


def _pieces(texts: Sequence[str], size: int, special: bool) -> Vocabulary:
    """Word pieces (Wu et al. 2016, as in BERT): letters, and their most frequent mergers.

    The trainer numbers the letters in the order in which its hash table happens to hold the words,
    and what it learns depends on these numbers. So they are given to it as its first tokens.
    """
    from tokenizers import trainers

    sample = _some(texts)
    letters: Counter[str] = Counter()
    for word, count in _words(sample, accents=False).items():
        for letter in word:
            letters[letter] += count
    ranked = sorted(letters.items(), key=lambda pair: (-pair[1], pair[0]))
    alphabet = sorted(letter for letter, _ in ranked[: min(LETTERS, max(size // 4, 1))])
    known = [*alphabet, *(CONTINUES + letter for letter in alphabet)]
    tokenizer = assembled("wordpiece", {}, ())
    trainer = trainers.WordPieceTrainer(
        vocab_size=max(size, len(known)),
        min_frequency=SEEN,
        special_tokens=known,
        initial_alphabet=alphabet,
        limit_alphabet=len(alphabet),
        continuing_subword_prefix=CONTINUES,
        show_progress=False,
    )
    tokenizer.train_from_iterator(sample, trainer)
    found = json.loads(tokenizer.to_str())["model"]["vocab"]
    return _numbered(sorted(found, key=found.__getitem__), special)


def check_learned(kind: str, vocabulary: Vocabulary, merges: Mergers) -> None:
    """Hold what a state says to what `learned` gives.

    Raises:
        ValueError: it is something else.
    """
    if kind not in KINDS:
        raise ValueError(kind)
    if not all(type(number) is int for number in vocabulary.values()):
        raise ValueError("numbers")
    if sorted(vocabulary.values()) != list(range(len(vocabulary))):
        raise ValueError("numbers")
    if [vocabulary.get(name) for name in NAMES] != [0, 1]:
        raise ValueError("names")
    special = [vocabulary.get(name) for name in SPECIAL]
    if special not in ([None] * len(SPECIAL), [2, 3, 4]):
        raise ValueError("special")
    names = set(NAMES) | set(SPECIAL)
    if kind == "characters" and any(len(token) != 1 for token in vocabulary if token not in names):
        raise ValueError("characters")
    count = len(names & set(vocabulary))
    if (kind == "bpe") != (BYTES + count + len(merges) == len(vocabulary)):
        raise ValueError("mergers")
    if any(part not in vocabulary for a, b in merges for part in (a, b, a + b)):
        raise ValueError("mergers")
