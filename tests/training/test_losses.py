"""Losses against NumPy and scikit-learn, by hand."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sklearn.metrics import log_loss, mean_squared_error

from ranvier.tasks import TASKS
from ranvier.training.losses import LOSSES, binary_cross_entropy, cross_entropy, squared_error

NONE = jnp.float32(0.0)


def numbers(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-logits.astype(np.float64)))


def test_cross_entropy_is_scikit_learns_log_loss():
    logits, target = numbers(50, 4), np.arange(50) % 4
    losses = cross_entropy(jnp.array(logits), jnp.array(target), NONE)
    assert losses.shape == (50,)
    assert np.mean(losses) == pytest.approx(log_loss(target, softmax(logits)), rel=1e-5)


def test_binary_cross_entropy_is_scikit_learns_log_loss():
    logits, target = numbers(50, 1), (np.arange(50) % 2).astype(np.float32)[:, None]
    losses = binary_cross_entropy(jnp.array(logits), jnp.array(target), NONE)
    assert losses.shape == (50,)
    expected = log_loss(target.ravel(), sigmoid(logits).ravel())
    assert np.mean(losses) == pytest.approx(expected, rel=1e-5)


def test_binary_cross_entropy_of_many_labels_is_their_mean():
    logits, target = numbers(20, 3), (numbers(20, 3, seed=1) > 0).astype(np.float32)
    losses = binary_cross_entropy(jnp.array(logits), jnp.array(target), NONE)
    p = sigmoid(logits)
    expected = -(target * np.log(p) + (1 - target) * np.log(1 - p)).mean(axis=1)
    np.testing.assert_allclose(losses, expected, rtol=1e-5)


def test_squared_error_is_scikit_learns():
    logits, target = numbers(30, 2), numbers(30, 2, seed=1)
    losses = squared_error(jnp.array(logits), jnp.array(target), NONE)
    assert losses.shape == (30,)
    assert np.mean(losses) == pytest.approx(mean_squared_error(target, logits), rel=1e-5)


@pytest.mark.parametrize("smoothing", [0.1, 0.5, 1.0])
def test_label_smoothing_spreads_a_share_over_all_classes(smoothing):
    logits, target = numbers(20, 5), np.arange(20) % 5
    losses = cross_entropy(jnp.array(logits), jnp.array(target), jnp.float32(smoothing))
    spread = np.eye(5)[target] * (1 - smoothing) + smoothing / 5
    np.testing.assert_allclose(losses, -(spread * np.log(softmax(logits))).sum(axis=1), rtol=1e-5)


def test_label_smoothing_of_two_classes():
    logits, target = numbers(20, 1), (np.arange(20) % 2).astype(np.float32)[:, None]
    losses = binary_cross_entropy(jnp.array(logits), jnp.array(target), jnp.float32(0.2))
    p, soft = sigmoid(logits), np.where(target > 0, 0.9, 0.1)
    expected = -(soft * np.log(p) + (1 - soft) * np.log(1 - p)).ravel()
    np.testing.assert_allclose(losses, expected, rtol=1e-5)


@pytest.mark.parametrize("size", [100.0, -100.0, 3e4])
def test_large_logits_stay_finite_with_their_gradients(size):
    column = jnp.full((3, 1), size)
    table = jnp.stack([jnp.full(3, size), jnp.zeros(3)], axis=1)
    for loss, logits, target in (
        (binary_cross_entropy, column, jnp.zeros((3, 1))),
        (cross_entropy, table, jnp.zeros(3, jnp.int32)),
    ):
        total = lambda x, loss=loss, target=target: loss(x, target, NONE).sum()  # noqa: E731
        value, slope = jax.value_and_grad(total)(logits)
        assert jnp.isfinite(value)
        assert jnp.isfinite(slope).all()


def test_every_task_has_its_loss():
    # The pinball loss of forecasts compares three numbers with one: its family brings it, as GAN
    # brings those of its players.
    brought = {"pinball", "adversarial", "absolute_error"}
    assert {task.loss for task in TASKS.values()} - brought == set(LOSSES)
