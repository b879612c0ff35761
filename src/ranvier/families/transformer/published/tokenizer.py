"""The tokenizer of a published folder: its tokenizer.json, or the older files of which one is made.

tokenizer.json                what HF `tokenizers` writes
vocab.txt                     BERT and DistilBERT: one piece of a word a line
vocab.json, merges.txt        GPT-2 and RoBERTa: byte pairs
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ranvier.artifact import plain
from ranvier.artifact.layout import MIB, readable
from ranvier.errors import ArtifactError
from ranvier.families.transformer.published.folder import TOKENIZER, document, optional
from ranvier.preprocessing.tokens import Tokens

LINES_LIMIT = 64 * MIB


def tokenizer_in(folder: Path, kind: str) -> dict[str, Any]:
    """What the folder's tokenizer.json holds, or would.

    Raises:
        ArtifactError: there is no tokenizer, or it is damaged.
    """
    if (folder / TOKENIZER).is_file():
        return document(folder / TOKENIZER)
    if kind in ("bert", "distilbert") and (folder / "vocab.txt").is_file():
        return _word_pieces(folder)
    if kind in ("gpt2", "roberta") and all(
        (folder / name).is_file() for name in ("vocab.json", "merges.txt")
    ):
        return _byte_pairs(folder, kind)
    raise ArtifactError(
        f"{folder} has no {TOKENIZER}: download it as well, or write it with "
        "AutoTokenizer.from_pretrained(...).save_pretrained(...)."
    )


def fitting(tokenizer: dict[str, Any], rows: int, folder: Path) -> Tokens:
    """The tokens, none of which is without a row in the embedding.

    Raises:
        ArtifactError: the tokenizer is damaged, or of another model.
    """
    tokens = Tokens.published(tokenizer)
    if len(tokens) > rows:
        raise ArtifactError(
            f"{folder / TOKENIZER} numbers its tokens up to {len(tokens) - 1:,}, and the weights "
            f"have {rows:,} rows for them: one of the two is of another model; download both again."
        )
    return tokens


def _lines(path: Path) -> list[str]:
    size = path.stat().st_size
    if size > LINES_LIMIT:
        raise ArtifactError(
            f"{path} is {readable(size)}, and at most {readable(LINES_LIMIT)} are read; name a "
            f"folder with a {TOKENIZER}."
        )
    try:
        return path.read_bytes().decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise ArtifactError(f"{path} is not UTF-8 text; download it again.") from error


def _word_pieces(folder: Path) -> dict[str, Any]:
    from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers

    path = folder / "vocab.txt"
    lines = _lines(path)
    names = [line.rstrip("\r") for line in (lines[:-1] if lines[-1] == "" else lines)]
    vocabulary = {name: number for number, name in enumerate(names)}
    marks = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
    if lost := [mark for mark in marks if mark not in vocabulary]:
        raise ArtifactError(f"{path} has no {lost[0]}, as BERT's has; download it again.")
    if len(vocabulary) != len(names):
        raise ArtifactError(f"{path} has a piece twice; download it again.")
    settings = optional(folder / "tokenizer_config.json")
    small = settings.get("do_lower_case", True) is not False
    tokenizer = Tokenizer(models.WordPiece(vocab=vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=small)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece("##")
    tokenizer.add_special_tokens([AddedToken(mark, special=True) for mark in marks])
    return completed(json.loads(tokenizer.to_str()), "[CLS]", "[SEP]")


def _byte_pairs(folder: Path, kind: str) -> dict[str, Any]:
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    vocabulary = document(folder / "vocab.json")
    path = folder / "merges.txt"
    pairs = [line.rstrip("\r").split(" ") for line in _lines(path)]
    pairs = [pair for pair in pairs if len(pair) == 2 and pair[0] != "#version:"]
    names = ("<s>", "<pad>", "</s>", "<unk>", "<mask>") if kind == "roberta" else ("<|endoftext|>",)
    try:
        merges = [(first, second) for first, second in pairs]
        tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of its Rust code is no Exception
        raise ArtifactError(
            f"{path} and vocab.json are damaged or do not belong together "
            f"({str(error)[:80]}); download both again."
        ) from error
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(
        [AddedToken(n, special=True, lstrip=n == "<mask>") for n in names if n in vocabulary]
    )
    state: dict[str, Any] = json.loads(tokenizer.to_str())
    return completed(state, "<s>", "</s>", twice=True) if kind == "roberta" else state


def completed(
    tokenizer: dict[str, Any], start: str, end: str, *, twice: bool = False
) -> dict[str, Any]:
    """The tokenizer with marks put around each text, as encoders want them.

    Args:
        tokenizer: what a tokenizer.json holds.
        start: the name of the mark before a text.
        end: of that behind it.
        twice: whether the end stands twice between the texts of a pair (RoBERTa).
    """
    from tokenizers import Tokenizer, processors

    made = Tokenizer.from_str(json.dumps(tokenizer))
    numbers = [(name, made.token_to_id(name)) for name in (start, end)]
    if any(number is None for _, number in numbers):
        return tokenizer
    kind = 0 if twice else 1  # of the second text's segment
    between = f"{end}:0 {end}:0" if twice else f"{end}:0"
    made.post_processor = processors.TemplateProcessing(
        single=f"{start}:0 $A:0 {end}:0",
        pair=f"{start}:0 $A:0 {between} $B:{kind} {end}:{kind}",
        special_tokens=numbers,
    )
    state: dict[str, Any] = json.loads(made.to_str())
    return state


def renamed(tokenizer: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """The tokenizer with other names for its marks, which it then knows as such."""
    state = plain.decode(plain.encode(tokenizer, TOKENIZER), TOKENIZER)
    vocabulary = state["model"]["vocab"]
    here = {old: new for old, new in names.items() if old in vocabulary and new not in vocabulary}
    state["model"]["vocab"] = {here.get(name, name): n for name, n in vocabulary.items()}
    unknown = state["model"].get("unk_token")
    if unknown in here:
        state["model"]["unk_token"] = here[unknown]
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    added = [
        {"id": vocabulary[old], "content": new, **flags, "special": True}
        for old, new in here.items()
    ]
    kept = [each for each in state.get("added_tokens", []) if each["content"] not in here]
    state["added_tokens"] = sorted(kept + added, key=lambda each: each["id"])
    return state
