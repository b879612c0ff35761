import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from PIL import Image
from sklearn.datasets import load_sample_image

from ranvier.errors import DataError
from ranvier.families.gan.super_resolution.network import SuperResolutionBuilder
from ranvier.families.gan.super_resolution.upscaling import upscaler_of
from ranvier.layers.bicubic import enlarged
from ranvier.training.blueprint import blueprint_of

CHINA = np.ascontiguousarray(load_sample_image("china.jpg")[:150, :203])


def upscaler(channels=3, scale=2, views=False, spread=0.05):
    """Of random weights, also in the output layer, which begins at zero."""
    shape = SuperResolutionBuilder(scale=scale, channels=channels, filters=8, blocks=1)
    blueprint = blueprint_of(shape)
    parameters, variables = blueprint.take_apart(shape(nnx.Rngs(0)))
    keys = jax.random.split(jax.random.key(0), len(parameters))
    parameters = {
        name: value + spread * jax.random.normal(key, value.shape)
        for key, (name, value) in zip(keys, parameters.items(), strict=True)
    }
    return upscaler_of(shape, (parameters, variables), views)


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_tiles_show_no_seam(scale):
    enlarging = upscaler(scale=scale)
    whole = enlarging.one(CHINA, "china", side=320).astype(int)
    tiled = enlarging.one(CHINA, "china", side=32).astype(int)
    assert whole.shape == (150 * scale, 203 * scale, 3)
    # Rounding inside may differ, and a pixel between two whole numbers fall to either side.
    assert np.abs(whole - tiled).max() <= 1
    assert np.mean(whole != tiled) < 1e-3


def test_what_a_tile_leaves_out_it_does_not_need():
    enlarging = upscaler()
    reach, middle = enlarging.shape.reach, 75
    other = CHINA.copy()
    other[:, middle + reach :] = 255 - other[:, middle + reach :]
    one, two = (enlarging.one(picture, "", side=256) for picture in (CHINA, other))
    np.testing.assert_array_equal(one[:, : 2 * middle], two[:, : 2 * middle])


def test_a_fresh_network_is_cubic_convolution():
    fresh = upscaler(spread=0.0)
    made = fresh.one(CHINA, "china")
    plain = np.asarray(enlarged(jnp.asarray(CHINA[None], jnp.float32), 2))[0]
    inner = slice(4, -4)  # at the edges one mirrors, the other repeats
    off = np.abs(made.astype(np.float32) - np.clip(plain, 0, 255))[inner, inner]
    assert off.max() <= 0.51


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(
    "picture",
    [
        CHINA[..., 0],
        CHINA[..., :1],
        CHINA,
        np.concatenate([CHINA, CHINA[..., :1]], axis=-1),
        CHINA[..., 0].astype(np.uint16) * 257,
        CHINA / 255.0,
        CHINA > 128,
        CHINA[:1, :1],
        CHINA[:1],
        CHINA[:, :1],
    ],
    ids=["HW", "HW1", "RGB", "RGBA", "16 bits", "floats", "bools", "1×1", "one row", "one column"],
)
def test_every_kind_of_array_comes_back_larger_and_alike(picture, channels):
    enlarging = upscaler(channels)
    made = enlarging.every(picture)
    assert made.dtype == picture.dtype
    assert made.shape == (2 * picture.shape[0], 2 * picture.shape[1], *picture.shape[2:])


def test_sixteen_bits_are_not_cut_to_eight():
    made = upscaler(channels=1).every(CHINA[..., 0].astype(np.uint16) * 257)
    assert (made % 257 != 0).mean() > 0.9


def test_a_grey_picture_is_the_same_in_either_form():
    enlarging = upscaler()
    np.testing.assert_array_equal(
        enlarging.every(CHINA[..., 0]), np.asarray(enlarging.every(Image.fromarray(CHINA[..., 0])))
    )


def test_files_and_pillows_pictures_come_back_as_pillows(tmp_path):
    enlarging = upscaler()
    Image.fromarray(CHINA).save(tmp_path / "china.png")
    expected = enlarging.every(CHINA)
    for source in (tmp_path / "china.png", str(tmp_path / "china.png"), Image.fromarray(CHINA)):
        made = enlarging.every(source)
        assert isinstance(made, Image.Image)
        np.testing.assert_array_equal(np.asarray(made), expected)


def test_several_pictures_come_back_as_several():
    enlarging = upscaler()
    stacked = enlarging.every(np.stack([CHINA, CHINA[::-1]]))
    assert stacked.shape == (2, 300, 406, 3)
    small, large = enlarging.every([CHINA[:10, :11], CHINA])
    assert small.shape == (20, 22, 3)
    np.testing.assert_array_equal(large, stacked[0])


def test_alpha_is_made_larger_by_cubic_convolution():
    alpha = np.linspace(20, 230, CHINA.shape[1], dtype=np.uint8)[None, :, None].repeat(150, 0)
    made = upscaler().every(np.concatenate([CHINA, alpha], axis=-1))
    expected = Image.fromarray(alpha[..., 0]).resize((406, 300), Image.Resampling.BICUBIC)
    assert np.abs(made[..., 3].astype(int) - np.asarray(expected)).max() <= 1


def test_views_turn_with_the_picture():
    several = upscaler(views=True)
    turned = several.every(np.ascontiguousarray(np.rot90(CHINA)))
    off = np.abs(np.rot90(turned, -1).astype(int) - several.every(CHINA))
    assert off.max() <= 1
    single = upscaler()
    assert (
        np.abs(np.rot90(single.every(np.rot90(CHINA)), -1).astype(int) - single.every(CHINA)).max()
        > 1
    )


def test_what_cannot_be_read_is_named(tmp_path):
    (tmp_path / "page.png").write_text("<html>")
    with pytest.raises(DataError, match=r"The picture is not an image \(it begins like HTML\)"):
        upscaler().every(tmp_path / "page.png")
    with pytest.raises(DataError, match=r"gone\.png cannot be opened: No such file"):
        upscaler().every(str(tmp_path / "gone.png"))
    with pytest.raises(DataError, match="picture 1 is no picture"):
        upscaler().every([CHINA, np.zeros(3)])
