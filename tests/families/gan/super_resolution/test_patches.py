import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_sample_images

from ranvier.data import as_examples, read
from ranvier.data.dataset import Dataset
from ranvier.data.pictures.form import Form
from ranvier.errors import DataError
from ranvier.families.gan.super_resolution.patches import JUDGED, patches_of

PHOTOGRAPHS = np.stack([image[:150, :200] for image in load_sample_images().images])
ROOM = 1 << 24


def of(examples, scale=2, budget=ROOM, seed=0):
    return patches_of(examples, scale, budget, seed)


def test_patches_cover_each_picture_up_to_its_edges():
    patches = of(as_examples(PHOTOGRAPHS))
    taken = np.asarray(patches.inputs)
    assert patches.inputs.form == Form("picture", (48, 48, 3))
    assert taken.dtype == np.uint8
    for corner in (PHOTOGRAPHS[0][:48, :48], PHOTOGRAPHS[1][-48:, -48:]):
        assert (taken == corner).all(axis=(1, 2, 3)).any()
    assert len(patches.valid_rows) == 0  # of two pictures, none is left out
    assert f"{len(taken)} patches of 48×48 pixels from 2 pictures" in patches.notes


def test_pictures_of_a_folder_are_cut_in_their_own_size(tmp_path):
    sizes = [(150, 60), (60, 200), (90, 90)]
    for number, (high, wide) in enumerate(sizes):
        Image.fromarray(PHOTOGRAPHS[0][:high, :wide]).save(tmp_path / f"{number}.png")
    patches = of(read(tmp_path, test_fraction=0), scale=3)
    assert patches.inputs.form.shape == (60, 60, 3)  # the median of the shorter sides
    taken = np.asarray(patches.inputs)
    assert (taken == PHOTOGRAPHS[0][:60, :60]).all(axis=(1, 2, 3)).sum() == 3
    for top, left in ((90, 0), (0, 140), (30, 30)):
        patch = PHOTOGRAPHS[0][top : top + 60, left : left + 60]
        assert (taken == patch).all(axis=(1, 2, 3)).any()


def test_pictures_smaller_than_a_patch_are_left_out_and_counted(tmp_path):
    for number, side in enumerate((100, 100, 40)):
        Image.fromarray(PHOTOGRAPHS[0][:side, :side]).save(tmp_path / f"{number}.png")
    patches = of(read(tmp_path, test_fraction=0))
    assert "1 pictures are smaller than a patch and left out" in patches.notes


def test_whole_pictures_validate_where_there_are_many():
    stripes = np.arange(JUDGED, dtype=np.uint8)[:, None, None].repeat(64, 1).repeat(64, 2)
    patches = of(as_examples(stripes))
    valid = np.zeros(len(patches), bool)
    valid[patches.valid_rows] = True
    taken = np.asarray(patches.inputs)[:, 0, 0, 0]
    assert len(np.unique(taken[valid])) == 1
    assert not set(taken[valid]) & set(taken[~valid])
    again = of(as_examples(stripes), seed=1)
    assert len(again.valid_rows) == len(patches.valid_rows)


def test_grey_pictures_have_one_channel_and_mixed_ones_three():
    grey = as_examples(PHOTOGRAPHS[..., 0])
    assert of(grey).inputs.form.shape == (48, 48, 1)


def test_more_patches_than_memory_are_drawn_by_the_seed():
    examples, budget = as_examples(PHOTOGRAPHS), 10 * 48 * 48 * 3
    few, same, other = (of(examples, budget=budget, seed=seed) for seed in (0, 0, 1))
    assert len(few) == 10
    np.testing.assert_array_equal(few.inputs, same.inputs)
    assert (np.asarray(few.inputs) != np.asarray(other.inputs)).any()
    assert any(note.startswith("drawn from ") for note in few.notes)


def test_small_pictures_make_small_patches_and_tiny_ones_none():
    assert of(as_examples(PHOTOGRAPHS[:, :28, :28])).inputs.form.shape == (28, 28, 3)
    with pytest.raises(DataError, match=r"7 pixels a side, and at least 8 are needed for scale=2"):
        of(as_examples(PHOTOGRAPHS[:, :7, :9]))


def test_the_target_of_the_pictures_is_let_go():
    examples = as_examples(PHOTOGRAPHS)
    labelled = Dataset(examples.inputs, np.array(["a", "b"]), ("kind",))
    patches = of(labelled)
    assert patches.target is None
    assert patches.target_names == ()
