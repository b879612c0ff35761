"""From runs to a table: medians, and the median of the ratios round by round."""

from __future__ import annotations

from statistics import median
from typing import Any

BASELINE = "ranvier"


def summarise(runs: dict[str, list[dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    """Medians of each peer, and how its time compares with the first one's in the same round."""
    names = list(runs)
    base = runs[BASELINE if BASELINE in runs else names[0]] if names else []
    summary = {}
    for name, own in runs.items():
        ratios = [a["value"] / b["value"] for a, b in zip(own, base, strict=False)]
        summary[name] = {
            "runs": len(own),
            "seconds": median(run["value"] for run in own),
            "cpu_seconds": median(run["cpu_value"] for run in own),
            "ratio": median(ratios),
            "ratio_low": min(ratios),
            "ratio_high": max(ratios),
            "accuracy": median(run["accuracy"] for run in own),
            "loss": median(run["loss"] for run in own),
            "peak_mib": median(run["peak_mib"] for run in own),
            "others": median(run["others"] for run in own),
            "notes": own[-1].get("notes", {}),
        }
    return summary


def markdown(report: dict[str, Any], titles: dict[str, str]) -> str:
    """The report as a page."""
    lines = ["## Results", "", _machine(report), ""]
    for name, row in report["rows"].items():
        cold = row["cold"]
        lines += [f"## {name}", "", f"{row['about']}. {_how(row)}", ""]
        lines += [
            f"| library | {'s' if cold else 's/epoch'} | times Ranvier's | low–high "
            "| runs | processor s | test accuracy | test loss | peak MiB | |",
            "|---|--:|--:|--:|--:|--:|--:|--:|--:|---|",
        ]
        for peer, s in sorted(row["summary"].items(), key=lambda item: item[1]["ratio"]):
            lines.append(
                f"| {_title(peer, titles)} | {s['seconds']:.4g} | {s['ratio']:.2f} "
                f"| {s['ratio_low']:.2f}–{s['ratio_high']:.2f} | {s['runs']} "
                f"| {s['cpu_seconds']:.4g} | {s['accuracy']:.4f} | {s['loss']:.4f} "
                f"| {s['peak_mib']:.0f} | {_notes(s['notes'])} |"
            )
        for peer, reason in row["skipped"].items():
            empty = " | ".join(["–"] * 8)
            lines.append(f"| {_title(peer, titles)} | {empty} | left out: {reason} |")
        others = [s["others"] for s in row["summary"].values()]
        if others:
            lines += ["", _busy(max(others))]
        lines.append("")
    lines += ["## Versions", ""]
    for peer, versions in report["versions"].items():
        named = ", ".join(f"{package} {version}" for package, version in versions.items())
        lines.append(f"- {_title(peer, titles)}: {named}")
    return "\n".join(lines) + "\n"


def _machine(report: dict[str, Any]) -> str:
    m = report["machine"]
    return (
        f"{report['date']} · {m['processor']}, {m['cores']} cores, {m['memory_gib']} GiB · "
        f"{m['system']} · commit {report['commit']}"
    )


def _how(row: dict[str, Any]) -> str:
    if row["cold"]:
        return f"Medians of up to {row['repeats']} processes each, in turns."
    return (
        f"Medians of up to {row['repeats']} trainings of {row['epochs']} epochs each, in turns, "
        "everything compiled."
    )


def _busy(share: float) -> str:
    words = f"Other processes used up to {share:.0%} of the machine (medians)."
    if share < 0.05:
        return words
    return (
        f"{words} The machine was not quiet: libraries whose threads wait for each other suffer "
        "more than the others, so that their ratios are too high. Measure again."
    )


def _title(name: str, titles: dict[str, str]) -> str:
    peer, _, cache = name.partition("+")
    peer, _, after = peer.partition(" after ")
    cache, _, later = cache.partition(" after ")
    words = ", warm cache" if cache else ""
    return titles[peer] + words + (f", after {after or later}" if after or later else "")


def _notes(notes: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in notes.items() if name != "tried")
