"""Write docs/bad-input.md from the tables of cases: `python -m tests.bad_input.page`."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Sequence
from pathlib import Path

import jax

from tests.bad_input import (
    artifacts,
    files,
    frames,
    generating,
    handled,
    language,
    making,
    pictures,
    published,
    sequences,
    series,
    settings,
    targets,
    words,
)
from tests.bad_input.case import Handled, Refused, refusal, remark, shown

PAGE = Path(__file__).parents[2] / "docs" / "bad-input.md"

REFUSED: dict[str, list[Refused]] = {
    "Files": files.CASES,
    "Arrays and frames": frames.CASES,
    "Pictures and sounds": pictures.CASES,
    "Sequences and texts": sequences.CASES,
    "Pairs and words": words.CASES,
    "Language": language.CASES,
    "Generating": generating.CASES,
    "New rows and pictures": making.CASES,
    "Published models": published.CASES,
    "Series": series.CASES,
    "Targets": targets.CASES,
    "Hyperparameters": settings.CASES,
    "Models, runs and their files": artifacts.CASES,
}
HANDLED: dict[str, list[Handled]] = {
    "Inputs": handled.INPUTS,
    "Pictures and sounds": pictures.HANDLED,
    "Sequences and texts": sequences.HANDLED,
    "Pairs and words": words.HANDLED,
    "Language": language.HANDLED,
    "Generating": generating.HANDLED,
    "Published models": published.HANDLED,
    "Series": series.HANDLED,
    "Targets that could be read two ways": handled.TARGETS,
    "Runs": handled.RUNS,
}

HEAD = """# Bad input and its answers

One sentence each: what is wrong, where, and what would work. Every error of Ranvier is a
`ranvier.RanvierError`, and a `ValueError` or `TypeError` as well where Python would raise one.
On the command line the same sentence follows `error:`, with exit code 1 and no traceback.

The tests write this page: each case is run, and what it answers is what stands here
(`python -m tests.bad_input.page`).
"""
SAID = """## Handled, and said aloud

No error: the work goes on, and a warning, a note of the data set or a line before training says
what was done.
"""


def page() -> str:
    """The whole page."""
    jax.devices()  # started, or asking for a thousand devices would make them
    parts = [HEAD]
    for title, cases in REFUSED.items():
        answers = [(case.what, *refused(case)) for case in cases]
        rows = [(w, f"`{type(error).__name__}`", _cell(text)) for w, error, text, _ in answers]
        parts.append(f"## {title}\n\n" + table(("What came", "Raises", "The answer"), rows))
    parts.append(SAID)
    for title, spoken in HANDLED.items():
        lines = [(case.what, _cell(told(case))) for case in spoken]
        parts.append(f"### {title}\n\n" + table(("What came", "What is said"), lines))
    return "\n".join(parts)


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A table in Markdown."""
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


@functools.cache
def refused(case: Refused) -> tuple[Exception, str, frozenset[str]]:
    """The error, its text as it reads anywhere, and what lay in the folder at the end."""
    with tempfile.TemporaryDirectory() as folder:
        error = refusal(case, Path(folder))
        names = frozenset(path.name for path in Path(folder).iterdir())
        return error, shown(str(error), Path(folder)), names


@functools.cache
def told(case: Handled) -> str:
    """What is said, as it reads anywhere."""
    with tempfile.TemporaryDirectory() as folder:
        return shown(remark(case, Path(folder)), Path(folder))


def _cell(text: str) -> str:
    """Text as it stands in a cell: nothing in it is Markdown."""
    for sign in "\\`*_<>[]|":
        text = text.replace(sign, f"\\{sign}" if sign not in "<>|" else f"&#{ord(sign)};")
    return text.strip().replace("\n", "<br>")


if __name__ == "__main__":
    jax.config.update("jax_num_cpu_devices", 1)  # as in the tests, whichever the machine
    PAGE.write_text(page(), encoding="utf-8")
