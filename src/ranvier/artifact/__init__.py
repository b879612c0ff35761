"""The one saved format: `model.ranvier` to plain parts and back. Knows no model.

The file is a zip with exactly four members:

- `model.json`: `"format": "ranvier"`, `"format_version"`, the SHA-256 of each other member
  under `"files"`, and beside them the caller's manifest;
- `weights.safetensors`: the network's arrays;
- `preprocessing.json`: fitted preprocessing state, plain data;
- `preprocessing.safetensors`: fitted preprocessing state, arrays.

Nothing in it is code and nothing is executed at load. The checksums find damage and careless
edits; they are no signature, so a file from a stranger is safe to load but not proven genuine.
"""

from __future__ import annotations

from .layout import FORMAT_VERSION, Parts
from .reading import read
from .writing import write

__all__ = ["FORMAT_VERSION", "Parts", "read", "write"]
