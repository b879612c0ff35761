"""Rows of different lengths: every row once an epoch, few programs, the same run however cut."""

from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import ranvier as rv
from ranvier.data import as_examples
from ranvier.data.steps import STEPS
from ranvier.model import fitting
from ranvier.preprocessing.ragged import edges_of
from ranvier.training import loop
from ranvier.training.feeds import ArrayRows
from ranvier.training.grouped import RUN, chunks_of, make_grouped_plan
from tests.training.compilations import compilations
from tests.training.runs import assert_same

SMALL = {
    "units": (4,), "convolutions": (), "bidirectional": False, "epochs": 3, "batch_size": 16,
    "validation_fraction": 0.2, "verbose": 0,
}  # fmt: skip


def sequences(rows=300, longest=60, seed=0):
    """Sequences of two channels whose class is the sign of their mean, and the classes."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, rows)
    lengths = rng.integers(5, longest + 1, rows)
    X = [rng.normal(2 * c - 1, 2, (n, 2)) for c, n in zip(y, lengths, strict=True)]
    return X, y


@pytest.fixture(autouse=True)
def every_group_is_worth_it(monkeypatch):
    monkeypatch.setattr("ranvier.preprocessing.ragged.WORTH", 1)


def prepared(**hyperparameters):
    X, y = sequences()
    model = rv.RNN(**{**SMALL, **hyperparameters})
    return fitting.prepare(model, as_examples(X, y, layout=STEPS).train)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=200), st.integers(1, 40), st.integers(1, 4))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_row_counts_once_in_every_epoch_with_its_group(numbers, batch, devices):
    numbers = np.array(numbers)
    plan = make_grouped_plan(numbers, batch, 2, 0, chunk_steps=5, devices=devices)
    seen, steps, closed = [], 0, 0
    for chunk in chunks_of(plan):
        if not chunk.steps:
            assert sorted(seen) == list(range(len(numbers)))
            assert steps == plan.steps_per_epoch
            seen, steps, closed = [], 0, closed + 1
            continue
        assert len(set(numbers[chunk.indices].ravel())) == 1  # unused steps too: one shape
        assert chunk.indices.shape[1] % devices == 0
        used = chunk.scales[: chunk.steps]
        np.testing.assert_allclose(used.sum(axis=1), used.shape[1], rtol=1e-5)
        assert not chunk.scales[chunk.steps :].any()
        assert chunk.steps <= min(RUN, 5)
        seen += chunk.indices[chunk.scales > 0].tolist()
        steps += chunk.steps
    assert closed == 2


def test_each_epoch_has_an_order_of_its_own_and_a_seed_repeats_it():
    numbers = np.arange(200) % 3

    def orders(seed):
        plan = make_grouped_plan(numbers, 8, 2, seed, chunk_steps=4)
        taken = [chunk.indices[: chunk.steps].ravel() for chunk in chunks_of(plan) if chunk.steps]
        whole = np.concatenate(taken)
        return np.split(whole, 2)

    first, second = orders(0)
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(orders(0), [first, second])
    assert not np.array_equal(orders(1)[0], first)


@pytest.mark.parametrize("first", [0, 1, 5, 13, 14, 20])
def test_the_chunks_from_a_step_on_are_those_that_were_left(first):
    plan = make_grouped_plan(np.arange(100) % 2, 8, 2, 0, chunk_steps=3)
    assert plan.steps_per_epoch == 14
    epoch = first // 14 if first != 14 else 0  # at the epoch's end, before it is closed

    def steps(chunks):
        return [(c.first_step + n, row.tolist()) for c in chunks for n, row in
                enumerate(c.indices[: c.steps])]  # fmt: skip

    whole = steps(chunks_of(plan))
    assert steps(chunks_of(plan, first, epoch)) == whole[first:]
    closings = [c for c in chunks_of(plan, first, epoch) if not c.steps]
    assert len(closings) == 2 - epoch


def test_lengths_from_5_to_2000_take_six_programs_and_a_quarter_of_padding_at_most():
    rng = np.random.default_rng(0)
    lengths = rng.integers(5, 2001, 400)
    X = [rng.normal(size=(n, 1)) for n in lengths]
    y = np.arange(400) % 2
    model = rv.RNN(
        cell="rnn", units=(3,), convolutions=(), bidirectional=False, pooling="last", epochs=1,
        batch_size=32, verbose=0, calibrate=False,
    )  # fmt: skip
    examples = as_examples(X, y, layout=STEPS)
    ready = fitting.prepare(model, examples)
    rows = ready.rows
    assert isinstance(rows, ArrayRows)
    assert rows.groups is not None
    with compilations() as count:
        fitting.train(ready)
    assert 1 < len(count.names) <= 6
    padded = real = 0
    for chunk in chunks_of(ready.plan):
        if chunk.steps:
            batch = rows.take(chunk.indices[: chunk.steps].ravel())["inputs"]
            padded += batch["steps"].shape[0] * batch["steps"].shape[1]
            real += int(batch["lengths"].sum())
    assert 1 - real / padded <= 0.25


@pytest.mark.parametrize("spread", ["evenly", "in their logarithm", "log-normal"])
def test_a_loop_goes_a_quarter_of_its_steps_for_nothing_at_most(spread):
    """Rows of a step end together, however the lengths are spread, and the loop with them."""
    rng = np.random.default_rng(0)
    lengths = {
        "evenly": rng.integers(5, 2001, 2_000),
        "in their logarithm": np.exp(rng.uniform(np.log(5), np.log(2_000), 2_000)).astype(int),
        "log-normal": np.clip(rng.lognormal(4.5, 1, 2_000), 5, 2_000).astype(int),
    }[spread]
    numbers = np.searchsorted(edges_of(lengths), lengths)
    plan = make_grouped_plan(numbers, 32, 1, 0, chunk_steps=RUN, lengths=lengths)
    steps = [row for chunk in chunks_of(plan) for row in chunk.indices[: chunk.steps]]
    gone = sum(len(rows) * int(lengths[rows].max()) for rows in steps)
    assert 1 - sum(int(lengths[rows].sum()) for rows in steps) / gone <= 0.25


def test_checkpoints_and_a_run_that_goes_on_give_the_same_bits(tmp_path):
    whole, _ = fitting.train(prepared())
    kept, problem = fitting.train(prepared(), folder=tmp_path / "a", checkpoint_seconds=0.0)
    assert problem is None
    assert_same(whole, kept)

    class Stop(Exception):
        pass

    class Watcher:
        def __init__(self, last):
            self.last = last

        def announce(self, lines): ...
        def started(self, plan, step): ...
        def finished(self, outcome): ...
        def advanced(self, step, history, best_epoch):
            if step >= self.last:
                raise Stop

    ready = prepared()
    per_epoch = ready.plan.steps_per_epoch
    for name, last in {"b": 3, "c": per_epoch, "d": per_epoch + 2}.items():
        with pytest.raises(Stop):
            fitting.train(
                ready, folder=tmp_path / name, checkpoint_seconds=0.0, watcher=Watcher(last)
            )
        again, _ = fitting.train(prepared(), folder=tmp_path / name, resume=True)
        assert_same(whole, again)


def test_validation_rows_count_the_same_in_groups_as_by_themselves():
    ready = prepared(epochs=2)
    assert isinstance(ready.valid, tuple)
    outcome, _ = fitting.train(ready)
    right = weight = 0.0
    from ranvier.model.predicting import Predictor

    predictor = Predictor(ready.learner.build, outcome.parameters, outcome.variables, "float32")
    for part in ready.valid:
        for block in range(part["weights"].shape[0]):
            inputs = {name: array[block] for name, array in part["inputs"].items()}
            logits = predictor.logits(inputs)[:, 0]
            hits = (logits > 0) == (part["target"][block][:, 0] > 0.5)
            right += float((hits * part["weights"][block]).sum())
            weight += float(part["weights"][block].sum())
    best = outcome.history[outcome.best_epoch - 1]
    assert right / weight == pytest.approx(best["valid_accuracy"], abs=1e-6)


def test_the_loop_stops_where_patience_ends():
    ready = prepared(patience=1, epochs=20, learning_rate=0.05)
    outcome, _ = fitting.train(ready)
    assert outcome.reason in ("patience", "finished")
    assert outcome.epoch == len(outcome.history) <= 20
    assert isinstance(outcome, loop.Outcome)


def test_a_plan_of_groups_is_no_plan_of_other_numbers():
    plan = make_grouped_plan(np.zeros(20, int), 8, 1, 0, chunk_steps=9)
    assert replace(plan, seed=1).seed == 1
    assert len(plan.groups) == 1
    assert plan.groups[0].run == 3
