"""Rows that pad themselves, and the lengths they are padded to."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from ranvier.preprocessing.ragged import GROUPS, Ragged, edges_of


@pytest.fixture(autouse=True)
def every_group_is_worth_it(monkeypatch):
    monkeypatch.setattr("ranvier.preprocessing.ragged.WORTH", 1)


def ragged(lengths, edges, channels=2):
    starts = np.concatenate([[0], np.cumsum(lengths)])
    flat = 1.0 + np.arange(starts[-1] * channels, dtype=np.float32).reshape(-1, channels)
    return Ragged(flat, starts, edges)


@given(st.lists(st.integers(1, 500), min_size=1, max_size=300), st.integers(1, 5))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_edges_hold_every_row_and_are_lengths_that_occur(lengths, most):
    edges = edges_of(np.array(lengths), most=most, fewest_rows=16)
    assert edges == tuple(sorted(set(edges)))
    assert len(edges) <= most
    assert edges[-1] == max(lengths)
    assert set(edges) <= set(lengths)
    counts = np.bincount(np.searchsorted(edges, lengths), minlength=len(edges))
    assert counts.min() >= min(16, len(lengths))


def test_more_groups_never_leave_more_padding():
    lengths = np.random.default_rng(0).integers(5, 2001, 2_000)

    def padded(most):
        edges = np.asarray(edges_of(lengths, most=most))
        return int(edges[np.searchsorted(edges, lengths)].sum())

    amounts = [padded(most) for most in range(1, 6)]
    assert amounts == sorted(amounts, reverse=True)
    assert amounts[0] == 2_000 * lengths.max()
    assert 1 - lengths.sum() / padded(GROUPS) <= 0.25


def test_the_edges_of_few_candidates_are_the_best_there_are():
    lengths = np.repeat([3, 4, 10, 11, 40], 100)
    assert edges_of(lengths, most=3, fewest_rows=10) == (4, 11, 40)


def test_rows_are_padded_with_zeros_to_the_edge_of_the_longest_taken():
    rows = ragged([3, 1, 5, 2], (3, 6))
    assert rows.shape == (4, 6, 2)
    np.testing.assert_array_equal(rows.groups, [0, 0, 1, 0])
    taken = rows.take(np.array([1, 3]))
    assert taken.shape == rows.shape_of(np.array([1, 3])) == (2, 3, 2)
    np.testing.assert_array_equal(taken[0, 0], rows.flat[3])
    assert not taken[0, 1:].any()
    np.testing.assert_array_equal(taken[1, :2], rows.flat[9:11])
    assert rows.take(np.array([0, 2])).shape == (2, 6, 2)


def test_some_of_the_rows_keep_their_edges():
    rows = ragged([3, 1, 5, 2], (3, 6))[np.array([2, 1])]
    assert len(rows) == 2
    np.testing.assert_array_equal(rows.lengths, [5, 1])
    np.testing.assert_array_equal(np.asarray(rows[np.array([False, True])])[0, 0], rows.flat[3])
    assert rows.nbytes == (6 + 3) * 2 * 4


@pytest.mark.parametrize(("longest", "edge"), [(6, 6), (7, 12), (13, 24)])
def test_a_row_longer_than_all_in_training_doubles_the_largest_edge(longest, edge):
    rows = ragged([2, longest], (3, 6))
    assert np.asarray(rows).shape == (2, edge, 2)
    assert rows.take(np.array([0])).shape == (1, 3, 2)


def test_few_rows_are_one_group(monkeypatch):
    monkeypatch.undo()
    lengths = np.arange(5, 60)
    assert edges_of(lengths, fewest_rows=4) == (59,)
    assert len(edges_of(np.repeat(lengths, 1_000))) == GROUPS
