"""The most memory that this process held."""

from __future__ import annotations

import resource
from pathlib import Path


def peak_mib() -> float:
    """MiB.

    Linux hands the peak that `getrusage` tells from a process to the programs that it starts, so a
    small program would be charged with its large starter; the kernel's own count begins anew.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
