"""Fashion-MNIST in the cache: as one file of arrays, and as a folder of PNG files."""

from __future__ import annotations

import shutil
import struct
import zlib
from pathlib import Path

import numpy as np

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
        (folder / CLASSES[label] / f"{row:05}.png").write_bytes(png(picture))


def png(picture: np.ndarray) -> bytes:
    """A grey picture (height, width) of bytes as a PNG file, lines as steps from the last."""
    height, width = picture.shape
    steps = np.diff(picture, axis=0, prepend=np.zeros((1, width), np.uint8))  # modulo 256
    lines = np.insert(steps, 0, 2, axis=1)  # 2: "up", the filter of each line
    return _chunks(width, height, 0, zlib.compress(lines.tobytes()))


def coloured_png(picture: np.ndarray) -> bytes:
    """A picture (height, width, 3) of bytes as a PNG file, not compressed."""
    height, width = picture.shape[:2]
    lines = np.insert(picture.reshape(height, 3 * width), 0, 0, axis=1)  # 0: lines as they are
    return _chunks(width, height, 2, zlib.compress(lines.tobytes(), 0))


def _chunks(width: int, height: int, colour: int, body: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", body), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )


def _original(part: str) -> tuple[np.ndarray, np.ndarray]:
    try:
        X, y = fashion(PARTS[part])
    except LookupError as reason:
        raise LookupError(f"{reason}; try: apt-get install {FASHION}") from reason
    return X.reshape(-1, 28, 28), y
