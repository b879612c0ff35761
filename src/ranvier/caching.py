"""Where things lie that a second run need not make again: compiled programs, decoded pictures.

In RANVIER_CACHE_DIR, else in the user's cache folder; RANVIER_CACHE_DIR=off turns it off.
"""

from __future__ import annotations

import os
from pathlib import Path


def folder() -> Path | None:
    """The folder; None when turned off."""
    chosen = os.environ.get("RANVIER_CACHE_DIR")
    if chosen is not None:
        return None if chosen.lower() in ("", "off", "0", "none") else Path(chosen)
    home = os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(home) if home else Path.home() / ".cache") / "ranvier"
    except RuntimeError:
        return None  # no home folder
