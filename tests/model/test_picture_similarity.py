import numpy as np
import pytest
from sklearn.datasets import load_sample_image

from ranvier.model.picture_similarity import detail, luma, psnr, ssim

CHINA = load_sample_image("china.jpg")[:120, :160]


def test_psnr_is_that_of_the_formula():
    other = CHINA.astype(np.float64) + 5.0
    assert psnr(other, CHINA) == pytest.approx(20 * np.log10(255 / 5.0))
    assert psnr(CHINA, CHINA) == 100.0


def test_unsigned_pixels_do_not_wrap_around():
    black, white = np.zeros((4, 4, 1), np.uint8), np.full((4, 4, 1), 255, np.uint8)
    assert psnr(black, white) == psnr(white, black) == pytest.approx(0.0)


def test_ssim_is_the_mean_over_windows():
    # One window: what Wang et al.'s formula gives for it, computed in another way.
    generator = np.random.default_rng(0)
    one, other = generator.uniform(0, 255, (2, 11, 11))
    taps = np.exp(-0.5 * ((np.arange(11) - 5) / 1.5) ** 2)
    window = np.outer(taps, taps) / taps.sum() ** 2
    mean_one, mean_other = np.sum(window * one), np.sum(window * other)
    spread_one = np.sum(window * (one - mean_one) ** 2)
    spread_other = np.sum(window * (other - mean_other) ** 2)
    both = np.sum(window * (one - mean_one) * (other - mean_other))
    c1, c2 = 2.55**2, 7.65**2
    expected = (2 * mean_one * mean_other + c1) * (2 * both + c2)
    expected /= (mean_one**2 + mean_other**2 + c1) * (spread_one + spread_other + c2)
    assert ssim(one, other) == pytest.approx(expected)


def test_ssim_falls_with_noise_and_is_one_of_equals():
    light = luma(CHINA)
    noise = np.random.default_rng(0).normal(size=light.shape)
    assert ssim(light, light) == pytest.approx(1.0)
    assert 1.0 > ssim(light, light + 5 * noise) > ssim(light, light + 20 * noise) > 0.0


def test_pictures_smaller_than_the_window_can_be_compared():
    tiny = np.array([[10.0, 20.0], [30.0, 40.0]])
    assert ssim(tiny, tiny) == pytest.approx(1.0)
    assert ssim(tiny[:1, :1], tiny[:1, :1]) == pytest.approx(1.0)


def test_luma_of_white_and_black():
    pixels = np.array([[[255, 255, 255], [0, 0, 0]]], np.uint8)
    np.testing.assert_allclose(luma(pixels), [[235.0, 16.0]], atol=1e-3)
    np.testing.assert_array_equal(luma(pixels[..., :1]), [[255.0, 0.0]])


def test_detail_is_a_share_of_the_others():
    light = luma(CHINA)
    noise = np.random.default_rng(0).normal(size=light.shape)
    soft = (light + np.roll(light, 1, 0) + np.roll(light, 1, 1)) / 3
    assert detail(light, light) == pytest.approx(1.0)
    assert detail(50 + light / 2, light) == pytest.approx(0.5)
    assert detail(soft, light) < 0.9 < 1.1 < detail(light + 9 * noise, light)
