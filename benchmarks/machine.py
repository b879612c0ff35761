"""What a result was measured on, and how busy others kept it meanwhile."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path

from benchmarks.environments import ROOT


def description() -> dict[str, str | int]:
    """Processor, cores, memory, system; no names of hosts or people."""
    cpu = _after("/proc/cpuinfo", "model name") or platform.processor() or platform.machine()
    flags = _after("/proc/cpuinfo", "flags").split()
    widest = next((f for f in ("avx512f", "avx2", "avx") if f in flags), "")
    memory = _after("/proc/meminfo", "MemTotal").split()
    return {
        "processor": " ".join(filter(None, [cpu, f"({widest})" if widest else ""])),
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count() or 1,
        "memory_gib": round(int(memory[0]) / 2**20) if memory else 0,
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
    }


def commit() -> str:
    """The commit that is measured, and whether the code was changed since."""

    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", *words], cwd=ROOT, capture_output=True, text=True, check=False
        )
        return done.stdout.strip()

    code = ("src", "benchmarks/*.py")  # the results that it writes are no change
    changed = " with changes" if git("status", "--porcelain", "--", *code) else ""
    return (git("rev-parse", "--short", "HEAD") or "unknown") + changed


def busy_seconds() -> float:
    """Processor seconds that all processes together have used; 0 where that is not known."""
    try:
        numbers = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    except OSError:
        return 0.0
    user, nice, system, _idle, _wait, irq, softirq, steal = (int(n) for n in numbers[:8])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def _after(file: str, name: str) -> str:
    try:
        lines = Path(file).read_text().splitlines()
    except OSError:
        return ""
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(name)), "")
