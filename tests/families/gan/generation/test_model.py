import shutil
from dataclasses import replace

import numpy as np
import pytest
from sklearn.datasets import load_digits

import ranvier as rv
from ranvier.data import as_examples
from ranvier.families.gan.hyperparameters import LOSSES
from ranvier.model import fitting
from ranvier.training.blueprint import blueprint_of

DIGITS = load_digits()
X, Y = DIGITS.images[:96].astype(np.float32), DIGITS.target[:96]
SMALL = {"filters": 4, "latent": 6, "batch_size": 16, "verbose": 0}


def fitted(X=X, y=Y, **settings):
    return rv.GAN(**{**SMALL, "epochs": 1, **settings}).fit(X, y)


@pytest.fixture(scope="module")
def model():
    return fitted(epochs=2)


def test_samples_are_as_the_training_pictures(model):
    made = model.sample(5, seed=1)
    assert made.shape == (5, 8, 8)
    assert made.dtype == np.float32
    assert made.min() >= 0
    assert made.max() <= 16
    assert (made == np.round(made)).all()  # as theirs are
    assert (model.sample(5, seed=1) == made).all()
    assert (model.sample(5, seed=2) != made).any()


def test_a_class_can_be_asked_for(model):
    same = model.sample(3, label=7, seed=1)
    assert (model.sample(3, label=[7, 7, 7], seed=1) == same).all()
    assert (model.sample(3, label=1, seed=1) != same).any()
    assert list(model.classes_) == list(range(10))
    with pytest.raises(rv.TargetError, match="The class 11 was not there in training"):
        model.sample(1, label=11)
    with pytest.raises(rv.TargetError, match="one class or one for each of 3 pictures; got 2"):
        model.sample(3, label=[1, 2])


def test_without_classes_none_can_be_asked_for():
    plain = fitted(y=None)
    assert plain.sample(2).shape == (2, 8, 8)
    assert not hasattr(plain, "classes_")
    with pytest.raises(rv.TargetError, match="trained without classes"):
        plain.sample(1, label=3)
    with pytest.raises(rv.TargetError, match="conditional=True needs the class"):
        fitted(y=None, conditional=True)
    assert not hasattr(fitted(conditional=False), "classes_")


@pytest.mark.parametrize("count", [0, -1, 2.5, True, "ten"])
def test_as_many_as_asked_for(model, count):
    with pytest.raises(rv.HyperparameterError, match="n must be a whole number above 0"):
        model.sample(count)


def test_scores_of_the_critic(model):
    scores = model.discriminate(X[:7])
    assert scores.shape == (7,)
    assert scores.dtype == np.float32
    assert len(set(scores.tolist())) > 1


def test_noise_that_moves_slowly_makes_pictures_that_do(model):
    ends = np.random.default_rng(0).normal(size=(2, 6)).astype(np.float32)
    shares = np.linspace(0, 1, 5, dtype=np.float32)[:, None]
    strip = model._from_latent((1 - shares) * ends[:1] + shares * ends[1:], label=3)
    assert strip.shape == (5, 8, 8)


def test_saved_equals_loaded(model, tmp_path):
    model.save(tmp_path / "gan.ranvier")
    again = rv.load(tmp_path / "gan.ranvier")
    assert (again.sample(4, label=2, seed=3) == model.sample(4, label=2, seed=3)).all()
    assert (again.discriminate(X[:4]) == model.discriminate(X[:4])).all()
    assert again.summary() == model.summary()


def test_the_summary_adds_up(model):
    sizes = sum(array.size for array in model._outcome.parameters.values())
    assert f"{sizes:,} parameters" in model.summary()
    assert sum(layer.parameters for layer in model._layers()) == sizes


def test_colours_and_bytes_and_other_sizes():
    pictures = np.random.default_rng(0).integers(0, 256, (40, 10, 14, 3), np.uint8)
    made = fitted(pictures, None).sample(2)
    assert made.shape == (2, 10, 14, 3)
    assert made.dtype == np.uint8


@pytest.mark.parametrize(
    "loss", [pytest.param(n, marks=[pytest.mark.slow] * (n != "hinge")) for n in LOSSES]
)
def test_each_loss_moves_both_players(loss):
    adaptive = "adaptive" if loss == "r3gan" else "none"
    model = fitted(loss=loss, augmentation=adaptive)
    row = model.history_[-1]
    assert {"critic_loss", "generator_loss", "diversity"} <= set(row)
    assert all(np.isfinite(value) for value in row.values())
    assert ("penalty" in row) == (loss in ("r3gan", "wgan_gp"))
    assert ("augmented" in row) == (loss == "r3gan")
    fresh, _ = blueprint_of(model._builder()).initialise(np.uint32(0))
    for name, array in model._outcome.parameters.items():
        if array.size > 16:  # a bias before batch normalisation need not move
            assert (array != fresh[name]).any(), name


def test_a_run_goes_on_from_its_middle_to_the_same_bits(model, tmp_path):
    """Both players: their weights, their optimizers, their chance and how often they change."""
    ready = fitting.prepare(rv.GAN(**SMALL, epochs=2), as_examples(X, Y).train)
    ready = replace(ready, plan=replace(ready.plan, chunk_steps=4, chunk_slots=3))
    fitting.train(ready, folder=tmp_path, checkpoint_seconds=0.0)
    steps = sorted(int(path.name) for path in tmp_path.iterdir() if path.name.isdigit())
    assert steps[-2] < steps[-1] == ready.plan.total_steps
    shutil.rmtree(tmp_path / str(steps[-1]))
    again, _ = fitting.train(ready, folder=tmp_path, checkpoint_seconds=0.0, resume=True)
    for name, array in model._outcome.parameters.items():
        assert (again.parameters[name] == array).all(), name
    assert again.variables["changes/probability"] == model._outcome.variables["changes/probability"]


def test_a_collapse_is_noticed_and_said():
    """One number of noise can only make pictures along a line."""
    with pytest.warns(rv.DataWarning, match="the generator has collapsed: in epoch"):
        fitted(y=None, latent=1, batch_size=96, epochs=6)


@pytest.mark.parametrize(
    ("pictures", "said"),
    [
        (np.zeros((20, 8, 8), np.float32), "All pixels are 0"),
        (np.zeros((20, 3, 8), np.float32), "at least 4×4 pixels"),
    ],
)
def test_pictures_that_cannot_be_learned(pictures, said):
    with pytest.raises(rv.DataError, match=said):
        fitted(pictures, None)


def test_a_penalty_needs_a_loss_that_has_one():
    with pytest.raises(rv.HyperparameterError, match="gamma=2 needs loss='r3gan' or 'wgan_gp'"):
        fitted(loss="dcgan", gamma=2.0)
    with pytest.raises(rv.HyperparameterError, match="matching=1 needs classes to tell apart"):
        fitted(conditional=False, matching=1.0)


def test_another_task_is_refused():
    with pytest.raises(rv.HyperparameterError, match="task='binary' does not suit GAN"):
        fitted(task="binary")


def test_a_target_of_fractions_is_no_class():
    assert not hasattr(fitted(y=np.linspace(0, 1, 96)), "classes_")
    with pytest.raises(rv.TargetError, match="must hold classes"):
        fitted(y=np.linspace(0, 1, 96), conditional=True)
