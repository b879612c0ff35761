"""From a list of files to pictures of one form: the form is chosen, everything is read once.

The form follows from the sizes of all files. Where a sample of them has one size, that is taken
for all of them and checked after reading; so the usual set is opened once, not twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ranvier.data.pictures import stored, workers
from ranvier.data.pictures.files import FilePixels, Files, complaint
from ranvier.data.pictures.form import PICTURE, SOUND, Form
from ranvier.data.pictures.jobs import Done
from ranvier.data.pictures.pictures import Pictures
from ranvier.data.pictures.rules import form_of, words
from ranvier.errors import DataError

Array = np.ndarray[Any, Any]
SAMPLE = 256  # files whose headers are looked at first
SHOWN = 3  # files left out that are named
Rule = Callable[[Array], Form]  # from what was seen, int (N, 4)


@dataclass(frozen=True)
class Gathered:
    """Files that were read.

    Attributes:
        pixels: all of them.
        rows: int64, those that can be used.
        seen: int32 (N, 4), what each file's header tells, see `jobs.Done`.
        notes: what was done to them, in words.
    """

    pixels: FilePixels
    rows: Array
    seen: Array
    notes: tuple[str, ...]

    @property
    def pictures(self) -> Pictures:
        """Those that can be used."""
        every = len(self.rows) == len(self.pixels)
        return Pictures(self.pixels, None if every else self.rows, self.pixels.files.names)


def gather(
    files: Files,
    kind: str = PICTURE,
    *,
    on_error: str = "stop",
    rule: Rule | None = None,
) -> Gathered:
    """Read all files in the form that suits them.

    Args:
        files: at least one.
        kind: "picture", "mask" or "sound".
        on_error: "stop" refuses the first file that cannot be read, "skip" leaves it out.
        rule: chooses the form; None: `rules.form_of`.

    Raises:
        DataError: a file cannot be read; or none can; or there is no room for them.
    """
    rule = rule or (lambda seen: form_of(seen, kind))
    key = files.key("form", kind)
    form = _recalled(key) or _guess(files, kind, rule)
    while True:
        pixels = FilePixels(files, form)
        kept = pixels.open()
        bad = np.array(sorted(kept.problems), np.int64)
        rows = np.setdiff1d(np.arange(len(files.paths)), bad)
        if not len(rows):
            raise _none(files, kept.problems)
        if on_error == "stop":
            pixels.check()
        right = rule(kept.seen[rows])
        if right == form:
            break
        form = right  # what was seen depends on no form: the second reading is the last
    stored.remember(key, form.to_state())
    notes = words(kept.seen[rows], form)
    if len(bad):
        pixels = replace(pixels, skipped=frozenset(bad.tolist()))
        some = "; ".join(f"{files.names[row]} {kept.problems[row]}" for row in bad[:SHOWN].tolist())
        more = "; ..." if len(bad) > SHOWN else ""
        plural = "s that cannot be read are" if len(bad) > 1 else " that cannot be read is"
        notes = (f"{len(bad):,} file{plural} left out: {some}{more}", *notes)
    return Gathered(pixels, rows, kept.seen, notes)


def look(files: Files, rows: list[int] | None, kind: str) -> tuple[Array, dict[int, str]]:
    """The headers of some files, or of all: int32 (n, 4) of the readable ones, and problems."""
    seen: dict[int, Any] = {}
    problems: dict[int, str] = {}

    def report(part: Done) -> None:
        problems.update(part.problems)
        for number, one in enumerate(part.seen, part.first):
            if number not in part.problems:
                seen[number] = one

    workers.run(files.jobs(rows, sound=kind == SOUND), report)
    return np.array([seen[row] for row in sorted(seen)], np.int32).reshape(-1, 4), problems


def sample(files: Files, kind: str) -> tuple[Array, dict[int, str]]:
    """What `look` sees of some files, evenly spread."""
    rows = np.linspace(0, len(files.paths) - 1, SAMPLE).astype(int)
    return look(files, sorted(set(rows.tolist())), kind)


def _guess(files: Files, kind: str, rule: Rule) -> Form:
    """The form of all files, from a sample where that is of one size."""
    seen, problems = sample(files, kind)
    alike = len(seen) > 0 and bool((seen[:, :2] == seen[0, :2]).all())
    if not alike and len(seen) + len(problems) < len(files.paths):
        seen, problems = look(files, None, kind)
    if not len(seen):
        raise _none(files, problems)
    return rule(seen)


def _recalled(key: str) -> Form | None:
    try:
        return Form.from_state(stored.recall(key))
    except (KeyError, TypeError, ValueError):
        return None


def _none(files: Files, problems: dict[int, str]) -> DataError:
    row = min(problems)
    if len(problems) == len(files.paths):
        return DataError(
            f"{files.names[row]} {problems[row]}, and so it is with all {len(problems):,} files: "
            "check what the folder holds."
        )
    return DataError(complaint(files, row, problems[row], len(problems)))
