"""Checkpoints: what can be resumed, what cannot, and what is said."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
from flax import nnx

import ranvier as rv
from ranvier.data import as_examples
from ranvier.model import fitting
from ranvier.model.fingerprint import fingerprint
from ranvier.training.checkpoint import KEPT, Checkpoints
from tests.training.runs import SMALL, assert_same, prepared, table

# Chunks of three steps, and a checkpoint after each.
SHORT = {"chunk_steps": 3, "chunk_slots": 2}


def ready(*data, **hyperparameters):
    found = prepared(*data, **hyperparameters)
    return replace(found, plan=replace(found.plan, **SHORT))


def train(run, folder, **options):
    return fitting.train(run, folder=folder, checkpoint_seconds=0.0, **options)


@pytest.fixture(scope="module")
def whole():
    return fitting.train(ready())[0]


def test_checkpoints_change_no_bit(whole, tmp_path):
    outcome, problem = train(ready(), tmp_path)
    assert problem is None
    assert_same(whole, outcome)


def test_the_last_few_are_kept(tmp_path):
    train(ready(), tmp_path)
    steps = sorted(int(path.name) for path in tmp_path.iterdir() if path.name.isdigit())
    assert len(steps) == KEPT
    assert steps[-1] == ready().plan.total_steps


def test_resuming_what_is_finished_gives_it_again(whole, tmp_path):
    train(ready(), tmp_path)
    again, problem = train(ready(), tmp_path, resume=True)
    assert problem is None
    assert_same(whole, again)


def test_resuming_what_ran_out_of_patience_gives_it_again(tmp_path):
    run = ready(patience=1, epochs=30, learning_rate=0.05)
    first, _ = train(run, tmp_path)
    assert first.reason == "patience"
    again, _ = train(run, tmp_path, resume=True)
    assert_same(first, again)


def test_devices_may_be_asked_for_that_a_rule_chose_before(tmp_path):
    first, _ = train(ready(), tmp_path)
    assert_same(first, train(ready(devices=1), tmp_path, resume=True)[0])


def test_resuming_an_empty_folder_begins_anew(whole, tmp_path):
    assert_same(whole, train(ready(), tmp_path, resume=True)[0])


@pytest.mark.parametrize(
    "changed",
    [
        {"learning_rate": 0.5},
        {"seed": 1},
        {"epochs": 9},
        {"dropout": 0.5},
        {"hidden": (16, 9)},
        {"optimizer": "sgd"},
        {"batch_size": 8},
        {"validation_fraction": 0.2},
    ],
    ids=str,
)
def test_other_settings_are_refused(tmp_path, changed):
    train(ready(), tmp_path)
    with pytest.raises(rv.CheckpointError, match="other data, other hyperparameters or"):
        train(ready(**changed), tmp_path, resume=True)


def test_other_data_are_refused(tmp_path):
    train(ready(), tmp_path)
    with pytest.raises(rv.CheckpointError, match="other data, other hyperparameters or"):
        train(ready(*table(seed=1)), tmp_path, resume=True)


def test_other_validation_rows_are_refused(tmp_path):
    run = ready()
    train(run, tmp_path)
    valid = {**run.valid, "target": (run.valid["target"] + 1) % 3}
    with pytest.raises(rv.CheckpointError, match="other data, other hyperparameters or"):
        train(replace(run, valid=valid), tmp_path, resume=True)


def test_a_users_function_is_the_same_one_in_another_process():
    def builder():
        def build(inputs, outputs, rngs):
            return nnx.Linear(inputs.numeric, outputs.units, rngs=rngs)

        return build

    prints = set()
    for build in (builder(), builder()):  # two functions at two addresses
        model = rv.Custom(build=build, verbose=0, epochs=2)
        found = fitting.prepare(model, as_examples(*table()).train)
        prints.add(fingerprint(found))
    assert len(prints) == 1


def test_verbosity_and_memory_may_change(whole, tmp_path):
    train(ready(), tmp_path)
    again, _ = train(ready(verbose=1, max_memory="1 GB"), tmp_path, resume=True)
    assert_same(whole, again)


@pytest.mark.parametrize("damage", ["emptied", "cut"])
def test_a_damaged_checkpoint_is_a_clear_error(tmp_path, damage):
    train(ready(), tmp_path)
    newest = max((p for p in tmp_path.iterdir() if p.name.isdigit()), key=lambda p: int(p.name))
    for path in newest.rglob("*"):
        if path.is_file() and path.parent.name != "about":
            content = path.read_bytes()
            path.write_bytes(b"" if damage == "emptied" else content[: len(content) // 2])
    with pytest.raises(rv.CheckpointError, match=rf"step {newest.name} cannot be read"):
        train(ready(), tmp_path, resume=True)


def test_without_the_damaged_one_it_goes_on_from_the_one_before(whole, tmp_path):
    train(ready(), tmp_path)
    newest = max((p for p in tmp_path.iterdir() if p.name.isdigit()), key=lambda p: int(p.name))
    shutil.rmtree(newest)
    assert_same(whole, train(ready(), tmp_path, resume=True)[0])


def test_a_damaged_description_is_a_clear_error(tmp_path):
    train(ready(), tmp_path)
    for path in tmp_path.rglob("about/*"):
        if path.is_file():
            path.write_bytes(b"")
    with pytest.raises(rv.CheckpointError, match="cannot be read"):
        train(ready(), tmp_path, resume=True)


def test_a_checkpoint_that_cannot_be_written_stops_nothing(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    keeper = Checkpoints(tmp_path, "f", 0.0)
    monkeypatch.setattr(keeper._manager, "save", full)
    keeper.keep({"step": np.int32(3)}, [])
    keeper.close()
    assert keeper.problem is not None
    assert "step 3 could not be written" in keeper.problem
    assert "No space left" in keeper.problem


def test_fit_resumes_in_a_run_folder(tmp_path):
    X, y = table()
    one = rv.FCNN(**SMALL).fit(X, y, run_dir=tmp_path)
    two = rv.FCNN(**SMALL).fit(X, y, run_dir=tmp_path, resume=True)
    np.testing.assert_array_equal(one.predict_proba(X), two.predict_proba(X))
    assert one.best_epoch_ == two.best_epoch_
    with pytest.raises(rv.CheckpointError):
        rv.FCNN(**SMALL, seed=1).fit(X, y, run_dir=tmp_path, resume=True)


def test_a_new_run_in_an_old_folder_starts_anew(tmp_path):
    X, y = table()
    rv.FCNN(**SMALL).fit(X, y, run_dir=tmp_path)
    other = rv.FCNN(**SMALL, seed=1).fit(X, y, run_dir=tmp_path)
    alone = rv.FCNN(**SMALL, seed=1).fit(X, y)
    np.testing.assert_array_equal(other.predict_proba(X), alone.predict_proba(X))
    again = rv.FCNN(**SMALL, seed=1).fit(X, y, run_dir=tmp_path, resume=True)
    np.testing.assert_array_equal(again.predict_proba(X), alone.predict_proba(X))
