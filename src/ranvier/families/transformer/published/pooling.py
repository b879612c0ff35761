"""How a folder of sentence-transformers makes one vector of a text (Reimers and Gurevych 2019)."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ranvier.errors import ArtifactError
from ranvier.families.transformer.published.folder import document

MODULES = "modules.json"
LIMIT = 1 << 20  # bytes
NAMES = {"mean": "mean", "cls": "first"}  # theirs, and ours
FLAGS = {"pooling_mode_mean_tokens": "mean", "pooling_mode_cls_token": "first"}
LENGTH = "sentence_bert_config.json"
POOLING, NORMALIZE = "1_Pooling", "2_Normalize"
SENTENCES = (MODULES, LENGTH, POOLING, NORMALIZE, "config_sentence_transformers.json")


def pooling_in(folder: Path) -> tuple[str | None, bool]:
    """Which vector stands for a text, and whether it is made one long.

    Returns:
        "mean", "first" or None (the folder does not say); True where vectors are normalised.

    Raises:
        ArtifactError: the folder says something else.
    """
    path = folder / MODULES
    if not path.is_file():
        return None, False
    pooling, normalised = None, False
    for kind, place in _modules(path):
        name = kind.rsplit(".", 1)[-1]
        if name == "Pooling":
            pooling = _mode(folder / place / "config.json")
        elif name == "Normalize":
            normalised = True
        elif name != "Transformer":
            raise ArtifactError(
                f"{path} lists a module {name:.40}, and Transformer, Pooling and Normalize are "
                "known: use a model of these."
            )
    return pooling, normalised


def _modules(path: Path) -> list[tuple[str, str]]:
    """Each module's type and folder."""
    try:
        with open(path, "rb") as file:
            listed = json.loads(file.read(LIMIT))
        found = [(str(each["type"]), str(each["path"])) for each in listed]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ArtifactError(
            f"{path} must list modules with a type and a path; download it again."
        ) from error
    for _, place in found:
        if place and (place != os.path.basename(place) or place in (".", "..") or "\\" in place):
            raise ArtifactError(
                f"{path} names {place!r:.80}, which is no folder within; do not trust this model."
            )
    return found


def _mode(path: Path) -> str:
    settings: dict[str, Any] = document(path) if path.is_file() else {}
    modes = [name for flag, name in FLAGS.items() if settings.get(flag) is True]
    others = [flag for flag, on in settings.items()
              if flag.startswith("pooling_mode_") and on is True and flag not in FLAGS]  # fmt: skip
    if isinstance(named := settings.get("pooling_mode"), str):
        modes, others = ([NAMES[named]], []) if named in NAMES else ([], [named])
    if len(modes) != 1 or others:
        raise ArtifactError(
            f"{path} must choose one pooling, of the mean or of the first token, and chooses "
            f"{', '.join(modes + others) or 'none'}; use a model with one of these."
        )
    return modes[0]


def sentence_files(pooling: str, width: int, longest: int, *, normalised: bool) -> dict[str, bytes]:
    """What sentence-transformers wants beside an encoder.

    Args:
        pooling: "mean" or "first".
        width: numbers of a vector.
        longest: tokens of a text, at most.
        normalised: whether vectors are made one long.
    """
    places = {"Transformer": "", "Pooling": POOLING} | (
        {"Normalize": NORMALIZE} if normalised else {}
    )
    modules = [
        {"idx": i, "name": str(i), "path": place, "type": f"sentence_transformers.models.{name}"}
        for i, (name, place) in enumerate(places.items())
    ]
    flags = {flag: mode == pooling for flag, mode in FLAGS.items()}
    settings = {"word_embedding_dimension": width, **flags}
    return {
        MODULES: json.dumps(modules, indent=2).encode(),
        f"{POOLING}/config.json": json.dumps(settings, indent=2).encode(),
        LENGTH: json.dumps({"max_seq_length": longest, "do_lower_case": False}).encode(),
    }
