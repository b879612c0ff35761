"""The product that gradients of kernels are: summed over many rows."""

from __future__ import annotations

import jax
from jax import lax


def over_rows(a: jax.Array, b: jax.Array) -> jax.Array:
    """aᵀ b of (rows, M) and (rows, N), which gives (M, N).

    The product reads along its rows, so that one side must be turned. XLA's own choice is up to
    twice as slow as to turn the narrower side first, and the result if that was b. Barriers keep
    the turning out of the product. Winograd's many small ones gain nothing by it.
    """
    if a.shape[1] < b.shape[1]:
        wide: jax.Array = lax.optimization_barrier(a.T) @ b
        return wide
    turned: jax.Array = lax.optimization_barrier(lax.optimization_barrier(b.T) @ a)  # (N, M)
    return turned.T
