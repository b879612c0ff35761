"""Some files, read one after the other: what each worker does."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ranvier.data.pictures import small_png
from ranvier.data.pictures.foreign import Unreadable
from ranvier.data.pictures.form import SOUND, Form

Seen = tuple[int, int, int, int]
Glance = Callable[[str], Seen]
Decode = Callable[[bytes, Form], tuple[bytes, Seen]]
NOTHING: Seen = (0, 0, 0, 0)


@dataclass(frozen=True)
class Job:
    """Files to be read.

    Attributes:
        first: the number of the first of them in the whole set.
        paths: of the files.
        sizes: in bytes, as they were listed.
        form: what they are brought to; None: only their headers are looked at.
        sound: whether they are recordings, where there is no form.
        out: the file that their numbers are written to.
    """

    first: int
    paths: tuple[str, ...]
    sizes: tuple[int, ...]
    form: Form | None = None
    sound: bool = False
    out: str = ""

    def to_state(self) -> dict[str, Any]:
        """Plain data for JSON."""
        form = None if self.form is None else self.form.to_state()
        return {**self.__dict__, "form": form}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Job:
        """The job that `to_state` described."""
        form = None if state["form"] is None else Form.from_state(state["form"])
        return cls(**{**state, "form": form})


@dataclass
class Done:
    """What came of a job.

    Attributes:
        first: the job's.
        seen: of each file, what its header tells: height, width, channels and bits of a
            picture; samples, rate and channels of a recording.
        problems: why files could not be read, by their number in the whole set.
    """

    first: int
    seen: list[Seen] = field(default_factory=list)
    problems: dict[int, str] = field(default_factory=dict)

    @contextmanager
    def noting(self, place: int, path: str) -> Iterator[None]:
        """What is wrong with the file at that place of the job becomes its problem."""
        try:
            yield
        except Unreadable as error:
            self.problems[self.first + place] = str(error)
        except OSError as error:
            self.problems[self.first + place] = refused(path, error)


def work(job: Job) -> Done:
    """Read the files, and write their numbers to their place in `job.out`.

    Raises:
        OSError: nothing can be written.
    """
    done = Done(job.first, [NOTHING] * len(job.paths))
    if job.form is None:
        glance, _ = _readers(job.sound)
        for place, path in enumerate(job.paths):
            with done.noting(place, path):
                done.seen[place] = glance(path)
        return done
    contents = [b""] * len(job.paths)
    for place, (path, size) in enumerate(zip(job.paths, job.sizes, strict=True)):
        with done.noting(place, path):
            contents[place] = read(path, size)
    rows = _decoded(job, job.form, contents, done)
    with open(job.out, "r+b", buffering=0) as file:
        file.seek(job.first * math.prod(job.form.shape))
        rest = memoryview(b"".join(rows))
        while rest:
            rest = rest[file.write(rest) :]
    return done


def _decoded(job: Job, form: Form, contents: list[bytes], done: Done) -> list[bytes]:
    """Each file's row; zeros for those with a problem."""
    rows = [bytes(math.prod(form.shape))] * len(contents)
    quick = small_png.decode(contents, form)
    _, decode = _readers(form.kind == SOUND)
    for place, data in enumerate(contents):
        if place in quick:
            rows[place], done.seen[place] = quick[place]
        elif job.first + place not in done.problems:
            with done.noting(place, job.paths[place]):
                rows[place], done.seen[place] = decode(data, form)
    return rows


def _readers(sound: bool) -> tuple[Glance, Decode]:
    if sound:
        from ranvier.data.pictures.sounds import decode as decode_sound
        from ranvier.data.pictures.sounds import glance as glance_at_sound

        return glance_at_sound, decode_sound
    from ranvier.data.pictures.decoding import decode, glance

    return glance, decode


def refused(path: str, error: OSError) -> str:
    """Why the system does not give a file."""
    if isinstance(error, PermissionError):
        return "may not be read (permission was denied)"
    if os.path.islink(path) and not os.path.exists(path):
        return f"is a link to {os.readlink(path)}, which leads nowhere"
    if isinstance(error, FileNotFoundError):
        return "is not there"
    return f"cannot be read ({error.strerror or error})"


def read(path: str, size: int = 0) -> bytes:
    """All bytes of a file, with few calls where its size is known."""
    file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        # A buffer larger than needed costs more than the reading of a small file.
        parts = [os.read(file, size + 1)]
        while len(parts[-1]) and sum(map(len, parts)) != size:
            parts.append(os.read(file, 1 << 20))
        return parts[0] if len(parts) == 1 else b"".join(parts)
    finally:
        os.close(file)
