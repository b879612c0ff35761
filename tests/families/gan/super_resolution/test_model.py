import json
import shutil
import warnings
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from sklearn.base import clone
from sklearn.datasets import load_sample_image

import ranvier as rv
from ranvier.errors import DataError, DataWarning, HyperparameterError
from ranvier.model import fitting

CHINA = np.ascontiguousarray(load_sample_image("china.jpg")[150:250, 100:230])
FLOWER = np.ascontiguousarray(load_sample_image("flower.jpg")[100:220, 200:320])
SMALL = {
    "task": "super_resolution", "filters": 4, "blocks": 1, "epochs": 2, "batch_size": 4,
    "verbose": 0,
}  # fmt: skip


@pytest.fixture(scope="module")
def fitted():
    return rv.GAN(**SMALL).fit([CHINA, FLOWER])


@pytest.fixture(scope="module")
def sharp():
    return rv.GAN(**SMALL, sharpness=0.01).fit([CHINA, FLOWER])


def weights(model):
    return model._outcome.parameters


def same(one, other):
    return all(np.array_equal(one[name], other[name]) for name in one)


def test_pictures_of_any_sizes_are_learned_from_and_made_larger(fitted):
    assert fitted.task_ == "super_resolution"
    assert fitted.upscale(CHINA).shape == (200, 260, 3)
    assert "EDSR" in fitted.summary() or "block 1" in fitted.summary()
    assert any("patches of 48×48" in text for _, text in fitted.decisions_)


def test_a_longer_training_is_better_than_bicubic():
    trained = {**SMALL, "filters": 16, "epochs": 60, "ema_decay": 0.9, "learning_rate": 4e-3}
    found = rv.GAN(**trained).fit([CHINA, FLOWER]).evaluate([CHINA, FLOWER])
    assert found["gain"] > 0.3
    assert found["psnr"] - found["psnr_bicubic"] == pytest.approx(found["gain"])
    assert found["ssim"] > found["ssim_bicubic"]


def test_the_measure_is_that_of_pillows_bicubic(fitted):
    found = fitted.evaluate(CHINA)
    size = 130 // 2, 100 // 2
    small = Image.fromarray(CHINA).resize(size, Image.Resampling.BICUBIC)
    again = np.asarray(small.resize((130, 100), Image.Resampling.BICUBIC))
    error = again[2:-2, 2:-2].astype(float) - CHINA[2:-2, 2:-2]
    expected = 10 * np.log10(255**2 / np.mean(error**2))
    assert found["psnr_colours_bicubic"] == pytest.approx(expected)
    assert fitted.score(CHINA) == found["psnr"]


def test_a_folder_is_learned_from_in_its_own_sizes(tmp_path):
    for name, picture in (("a", CHINA), ("b", FLOWER)):
        Image.fromarray(picture).save(tmp_path / f"{name}.png")
    read = rv.read(tmp_path, test_fraction=0)
    by_path, by_dataset, by_list = (
        rv.GAN(**SMALL).fit(source)
        for source in (tmp_path, read, [tmp_path / "a.png", tmp_path / "b.png"])
    )
    assert same(weights(by_path), weights(by_list))
    assert same(weights(by_path), weights(by_dataset))
    assert by_path.evaluate(tmp_path) == by_list.evaluate([CHINA, FLOWER])
    made = by_path.upscale(tmp_path)
    assert [picture.size for picture in made] == [(260, 200), (240, 240)]
    assert not any("resized" in text for _, text in by_path.decisions_)


def test_the_same_seed_gives_the_same_bits(fitted):
    assert same(weights(fitted), weights(rv.GAN(**SMALL).fit([CHINA, FLOWER])))
    other = rv.GAN(**SMALL, seed=1).fit([CHINA, FLOWER])
    assert not same(weights(fitted), weights(other))


@pytest.mark.parametrize("sharpness", [pytest.param(0.0, marks=pytest.mark.slow), 0.01])
def test_a_run_goes_on_from_its_middle_to_the_same_bits(sharpness, tmp_path, fitted, sharp):
    """Both players: their weights, their optimizers and their chance."""
    model = rv.GAN(**SMALL, sharpness=sharpness)
    examples = model._examples_to_fit([CHINA, FLOWER], None, None, None, None)
    ready = fitting.prepare(model, examples)
    ready = replace(ready, plan=replace(ready.plan, chunk_steps=2, chunk_slots=2))
    fitting.train(ready, folder=tmp_path, checkpoint_seconds=0.0)
    steps = sorted((path for path in tmp_path.iterdir() if path.name.isdigit()), key=_number)
    assert _number(steps[-2]) < _number(steps[-1]) == ready.plan.total_steps
    shutil.rmtree(steps[-1])
    again, _ = fitting.train(ready, folder=tmp_path, checkpoint_seconds=0.0, resume=True)
    assert same(weights(sharp if sharpness else fitted), again.parameters)


def _number(path):
    return int(path.name)


def test_a_saved_model_is_the_same(fitted, tmp_path):
    fitted.save(tmp_path / "larger.ranvier")
    loaded = rv.load(tmp_path / "larger.ranvier")
    np.testing.assert_array_equal(loaded.upscale(CHINA), fitted.upscale(CHINA))


def test_sharpness_brings_a_critic_and_other_weights(fitted, sharp):
    assert any(name.startswith("critic/") for name in weights(sharp))
    assert not any(name.startswith("critic/") for name in weights(fitted))
    assert not np.array_equal(sharp.upscale(CHINA), fitted.upscale(CHINA))
    assert sharp.history_[0]["critic_loss"] == 0.0  # it joins late
    assert sharp.history_[-1]["critic_loss"] > 0.0
    assert "critic" in sharp.summary()


def test_grey_pictures_make_a_network_of_one_channel():
    model = rv.GAN(**SMALL).fit([CHINA[..., 0], FLOWER[..., 1]])
    assert model.preprocessor_.spec.image[-1] == 1
    assert model.upscale(CHINA).shape == (200, 260, 3)
    assert model.upscale(CHINA[..., 0]).shape == (200, 260)


def test_whole_pictures_validate_and_the_gain_is_told():
    several = np.stack([CHINA[y : y + 64, x : x + 64] for y in (0, 30) for x in (0, 20, 40, 60)])
    model = rv.GAN(**SMALL).fit(several)
    assert {"valid_loss", "valid_psnr", "valid_gain"} <= set(model.history_[-1])
    assert json.dumps(model.history_)


def test_other_tasks_have_no_such_verbs(fitted):
    for name in ("sample", "discriminate"):
        assert not hasattr(fitted, name)
    for name in ("upscale", "evaluate"):
        assert not hasattr(rv.GAN(), name)


@pytest.mark.slow
def test_a_model_can_be_cloned_and_fitted_for_another_task(fitted):
    other = clone(fitted).set_params(task="generation", filters=2, epochs=1)
    assert other.fit(np.stack([CHINA[:32, :32]] * 8)).task_ == "generation"
    other.set_params(task="super_resolution", blocks=1)
    assert other.fit([CHINA, FLOWER]).task_ == "super_resolution"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"scale": 5}, "scale must be a whole number of at least 2 and at most 4"),
        ({"scale": 2.5}, "scale must be"),
        ({"sharpness": -1.0}, "sharpness must be a number of at least 0"),
        ({"blocks": 0}, "blocks must be"),
        ({"test_time": 3}, "test_time must be True or False"),
    ],
)
def test_bad_hyperparameters_are_said(settings, words):
    with pytest.raises(HyperparameterError, match=words):
        rv.GAN(**{**SMALL, **settings}).fit([CHINA, FLOWER])


@pytest.mark.parametrize(
    ("pictures", "words"),
    [
        (np.zeros((20, 3)), "Super-resolution learns from pictures"),
        ([], "the list is empty"),
        ([CHINA[:5, :5]], "too small to learn from"),
        ([CHINA, np.zeros(4)], "picture 1 is no picture"),
    ],
)
def test_bad_pictures_are_said(pictures, words):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        with pytest.raises(DataError, match=words):
            rv.GAN(**SMALL).fit(pictures)


def test_pictures_too_small_to_measure_by_are_named(fitted):
    with pytest.raises(DataError, match=r"picture 0 has 6×130 pixels, too few to measure scale=2"):
        fitted.evaluate([CHINA[:6]])
