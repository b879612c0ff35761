"""mixup: partners, shares and their distribution."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from ranvier.layers.augmentation import mixup, partners
from ranvier.layers.augmentation.mixing import POINTS, quantiles

KEY = jax.random.key(2)


def test_rows_are_mixed_with_their_partners_by_their_share(pictures):
    mixed, share = mixup(0.4, pictures, KEY)
    assert mixed.shape == pictures.shape
    assert mixed.dtype == jnp.float32
    assert share.shape == (64,)
    mixed, share, pictures = (np.asarray(array) for array in (mixed, share, pictures))
    for row in range(64):
        wanted = share[row] * pictures[row] + (1 - share[row]) * pictures[row - 1]
        np.testing.assert_allclose(mixed[row], wanted, atol=1e-6)
    np.testing.assert_array_equal(partners(jnp.arange(4)), [3, 0, 1, 2])


def test_the_same_key_mixes_alike_and_another_otherwise(pictures):
    one, two = (mixup(1.0, pictures, key)[1] for key in (KEY, jax.random.key(3)))
    np.testing.assert_array_equal(one, mixup(1.0, pictures, KEY)[1])
    assert (one != two).all()


@pytest.mark.parametrize("alpha", [0.1, 0.2, 0.4, 1.0, 2.0, 10.0])
def test_shares_are_of_the_beta_distribution(alpha):
    wanted = stats.beta(alpha, alpha).ppf(np.linspace(0, 1, POINTS))
    np.testing.assert_allclose(quantiles(alpha), wanted, atol=2e-3 if alpha > 2 else 2e-5)
    _, share = mixup(alpha, jnp.zeros((20_000, 1)), KEY)
    found = stats.kstest(np.asarray(share, np.float64), stats.beta(alpha, alpha).cdf)
    # Near 0 and 1 float32 has no finer steps, so small α lies on them.
    assert found.statistic < 0.012 or alpha < 0.3
    assert share.min() >= 0
    assert share.max() <= 1
