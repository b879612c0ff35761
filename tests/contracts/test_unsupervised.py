"""What every family that predicts no target must do, whichever families there are."""

import copy
import pickle
from dataclasses import replace

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

import ranvier as rv
from ranvier.data import as_examples
from ranvier.loading import FAMILIES
from ranvier.model import fitting
from tests.contracts.members import SUPERVISED, make

FEW = {"epochs": 2, "batch_size": 32}
UNSUPERVISED = [family for family in FAMILIES if family not in SUPERVISED]


def pictures(rows=64):
    """Uint8 (rows, 8, 8), and a class for each."""
    rng = np.random.default_rng(0)
    y = np.arange(rows) % 2
    shade = 60 + 120 * y[:, None, None]
    return (shade + rng.integers(-50, 50, (rows, 8, 8))).astype(np.uint8), y


@pytest.fixture(scope="module", params=UNSUPERVISED)
def family(request):
    return request.param


@pytest.fixture(scope="module")
def fitted(family):
    return make(family, **FEW).fit(pictures()[0])


def test_unfitted_methods_say_so(family):
    model = make(family)
    uses = [lambda: model.sample(2), model.summary]
    uses += [lambda: model.save("nowhere.ranvier"), lambda: model.network_]
    for use in uses:
        with pytest.raises(NotFittedError):
            use()


def test_it_predicts_nothing(fitted):
    for name in ("predict", "predict_proba"):
        assert not hasattr(fitted, name)


def test_samples_have_the_form_of_the_rows_and_follow_the_seed(fitted):
    X, _ = pictures()
    drawn = fitted.sample(5, seed=1)
    assert drawn.shape == (5, *X.shape[1:])
    assert drawn.dtype == X.dtype
    np.testing.assert_array_equal(drawn, fitted.sample(5, seed=1))
    assert (drawn != fitted.sample(5, seed=2)).any()


def test_the_history_has_one_plain_row_per_epoch(fitted):
    assert [row["epoch"] for row in fitted.history_] == [1, 2]
    for row in fitted.history_:
        assert all(type(value) in (int, float) for value in row.values())


def test_the_summary_counts_every_parameter(fitted):
    total = sum(array.size for array in fitted._outcome.parameters.values())
    assert f"{total:,} parameters" in fitted.summary()


@pytest.mark.parametrize(
    "copied",
    [lambda model: pickle.loads(pickle.dumps(model)), copy.deepcopy],
    ids=["pickle", "deepcopy"],
)
def test_a_copy_makes_the_same_bits(fitted, copied):
    np.testing.assert_array_equal(copied(fitted).sample(3), fitted.sample(3))


def test_a_file_gives_the_same_bits(fitted, tmp_path):
    fitted.save(tmp_path / "m.ranvier")
    again = rv.load(tmp_path / "m.ranvier")
    np.testing.assert_array_equal(again.sample(3, seed=1), fitted.sample(3, seed=1))
    assert again.get_params() == fitted.get_params()
    assert again.history_ == fitted.history_
    assert again.decisions_ == fitted.decisions_
    assert again.summary() == fitted.summary()


def test_the_same_seed_gives_the_same_bits_and_another_seed_others(family, fitted):
    X, _ = pictures()
    again, other = make(family, **FEW).fit(X), make(family, **FEW, seed=1).fit(X)
    for path, array in fitted._outcome.parameters.items():
        np.testing.assert_array_equal(array, again._outcome.parameters[path])
    parameters = other._outcome.parameters
    assert any((fitted._outcome.parameters[p] != parameters[p]).any() for p in parameters)


class Stop:
    """Breaks a run off after some steps."""

    def __init__(self, steps):
        self.steps = steps

    def advanced(self, step, history, best_epoch):
        if step >= self.steps:
            raise InterruptedError

    def wants_picture(self, epoch):
        return False

    def __getattr__(self, name):
        return lambda *arguments: None


def test_a_run_that_was_broken_off_goes_on_to_the_same_bits(family, tmp_path):
    def ready():
        prepared = fitting.prepare(make(family, **FEW | {"epochs": 4}), as_examples(pictures()[0]))
        return replace(prepared, plan=replace(prepared.plan, chunk_steps=2, chunk_slots=2))

    whole, _ = fitting.train(ready())
    with pytest.raises(InterruptedError):
        fitting.train(ready(), watcher=Stop(4), folder=tmp_path, checkpoint_seconds=0.0)
    resumed, _ = fitting.train(ready(), folder=tmp_path, resume=True)
    assert 0 < whole.steps == resumed.steps
    for one, other in ((whole.parameters, resumed.parameters),
                       (whole.variables, resumed.variables)):  # fmt: skip
        for path, array in one.items():
            np.testing.assert_array_equal(array, other[path])


def test_nothing_is_printed_when_quiet(family, capfd):
    make(family, **FEW).fit(pictures()[0])
    captured = capfd.readouterr()
    assert captured.out == captured.err == ""


def test_repr_names_what_was_changed_only(family):
    assert "learning_rate=0.5" in repr(make(family, learning_rate=0.5))
    assert "momentum" not in repr(make(family))
