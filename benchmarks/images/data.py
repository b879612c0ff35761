"""Fashion-MNIST in the cache: as one file of arrays, and as a folder of PNG files."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.environments import FOLDER
from benchmarks.quality.datasets import FASHION_CLASSES
from benchmarks.quality.packages import FASHION, fashion

CLASSES = tuple(name.replace("/", "-").replace(" ", "-") for name in FASHION_CLASSES)
PARTS = {"train": "train", "test": "t10k"}


def arrays() -> Path:
    """The file with "X", "X_test" (rows, 28, 28) and "y", "y_test" (rows,), all uint8.

    Raises:
        LookupError: Fashion-MNIST cannot be had here.
    """
    path = FOLDER / "data" / "fashion.npz"
    if not path.exists():
        X, y = _original("train")
        X_test, y_test = _original("test")
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".draft.npz")
        np.savez(draft, X=X, y=y, X_test=X_test, y_test=y_test)
        draft.replace(path)
    return path


def pictures() -> Path:
    """The folder train|test/<class>/NNNNN.png, made the first time.

    Raises:
        LookupError: Fashion-MNIST cannot be had here.
    """
    folder = FOLDER / "data" / "fashion-png"
    if not folder.exists():
        draft = folder.with_name("fashion-png.draft")
        shutil.rmtree(draft, ignore_errors=True)
        for part in PARTS:
            write(draft / part, *_original(part))
        draft.replace(folder)
    return folder


def write(folder: Path, X: np.ndarray, y: np.ndarray) -> None:
    """Pictures (rows, height, width) of bytes as <class>/NNNNN.png, NNNNN the row."""
    for name in CLASSES:
        (folder / name).mkdir(parents=True, exist_ok=True)
    for row, (picture, label) in enumerate(zip(X, y, strict=True)):
        Image.fromarray(picture).save(folder / CLASSES[label] / f"{row:05}.png")


def _original(part: str) -> tuple[np.ndarray, np.ndarray]:
    try:
        X, y = fashion(PARTS[part])
    except LookupError as reason:
        raise LookupError(f"{reason}; try: apt-get install {FASHION}") from reason
    return X.reshape(-1, 28, 28), y


if __name__ == "__main__":
    print(pictures())
