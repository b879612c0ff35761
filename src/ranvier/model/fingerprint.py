"""What tells one run from another, so that none goes on with another's checkpoints."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING

import jax
import numpy as np

if TYPE_CHECKING:
    from ranvier.model.fitting import Prepared

BYTES = 1 << 26  # of the data that are looked at


def fingerprint(prepared: Prepared) -> str:
    """Identifies what decides the bits of a run: data, settings, program, mesh."""
    digest = hashlib.blake2b(digest_size=16)
    unseen = ("verbose", "max_memory", "on_error", "devices")  # how many there are comes below
    settings = {k: _named(v) for k, v in sorted(prepared.resolved.items()) if k not in unseen}
    digest.update(json.dumps(settings).encode())
    digest.update(_named((prepared.learner, prepared.plan.batch_size)).encode())
    digest.update(f"{len(prepared.mesh.devices)} {prepared.mesh.is_cpu} {jax.__version__}".encode())
    # Validation rows lie in blocks; here they are rows like the others.
    valid = jax.tree.map(lambda a: a.reshape(-1, *a.shape[2:]), prepared.valid)
    weights = [w for w in (prepared.weights,) if isinstance(w, np.ndarray)]
    for leaf in (*prepared.rows.marks(), *weights, *jax.tree.leaves(valid)):
        if isinstance(leaf, str):
            digest.update(leaf.encode())
            continue
        # A few thousand rows spread over the whole tell one data set from another.
        digest.update(str((leaf.shape, leaf.dtype)).encode())
        count = max(1, min(4096, BYTES * len(leaf) // max(1, leaf.nbytes)))
        digest.update(np.asarray(leaf[:: max(1, len(leaf) // count)]).tobytes())
    return digest.hexdigest()


def _named(value: object) -> str:
    """Its repr without addresses: a user's function is the same one in the next process."""
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))
