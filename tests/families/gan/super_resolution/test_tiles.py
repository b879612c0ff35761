import numpy as np
import pytest

from ranvier.families.gan.super_resolution.tiles import SIDES, in_tiles

SCALE, REACH = 2, 3


def network(tile):
    """Sees `REACH` pixels on each side, and makes each pixel four."""
    assert tile.shape[1] == tile.shape[2]
    seen = sum(
        np.roll(tile, (i, j), (1, 2)) for i in (-REACH, 0, REACH) for j in (-REACH, 0, REACH)
    )
    return np.repeat(np.repeat(seen, SCALE, 1), SCALE, 2)


def put_together(picture, side=None):
    height, width, channels = picture.shape
    large = np.full((SCALE * height, SCALE * width, channels), np.nan, np.float32)
    for rows, columns, made in in_tiles(network, picture, SCALE, REACH, side=side):
        assert np.isnan(large[rows, columns]).all()  # each pixel once
        large[rows, columns] = made
    assert not np.isnan(large).any()
    return large


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (7, 5), (64, 64), (100, 37), (41, 130)])
def test_tiles_put_together_are_the_whole(size):
    picture = np.random.default_rng(0).integers(0, 256, (*size, 3)).astype(np.float32)
    whole = put_together(picture, side=200)
    np.testing.assert_array_equal(put_together(picture, side=20), whole)
    np.testing.assert_array_equal(put_together(picture), whole)


def test_beyond_its_edge_a_picture_is_mirrored():
    picture = np.arange(12.0, dtype=np.float32).reshape(3, 4, 1)
    padded = np.pad(picture, ((REACH, REACH), (REACH, REACH), (0, 0)), mode="symmetric")
    expected = network(np.pad(padded, ((0, 1), (0, 0), (0, 0)))[None])[0]
    inside = slice(SCALE * REACH, SCALE * (REACH + 3)), slice(SCALE * REACH, SCALE * (REACH + 4))
    np.testing.assert_array_equal(put_together(picture), expected[inside])


def test_few_shapes_are_compiled_for_pictures_of_all_sizes():
    shapes = set()

    def noting(tile):
        shapes.add(tile.shape)
        return network(tile)

    for size in (1, 30, 58, 59, 200, 300):
        list(in_tiles(noting, np.zeros((size, 2 * size, 1), np.float32), SCALE, REACH))
    assert shapes == {(1, side, side, 1) for side in SIDES}
