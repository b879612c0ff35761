"""Published weights: folders in Hugging Face form, read and written.

    config.json          what the weights are: sizes, activations, the kind of model
    model.safetensors    the weights; or several files and model.safetensors.index.json
    tokenizer.json       the tokenizer

`forms` says which kinds are known; a pickle is never opened, and nothing is downloaded.
"""

from __future__ import annotations

from ranvier.families.transformer.published.published import Published
from ranvier.families.transformer.published.reading import read_published
from ranvier.families.transformer.published.writing import write_published

__all__ = ["Published", "read_published", "write_published"]
