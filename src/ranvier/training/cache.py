"""The compilation cache on disk: the second run of a network starts at once.

It lies in RANVIER_CACHE_DIR, else in the user's cache folder; RANVIER_CACHE_DIR=off turns it
off. A user's own JAX setting is left alone.
"""

from __future__ import annotations

import os
from pathlib import Path

import jax

LARGEST = 1 << 30  # bytes; the entries used longest ago go first


def folder() -> Path | None:
    """Where compiled programs are kept; None when turned off."""
    chosen = os.environ.get("RANVIER_CACHE_DIR")
    if chosen is not None:
        return None if chosen.lower() in ("", "off", "0", "none") else Path(chosen)
    home = os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(home) if home else Path.home() / ".cache") / "ranvier"
    except RuntimeError:
        return None  # no home folder


def enable() -> None:
    """Turn the cache on, once, unless the user chose otherwise or nothing can be written."""
    if jax.config.values["jax_compilation_cache_dir"] is not None:
        return
    place = folder()
    if place is None:
        return
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError:
        return  # a read-only home must not stop a training run
    jax.config.update("jax_compilation_cache_dir", str(place))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
