"""Features where there are no labels: the principal components of the pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ranvier.model.measuring.rows import Array, flat, some

MOST = 64  # components
MOST_ROWS = 10_000  # by which they are found


@dataclass(frozen=True)
class Pixels:
    """Principal components of real rows.

    Attributes:
        middle: float64 (numbers,), the mean row.
        components: float64 (components, numbers), the strongest first.
    """

    middle: Array
    components: Array

    @classmethod
    def fitted(cls, rows: Any, most: int = MOST) -> Pixels:
        """Those of real rows (N, ...), of pictures or other numbers.

        Raises:
            DataError: the rows are no numbers, or there are none.
        """
        from sklearn.decomposition import PCA

        wide = flat(some(np.asarray(rows), MOST_ROWS))
        count = max(1, min(most, wide.shape[1], len(wide) - 1))
        found = PCA(count, random_state=0).fit(wide)
        return cls(found.mean_, found.components_)

    def __call__(self, rows: Any) -> Array:
        """Float64 (N, components)."""
        features: Array = (flat(rows) - self.middle) @ self.components.T
        return features
