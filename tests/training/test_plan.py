"""The plan: every row once an epoch, padding without weight, any cut the same steps."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from ranvier.training.plan import chunks, epoch_order, make_plan

SIZES = st.tuples(
    st.integers(1, 300), st.integers(1, 64), st.integers(1, 4), st.integers(1, 40),
    st.sampled_from([1, 2, 3, 8]),
)  # fmt: skip


@given(SIZES)
def test_every_row_counts_once_in_every_epoch(sizes):
    rows, batch, epochs, length, devices = sizes
    plan = make_plan(rows, batch, epochs, 0, chunk_steps=length, devices=devices)
    for epoch in range(epochs):
        order, scales = epoch_order(plan, epoch)
        counted = order[scales > 0]
        assert sorted(counted) == list(range(rows))


@given(SIZES)
def test_padding_has_no_weight_and_each_batch_has_the_weight_of_its_size(sizes):
    rows, batch, epochs, length, devices = sizes
    plan = make_plan(rows, batch, epochs, 0, chunk_steps=length, devices=devices)
    order, scales = epoch_order(plan, 0)
    assert order.shape == scales.shape == (plan.steps_per_epoch, plan.batch_size)
    assert (scales == 0).sum() == plan.steps_per_epoch * plan.batch_size - rows
    # So that the mean over a batch is the mean over its real rows.
    np.testing.assert_allclose(scales.sum(axis=1), plan.batch_size, rtol=1e-5)


@given(SIZES)
def test_batches_are_about_equal_and_fit_the_devices(sizes):
    rows, batch, epochs, length, devices = sizes
    plan = make_plan(rows, batch, epochs, 0, chunk_steps=length, devices=devices)
    assert plan.batch_size % devices == 0
    assert plan.batch_size < batch + devices
    assert plan.total_steps == plan.steps_per_epoch * epochs
    # No batch is without a row.
    assert (plan.steps_per_epoch - 1) * plan.batch_size < rows


@given(SIZES, st.integers(1, 40))
@settings(max_examples=50)
def test_chunks_of_any_length_hold_the_same_steps_in_the_same_order(sizes, other):
    rows, batch, epochs, length, devices = sizes

    def steps(chunk_steps):
        plan = make_plan(rows, batch, epochs, 3, chunk_steps=chunk_steps, devices=devices)
        parts, ends = [], []
        for chunk in chunks(plan):
            assert chunk.indices.shape == (plan.chunk_steps, plan.batch_size)
            assert not chunk.scales[chunk.steps :].any()
            parts.append(chunk.indices[: chunk.steps])
            ends += [chunk.first_step + int(chunk.slots["ends"][s]) for s in chunk.closed]
        return np.concatenate(parts), ends, plan

    one, ends, plan = steps(length)
    two, other_ends, _ = steps(other)
    np.testing.assert_array_equal(one, two)
    epoch_ends = [plan.steps_per_epoch * (e + 1) for e in range(epochs)]
    assert ends == other_ends == epoch_ends


def test_the_order_is_decided_by_seed_and_epoch():
    plan, other = (make_plan(100, 10, 3, seed, chunk_steps=5) for seed in (1, 2))
    np.testing.assert_array_equal(epoch_order(plan, 1)[0], epoch_order(plan, 1)[0])
    assert not np.array_equal(epoch_order(plan, 1)[0], epoch_order(plan, 2)[0])
    assert not np.array_equal(epoch_order(plan, 1)[0], epoch_order(other, 1)[0])


@pytest.mark.parametrize("first", [0, 1, 9, 29])
def test_a_resumed_run_takes_the_steps_that_were_left(first):
    plan = make_plan(95, 10, 3, 0, chunk_steps=4)
    whole = np.concatenate([c.indices[: c.steps] for c in chunks(plan)])
    rest = np.concatenate([c.indices[: c.steps] for c in chunks(plan, first)])
    np.testing.assert_array_equal(whole[first:], rest)
