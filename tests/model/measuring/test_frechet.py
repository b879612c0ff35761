import numpy as np
import pytest
from numpy.testing import assert_allclose

from ranvier.errors import DataError
from ranvier.model.measuring.frechet import frechet


def gaussian(rows: int, mean: list[float], deviations: list[float], seed: int = 0) -> np.ndarray:
    """Rows with exactly this mean and these deviations, uncorrelated."""
    drawn = np.random.default_rng(seed).normal(size=(rows, len(mean)))
    drawn -= drawn.mean(axis=0)
    roots = np.linalg.cholesky(np.linalg.inv(np.cov(drawn.T).reshape(len(mean), -1)))
    return drawn @ roots * deviations + mean


def test_gaussians_of_known_distance() -> None:
    # Diagonal covariances: the squared difference of the means and of the deviations.
    one = gaussian(200, [0, 0, 0], [1, 2, 3])
    other = gaussian(300, [1, -2, 0], [2, 2, 0.5], seed=1)
    assert_allclose(frechet(one, other), 1 + 4 + 1 + 0 + 2.5**2, rtol=1e-9)


def test_correlated_features_as_scipy_roots_them() -> None:
    linalg = pytest.importorskip("scipy.linalg")
    random = np.random.default_rng(0)
    one = random.normal(size=(400, 6)) @ random.normal(size=(6, 6))
    other = random.normal(size=(500, 6)) @ random.normal(size=(6, 6)) + 1
    s1, s2 = np.cov(one.T), np.cov(other.T)
    root = np.trace(np.real(linalg.sqrtm(s1 @ s2)))
    gap = one.mean(axis=0) - other.mean(axis=0)
    assert_allclose(frechet(one, other), gap @ gap + np.trace(s1 + s2) - 2 * root, rtol=1e-8)


def test_a_set_lies_at_no_distance_from_itself_however_few_its_rows() -> None:
    few = np.random.default_rng(0).normal(size=(5, 64)) * 100
    assert frechet(few, few[::-1]) < 1e-8 * frechet(few, 2 * few)


def test_features_that_never_change_are_no_trouble() -> None:
    one, other = np.zeros((10, 3)), np.ones((7, 3))
    assert_allclose(frechet(one, other), 3.0)


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(DataError, match="equally wide"):
        frechet(np.zeros((5, 3)), np.zeros((5, 2)))
    with pytest.raises(DataError, match="two rows"):
        frechet(np.zeros((1, 3)), np.zeros((5, 3)))
    with pytest.raises(DataError, match="NaN"):
        frechet(np.full((5, 3), np.nan), np.zeros((5, 3)))
