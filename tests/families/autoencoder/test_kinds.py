"""Each kind on each kind of data: codes, rows again, samples, scores, the same after loading."""

import numpy as np
import pytest

import ranvier as rv
from tests.families.autoencoder.data import KINDS, curve, make, stripes, waves

DATA = {"table": curve, "picture": stripes, "sequence": waves}
SMALL = {
    "table": {}, "picture": {"filters": (4,)}, "sequence": {"state_width": 6, "hidden": ()},
}  # fmt: skip


# Each kind on tables, the plain one on everything; the others, which share its networks, are slow.
CASES = [
    pytest.param((k, d), id=f"{k}-{d}", marks=[pytest.mark.slow] * (k != "plain" and d != "table"))
    for k in KINDS
    for d in DATA
]


@pytest.fixture(scope="module", params=CASES)
def case(request):
    kind, form = request.param
    X = DATA[form]()
    return kind, make(kind=kind, epochs=2, **SMALL[form]).fit(X), X


def same(one, other):
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a, b)


def test_codes_rows_and_samples_have_the_forms_of_the_data(case):
    _, model, X = case
    codes = model.transform(X)
    assert codes.shape == (len(X), 2)
    assert codes.dtype == np.float32
    made = model.reconstruct(X)
    assert len(made) == len(X)
    assert all(np.shape(row) == np.shape(given) for row, given in zip(made, X, strict=True))
    drawn = model.sample(5, seed=3)
    assert len(drawn) == 5
    assert np.shape(drawn[0])[1:] == np.shape(X[0])[1:]
    assert all(np.isfinite(row).all() for row in drawn)
    same(drawn, model.sample(5, seed=3))
    assert any(np.shape(a) != np.shape(b) or (a != b).any()
               for a, b in zip(drawn, model.sample(5, seed=4), strict=True))  # fmt: skip


def test_scores_are_one_finite_number_for_each_row(case):
    _, model, X = case
    scores = model.score_samples(X)
    assert scores.shape == (len(X),)
    assert scores.dtype == np.float64
    assert np.isfinite(scores).all()
    found = model.evaluate(X)
    assert set(found) == {"mse", "r2", "mae"}
    assert found["r2"] == model.score(X)


def test_a_file_gives_the_same_bits(case, tmp_path):
    _, model, X = case
    model.save(tmp_path / "m.ranvier")
    again = rv.load(tmp_path / "m.ranvier")
    np.testing.assert_array_equal(model.transform(X), again.transform(X))
    np.testing.assert_array_equal(model.score_samples(X), again.score_samples(X))
    same(model.sample(4), again.sample(4))
    same(model.reconstruct(X), again.reconstruct(X))
    assert again.summary() == model.summary()
    assert again.evaluate(X) == model.evaluate(X)


def test_the_summary_goes_through_the_code_and_counts_every_parameter(case):
    _, model, _ = case
    text = model.summary()
    total = sum(array.size for array in model._outcome.parameters.values())
    assert f"{total:,} parameters" in text
    names = [line.split("  ")[0] for line in text.splitlines()[3:-3]]
    assert names[0] == "input"
    assert names[-1] == "output"
    middle = names.index("code")
    assert middle * 2 == len(names) - 1
    assert [n for n in names if n.startswith("hidden")] == [
        f"hidden {i}" for i in range(1, len(names) - 2)
    ]


def test_a_sparse_code_has_zeros_and_a_dear_one_has_more():
    X = curve()
    shares = []
    for sparsity in (0.0, 3.0):
        model = make(kind="sparse", dimensions=8, sparsity=sparsity, epochs=60).fit(X)
        shares.append(float((model.transform(X) == 0).mean()))
    assert shares[1] > shares[0] + 0.1


def test_a_dear_distance_makes_variational_codes_normal():
    X = curve()
    cheap, dear = (
        make(kind="variational", beta=beta, epochs=60).fit(X).transform(X).std()
        for beta in (0.01, 20.0)
    )
    assert dear < 0.7 * cheap


def test_quantised_codes_are_pieces_of_the_book_and_many_are_used():
    X = curve()
    model = make(kind="vector_quantised", codes=8, parts=2, epochs=40).fit(X)
    codes = model.transform(X)
    pieces = model._outcome.variables["code/books/pieces"]  # (parts, codes, width)
    for part in range(2):
        assert set(codes[:, part]) <= set(pieces[part, :, 0])
        assert len(set(codes[:, part])) >= 6
    near = codes + 1e-4
    np.testing.assert_array_equal(model.inverse_transform(near), model.inverse_transform(codes))


def test_disturbed_inputs_change_what_is_learned_and_nothing_afterwards():
    X = curve()
    clean, noisy = make().fit(X), make(kind="denoising").fit(X)
    masked = make(masking=0.5).fit(X)
    assert noisy.resolved_["noise"] > 0 == clean.resolved_["noise"]
    assert (clean.transform(X) != noisy.transform(X)).any()
    assert (clean.transform(X) != masked.transform(X)).any()
    np.testing.assert_array_equal(noisy.transform(X), noisy.transform(X))
