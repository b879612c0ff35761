"""A label for each step: what is learned, what padding cannot change, how targets are read."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import ranvier as rv
from ranvier.data.step_labels import StepLabels
from ranvier.errors import DataError, HyperparameterError, TargetError
from ranvier.families.sequential.labelling import LabellingJudge, LabellingLoss, mean_of_steps
from ranvier.model import fitting
from ranvier.preprocessing import ragged
from ranvier.training.learner import Context

QUICK = {
    "units": (8,), "convolutions": (4,), "epochs": 20, "learning_rate": 0.02, "verbose": 0,
    "batch_size": 16,
}  # fmt: skip
TINY = {**QUICK, "units": (3,), "convolutions": (), "epochs": 1}


def signs(rows=120, seed=0, steps=(8, 31)):
    """Sequences, and for each step whether the one before it was above zero."""
    rng = np.random.default_rng(seed)
    X = [rng.normal(size=(int(rng.integers(*steps)), 2)).astype(np.float32) for _ in range(rows)]
    y = [np.where(np.concatenate([[0], row[:-1, 0]]) > 0, "up", "down") for row in X]
    return X, y


@pytest.fixture(scope="module")
def listener():
    return rv.RNN(**QUICK).fit(*signs())


@pytest.fixture(scope="module")
def grouped():
    """Rows of several lengths that are padded to several edges, some of which validate."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ragged, "WORTH", 1)
        return rv.RNN(**TINY, validation_fraction=0.2, bidirectional=False).fit(*signs(200))


def test_the_sign_of_the_step_before_is_learned(listener):
    X, y = signs(60, seed=1)
    assert listener.task_ == "labelling"
    assert listener.classes_.tolist() == ["down", "up"]
    assert listener.score(X, y) > 0.95
    said = listener.predict(X)
    assert [len(row) for row in said] == [len(row) for row in X]
    right = np.mean(np.concatenate(list(said)) == np.concatenate(y))
    assert listener.score(X, y) == pytest.approx(right)
    found = listener.evaluate(X, y)
    assert found["accuracy"] == pytest.approx(right)
    assert set(found) == {"accuracy", "f1_macro", "loss"}
    shares = listener.predict_proba(X)
    assert shares[3].shape == (len(X[3]), 2)
    np.testing.assert_allclose(np.concatenate(list(shares)).sum(axis=1), 1.0)
    codes = (np.concatenate(y) == "up").astype(int)
    given = np.concatenate(list(shares))[np.arange(len(codes)), codes]
    assert found["loss"] == pytest.approx(-np.log(given).mean(), rel=1e-5)


def test_a_row_of_weight_two_counts_twice(listener):
    X, y = signs(3, seed=2)
    y = [y[0], y[1][::-1], y[2]]
    twice = listener.score([*X, X[1]], [*y, y[1]])
    assert listener.score(X, y, sample_weight=[1, 2, 1]) == pytest.approx(twice)
    assert twice < listener.score(X, y)


def test_padding_inside_the_network_changes_no_bit(listener):
    """The same rows in programs of 30 and 67 steps."""
    X, _ = signs(64, seed=3)
    lengths = np.array([len(row) for row in X], np.int32)
    network, found = listener.network_, []
    for steps in (30, 67):
        padded = np.zeros((64, steps, 2), np.float32)
        for row, values in zip(padded, X, strict=True):
            row[: len(values)] = values
        logits = np.asarray(network({"steps": padded, "lengths": lengths}))
        assert logits.shape == (64, steps, 2)
        found.append([row[:length] for row, length in zip(logits, lengths, strict=True)])
    for row in range(64):
        np.testing.assert_array_equal(found[0][row], found[1][row])


def test_neighbours_and_padding_of_the_rows_change_no_bit(listener):
    X, _ = signs(70, seed=4)
    whole = listener.predict_proba(X)
    alone = listener.predict_proba(X[:3])
    filled = np.zeros((70, 50, 2), np.float32)
    for row, values in zip(filled, X, strict=True):
        row[: len(values)] = values
    again = listener.predict_proba(rv.Sequences.of(filled, lengths=[len(row) for row in X]))
    for row in range(70):
        np.testing.assert_array_equal(again[row], whole[row])
    for row in range(3):
        np.testing.assert_array_equal(alone[row], whole[row])


def test_what_is_saved_predicts_the_same_bits(listener, tmp_path):
    X, y = signs(20, seed=5)
    listener.save(tmp_path / "model.ranvier")
    loaded = rv.load(tmp_path / "model.ranvier")
    for one, other in zip(loaded.predict_proba(X), listener.predict_proba(X), strict=True):
        np.testing.assert_array_equal(one, other)
    assert loaded.evaluate(X, y) == listener.evaluate(X, y)
    assert loaded.summary() == listener.summary()
    assert "softmax, at each step" in loaded.summary()


def test_rows_of_several_lengths_come_together(grouped):
    edges = grouped.preprocessor_.edges
    assert len(edges) > 1
    assert grouped._coder.edges == edges
    X, y = signs(90, seed=6)
    said = grouped.predict_proba(X)
    order = np.argsort([len(row) for row in X], kind="stable")
    for place, row in zip(order, grouped.predict_proba([X[n] for n in order]), strict=True):
        assert len(row) == len(X[place])
        np.testing.assert_array_equal(row, said[place])
    assert 0 <= grouped.score(X, y) <= 1
    assert "valid_accuracy" in grouped.history_[0]


def test_calibration_fits_the_steps_that_validate(grouped):
    said = dict(grouped.decisions_)["certainty"]
    steps = int(said.split("fit the ")[1].split()[0].replace(",", ""))
    assert "validation steps" in said
    X, _ = signs(200)
    assert sum(sorted(len(row) for row in X)[:40]) < steps < sum(sorted(map(len, X))[-40:])


def test_a_matrix_of_as_many_columns_as_steps_is_labels():
    X = np.random.default_rng(0).normal(size=(40, 6, 1))
    y = (X[..., 0] > 0).astype(int)
    prepared = fitting.prepare(rv.RNN(**TINY), rv.Dataset(rv.Sequences.of(X), y))
    assert prepared.coder.task.kind == "labelling"
    assert any("task='multilabel' or 'regression'" in text for _, text in prepared.lines)
    assert "lengths" not in prepared.rows.arrays["inputs"]
    np.testing.assert_array_equal(np.asarray(prepared.rows.arrays["target"]), y)
    other = fitting.prepare(rv.RNN(**TINY, task="multilabel"), rv.Dataset(rv.Sequences.of(X), y))
    assert other.coder.task.kind == "multilabel"
    floats = fitting.prepare(rv.RNN(**TINY), rv.Dataset(rv.Sequences.of(X), X[..., 0]))
    assert floats.coder.task.kind == "regression"


def test_a_matrix_is_cut_to_the_rows_lengths():
    X = rv.Sequences.of(np.ones((40, 6, 1)), lengths=[6, 4] * 20)
    y = np.arange(240).reshape(40, 6) % 3
    prepared = fitting.prepare(rv.RNN(**TINY, task="labelling"), rv.Dataset(X, y.astype(float)))
    target = prepared.rows.arrays["target"]
    assert target.lengths.tolist() == X.lengths.tolist()
    np.testing.assert_array_equal(np.asarray(target)[1], [0, 1, 2, 0, 0, 0])
    assert prepared.coder.classes.tolist() == [0, 1, 2]


def test_the_loss_sees_real_steps_alone():
    logits = jnp.asarray(np.random.default_rng(0).normal(size=(2, 4, 3)), jnp.float32)
    target = jnp.asarray([[0, 1, 2, 1], [2, 0, 0, 0]], jnp.int32)
    weights = jnp.asarray([0.5, 1.5])
    inputs = {"lengths": jnp.asarray([4, 1], jnp.int32)}
    batch = {"inputs": inputs, "target": target, "weights": weights}
    log_p = np.asarray(jax.nn.log_softmax(logits))
    first = -np.mean([log_p[0, step, code] for step, code in enumerate([0, 1, 2, 1])])
    second = -log_p[1, 0, 2]
    context = Context({"label_smoothing": jnp.float32(0)}, jnp.float32(0), jax.random.key(0))
    loss, _ = LabellingLoss()(lambda _: logits, batch, context)
    assert float(loss) == pytest.approx((0.5 * first + 1.5 * second) / 2, rel=1e-6)
    members = jnp.stack([logits, logits], axis=1)  # (batch, branches, steps, units)
    again, _ = LabellingLoss()(lambda _: members, batch, context)
    assert float(again) == pytest.approx(float(loss))
    sums = LabellingJudge().sums(lambda _: logits, batch)
    right = np.argmax(log_p, axis=2) == np.asarray(target)
    assert float(sums["accuracy"]) == pytest.approx(0.5 * right[0].mean() + 1.5 * right[1, 0])
    assert float(sums["loss"]) == pytest.approx(2 * float(loss), rel=1e-6)
    assert np.asarray(mean_of_steps(jnp.ones((2, 4)), {})).tolist() == [1, 1]


def test_pooling_is_not_used_and_that_is_said():
    prepared = fitting.prepare(rv.RNN(**TINY, pooling="attention"), _dataset())
    assert any("pooling='attention' is not used" in text for _, text in prepared.lines)
    assert not any("is not used" in text for _, text in fitting.prepare(
        rv.RNN(**TINY), _dataset()).lines)  # fmt: skip


def test_a_table_beside_the_steps_is_seen_at_each():
    import polars as pl

    rng = np.random.default_rng(0)
    rows = [
        {"id": s, "x": float(rng.normal()), "site": "ab"[s % 2], "state": "pqr"[s % 2 if t else 2]}
        for s in range(60) for t in range(4 + s % 3)
    ]  # fmt: skip
    examples = rv.read(pl.DataFrame(rows), target="state", series="id", test_fraction=0)
    model = rv.RNN(**{**TINY, "epochs": 25}).fit(examples)
    assert model.score(examples) > 0.95  # the site tells the state of all steps but the first
    assert model.score(rv.Dataset(pl.DataFrame(rows))) == model.score(examples)


def _dataset(y=None):
    X, labels = signs(40)
    return rv.Dataset(rv.Sequences.of(X), StepLabels.of(labels if y is None else y))


@pytest.mark.parametrize(
    ("change", "settings", "error", "words"),
    [
        (lambda y: [*y[:2], y[2][1:], *y[3:]], {}, TargetError,
         r"row 2 has \d+ steps and \d+ labels: make them as many"),
        (lambda y: y[:-1], {}, DataError, "inconsistent numbers of samples"),
        (lambda y: [np.full(len(row), "on") for row in y], {}, TargetError, "at least two classes"),
        (lambda y: [[None, *row[1:]] for row in y], {}, DataError,
         "40 are missing, the first in row 0"),
        (lambda y: [np.linspace(0, 1, len(row)) for row in y], {}, TargetError, "hold fractions"),
        (lambda y: [np.arange(len(row)) for row in y], {}, TargetError, "30 different numbers"),
        (lambda y: [[["a"], ["b", "c"]], *y[1:]], {}, DataError, "labels of row 0 must be a list"),
        (lambda y: y, {"task": "multilabel"}, TargetError, "model for multilabel has one answer"),
        (lambda y: y, {"class_weight": "balanced"}, HyperparameterError, "this task is labelling"),
        (lambda y: np.arange(40) % 2, {"task": "labelling"}, TargetError,
         "needs a label for each step"),
        (lambda y: np.ones((40, 3)), {"task": "labelling"}, TargetError, "3 columns"),
    ],
)  # fmt: skip
def test_targets_that_cannot_be_used(change, settings, error, words):
    X, y = signs(40)
    with pytest.raises(error, match=words):
        rv.RNN(**TINY, **settings).fit(X, change(y))


def test_texts_have_no_labels_of_words():
    texts = ["a b c", "d e"] * 20
    with pytest.raises(TargetError, match="not a text's words"):
        rv.RNN(**TINY).fit(texts, [["x", "y", "x"], ["x", "y"]] * 20)


def test_other_families_say_who_labels_steps():
    with pytest.raises(DataError, match="model='rnn'"):
        rv.FCNN(verbose=0).fit(_dataset())
    with pytest.raises(TargetError, match="task='labelling' needs a label for each step"):
        rv.FCNN(verbose=0, task="labelling").fit(np.ones((20, 3)), np.arange(20) % 2)


def test_scored_rows_must_have_their_labels(listener):
    X, y = signs(5, seed=7)
    with pytest.raises(TargetError, match=r"row 4 has \d+ steps"):
        listener.score(X, [*y[:4], y[4][:-1]])
    with pytest.raises(TargetError, match="a label for each step"):
        listener.score(X, [0, 1, 0, 1, 0])
    with pytest.raises(TargetError, match="the class sideways, which was not there"):
        listener.evaluate(X, [*y[:4], ["sideways"] * len(y[4])])
    with pytest.raises(HyperparameterError, match="explain"):
        listener.explain(X)
    assert len(listener.states(X)) == 5
