"""Measure Ranvier beside its peers: `make bench`, or `python -m benchmarks.driver --help`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import machine, measuring, tables
from benchmarks.environments import FOLDER, ROOT, python_of
from benchmarks.peers.roster import ROSTER, Entry
from benchmarks.rows import all_rows
from benchmarks.rows.row import Row

RESULTS = ROOT / "benchmarks" / "results"


def main(arguments: list[str] | None = None) -> int:
    """Measure, write JSON and Markdown, print the table."""
    rows = all_rows()
    options = _options(rows, arguments)
    report: dict[str, Any] = {
        "date": time.strftime("%Y-%m-%d"),
        "commit": machine.commit(),
        "machine": machine.description(),
        "rows": {},
        "versions": {},
    }
    peers, missing = installed([peer for peer in ROSTER if peer.name in options.peers])
    for name in options.rows:
        row = rows[name]
        taking_part = [(p, python) for p, python in peers if p.cold or not row.cold]
        measure = measuring.cold if row.cold else measuring.warm
        for known in measure(row, taking_part, data_of(row), options.repeats):
            report["rows"][name] = {
                "about": row.about,
                "cold": row.cold,
                "epochs": row.epochs,
                "repeats": options.repeats,
                "summary": tables.summarise(known.runs),
                "skipped": missing | known.skipped,
                "runs": known.runs,
            }
            report["versions"].update(known.versions)
            # After each round: a long measurement may be cut short.
            _write(report, options.out)
    print(f"\n{options.out.with_suffix('.md').read_text()}")
    return 0


def _options(rows: dict[str, Row], arguments: list[str] | None) -> argparse.Namespace:
    def some_of(valid: list[str]) -> Any:
        def parse(text: str) -> list[str]:
            chosen = text.split(",")
            for name in chosen:
                if name not in valid:
                    raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(valid)}")
            return chosen

        return parse

    parser = argparse.ArgumentParser(prog="benchmarks.driver", description=__doc__)
    names, peers = list(rows), [peer.name for peer in ROSTER]
    parser.add_argument("--rows", type=some_of(names), default=names, help=", ".join(names))
    parser.add_argument("--peers", type=some_of(peers), default=peers, help=", ".join(peers))
    parser.add_argument("--repeats", type=int, default=5, help="rounds of turns (default: 5)")
    parser.add_argument(
        "--out",
        type=Path,
        default=RESULTS / time.strftime("%Y-%m-%d"),
        help="where the results go, without suffix (default: benchmarks/results/DATE)",
    )
    return parser.parse_args(arguments)


def installed(wanted: list[Entry]) -> tuple[list[tuple[Entry, Path]], dict[str, str]]:
    """The peers with their interpreters, and the reasons of those that have none."""
    present: list[tuple[Entry, Path]] = []
    missing: dict[str, str] = {}
    reasons: dict[str, str] = {}  # of environments: each is tried once
    for peer in wanted:
        try:
            if peer.environment in reasons:
                raise LookupError(reasons[peer.environment])
            present.append((peer, python_of(peer.environment)))
        except LookupError as reason:
            missing[peer.name] = reasons[peer.environment] = str(reason)
    return present, missing


def data_of(row: Row) -> Path:
    """A file with the row's arrays, the same for every peer."""
    path = FOLDER / "data" / f"{row.name}.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **row.data())
    return path


def _write(report: dict[str, Any], out: Path) -> None:
    titles = {peer.name: peer.title for peer in ROSTER}
    out.parent.mkdir(parents=True, exist_ok=True)
    out.with_suffix(".json").write_text(json.dumps(report, indent=1) + "\n")
    out.with_suffix(".md").write_text(tables.markdown(report, titles))


if __name__ == "__main__":
    sys.exit(main())
