"""The compilation cache on disk: the second run of a network starts at once.

A user's own JAX setting is left alone.
"""

from __future__ import annotations

import jax

from ranvier import caching

LARGEST = 1 << 30  # bytes; the entries used longest ago go first


def enable() -> None:
    """Turn the cache on, once, unless the user chose otherwise or nothing can be written."""
    if jax.config.values["jax_compilation_cache_dir"] is not None:
        return
    place = caching.folder()
    if place is None:
        return
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError:
        return  # a read-only home must not stop a training run
    jax.config.update("jax_compilation_cache_dir", str(place))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
