"""How well the FCNN predicts beside its peers.

python -m benchmarks.quality                                 what is not measured yet
python -m benchmarks.quality --datasets wine --peers ranvier,mlp --seeds 0,1 --again
python -m benchmarks.quality --table                         write docs/quality.md
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from typing import Any

from benchmarks.quality import datasets, running, splits, tables
from benchmarks.quality.peers.roster import PEERS


def main(arguments: list[str] | None = None) -> int:
    """Measure, or write the table."""
    options = _options(arguments)
    if options.table:
        print(f"wrote {tables.write()}")
        return 0
    peers = [PEERS[name] for name in options.peers]
    for line in running.measure(
        options.datasets, peers, options.seeds, again=options.again, threads=options.threads
    ):
        print(line, flush=True)
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.quality",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_choices(parser, datasets=datasets.NAMES, peers=PEERS, seeds=splits.SEEDS)
    add = parser.add_argument
    add("--again", action="store_true", help="also what has been measured before")
    add("--threads", type=int, default=0, help="of a peer; 0, the default: its own choice")
    add("--table", action="store_true", help="measure nothing; write docs/quality.md")
    return parser.parse_args(arguments)


def add_choices(parser: argparse.ArgumentParser, **valid: Iterable[Any]) -> None:
    """A flag for each name: some of its valid values, or all of them."""
    for name, values in valid.items():
        every = list(values)
        words = ", ".join(map(str, every))
        parser.add_argument(f"--{name}", type=_some_of(every), default=every, help=words)


def _some_of(valid: list[Any]) -> Callable[[str], list[Any]]:
    names = {str(value): value for value in valid}

    def parse(text: str) -> list[Any]:
        for word in text.split(","):
            if word not in names:
                raise argparse.ArgumentTypeError(f"{word!r} is none of {', '.join(names)}")
        return [names[word] for word in text.split(",")]

    return parse


if __name__ == "__main__":
    sys.exit(main())
