"""What transformers and sentence-transformers make of folders; runs in their environment.

Reads one line of JSON: {"folders": {name: [folder, questions]}, "minilm": [folder, ...],
"sentences": [...], "out": folder}. Writes out/NAME.safetensors.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers as tf
from safetensors.numpy import save_file as save_arrays
from safetensors.torch import load_file, save_file

from tests.golden.published.make import answers


def read(folder: str) -> Any:
    """The model by the class that its config.json names; nothing may be missing or left over."""
    name = json.loads((Path(folder) / "config.json").read_text())["architectures"][0]
    model, told = getattr(tf, name).from_pretrained(
        folder, dtype=torch.float32, output_loading_info=True
    )
    keys = [*told["missing_keys"], *(told["unexpected_keys"] or [])]
    odd = [key for key in keys if "pooler" not in key]  # which a masked head does not use
    if odd:
        raise SystemExit(f"{folder}: missing or left over: {odd}")
    return model.eval()


def tokenized(folder: str, texts: list[str]) -> list[list[int]]:
    """The tokens of texts, by what the folder says of its tokenizer."""
    tokenizer = tf.AutoTokenizer.from_pretrained(folder)
    found: list[list[int]] = tokenizer(texts)["input_ids"]
    return found


def main() -> None:
    job = json.loads(sys.stdin.readline())
    out, said = Path(job["out"]), {}
    for name, (folder, questions) in job["folders"].items():
        asked = load_file(questions)
        save_file(answers(read(folder), asked), out / f"{name}.safetensors")
        said[name] = tokenized(folder, job["texts"])
    for number, folder in enumerate(job["minilm"]):
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(folder, device="cpu")
        vectors = np.asarray(model.encode(job["sentences"], batch_size=20), np.float32)
        save_arrays({"vectors": vectors}, out / f"minilm-{number}.safetensors")
    print(json.dumps(said))


if __name__ == "__main__":
    main()
