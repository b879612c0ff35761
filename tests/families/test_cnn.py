"""The convolutional family on small pictures and signals."""

import re

import jax.numpy as jnp
import numpy as np
import polars as pl
import pytest

import ranvier as rv
from ranvier.data.pictures import Pictures

SMALL = {"filters": (4, 8), "depth": 1, "epochs": 3, "batch_size": 32, "verbose": 0}


def bars(rows=120, side=8, channels=None):
    """Pictures of an upright or a lying bar, uint8, and which it is."""
    generator = np.random.default_rng(0)
    y = np.arange(rows) % 2
    X = generator.integers(0, 60, (rows, side, side)).astype(np.uint8)
    for row in range(rows):
        at = generator.integers(1, side - 1)
        line = (at, slice(None)) if y[row] else (slice(None), at)
        X[(row, *line)] = 255
    X = X if channels is None else np.repeat(X[..., None], channels, axis=-1)
    return X, np.array(["upright", "lying"])[y]


@pytest.fixture(scope="module")
def fitted():
    X, y = bars()
    return rv.CNN(**SMALL | {"epochs": 25, "learning_rate": 0.01}).fit(X, y)


def test_it_learns_what_a_filter_can_see(fitted):
    X, y = bars(300)
    assert fitted.score(X, y) > 0.95
    assert fitted.predict_proba(X).shape == (300, 2)
    assert set(fitted.classes_) == {"lying", "upright"}


def test_the_same_seed_gives_the_same_bits():
    X, y = bars(64)
    first, again = (rv.CNN(**SMALL).fit(X, y) for _ in range(2))
    for path, array in first._outcome.parameters.items():
        np.testing.assert_array_equal(array, again._outcome.parameters[path])


def test_a_saved_model_predicts_the_same_bits(fitted, tmp_path):
    X, _ = bars(30)
    fitted.save(tmp_path / "m.ranvier")
    again = rv.load(tmp_path / "m.ranvier")
    np.testing.assert_array_equal(fitted.predict_proba(X), again.predict_proba(X))
    assert again.summary() == fitted.summary()


@pytest.mark.parametrize(
    ("shape", "layout", "kind", "form"),
    [
        ((40, 8, 10), "auto", "picture", (8, 10, 1)),
        ((40, 8, 10, 3), "auto", "picture", (8, 10, 3)),
        ((40, 3, 8, 10), "auto", "picture", (8, 10, 3)),
        ((40, 8, 10, 6), "HWC", "picture", (8, 10, 6)),
        ((40, 64), "auto", "picture", (8, 8, 1)),
        ((40, 64), "T", "signal", (64, 1)),
        ((40, 50), "auto", "signal", (50, 1)),
        ((40, 30, 2), "auto", "signal", (30, 2)),
        ((40, 2, 30), "auto", "signal", (30, 2)),
        ((40, 9, 30), "CT", "signal", (30, 9)),
    ],
)
def test_every_layout_is_recognised_or_told(shape, layout, kind, form):
    X = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    model = rv.CNN(layout=layout)
    examples = model._suited(model._examples_to_fit(X, np.arange(40) % 2, None, None, None))
    assert isinstance(examples.inputs, Pictures)
    assert (examples.inputs.form.kind, examples.inputs.form.shape) == (kind, form)


def test_channels_first_are_the_same_pictures():
    X, y = bars(64, channels=3)
    last, first = rv.CNN(**SMALL).fit(X, y), rv.CNN(**SMALL).fit(np.moveaxis(X, -1, 1), y)
    np.testing.assert_array_equal(
        last.predict_proba(X), first.predict_proba(np.ascontiguousarray(np.moveaxis(X, -1, 1)))
    )


def test_a_frame_of_pixels_is_pictures_and_said_so():
    X, y = bars(64)
    frame = pl.DataFrame(X.reshape(64, -1), schema=[f"pixel{n}" for n in range(64)])
    model = rv.CNN(**SMALL).fit(frame, y)
    assert any("64 numbers are a square" in text for _, text in model.decisions_)
    np.testing.assert_array_equal(model.predict_proba(frame), rv.CNN(**SMALL).fit(
        X.reshape(64, -1), y).predict_proba(X.reshape(64, -1)))  # fmt: skip


@pytest.mark.parametrize("columns", [1, 2])
def test_regression_of_one_or_several_numbers(columns):
    X, _ = bars(64)
    y = np.stack([X.mean(axis=(1, 2)), X.std(axis=(1, 2))], axis=1)[:, :columns]
    y = y[:, 0] if columns == 1 else y
    model = rv.CNN(**SMALL).fit(X, y)
    assert model.task_ == "regression"
    assert model.predict(X).shape == y.shape
    assert {"r2", "rmse", "mae"} <= set(model.evaluate(X, y))
    assert any("may depend on place" in text for label, text in model.decisions_)


def test_several_labels_for_each_picture():
    X, y = bars(64)
    labels = np.stack([y == "lying", X.mean(axis=(1, 2)) > X.mean()], axis=1).astype(int)
    model = rv.CNN(**SMALL).fit(X, labels)
    assert model.task_ == "multilabel"
    assert model.predict(X).shape == (64, 2)


def test_masks_are_learned_at_every_pixel(tmp_path):
    X, _ = bars(96)
    masks = (X == 255).astype(np.uint8) * 7
    settings = SMALL | {"epochs": 30, "learning_rate": 0.02, "augmentation": "none"}
    model = rv.CNN(**settings).fit(X, masks)
    assert model.task_ == "segmentation"
    found = model.evaluate(X, masks)
    assert found["iou"] > 0.9
    assert {"iou_0", "iou_7", "accuracy"} <= set(found)
    assert model.predict(X).shape == masks.shape
    assert set(np.unique(model.predict(X))) <= {0, 7}
    assert model.predict_proba(X).shape == (96, 8, 8, 2)
    model.save(tmp_path / "m.ranvier")
    np.testing.assert_array_equal(rv.load(tmp_path / "m.ranvier").predict(X), model.predict(X))


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_pictures_from_pictures(dtype):
    clean, _ = bars(64)
    noise = np.random.default_rng(1).normal(0, 40, clean.shape)
    noisy = np.clip(clean + noise, 0, 255).astype(np.uint8)
    y = clean if dtype == "uint8" else (clean / 255.0).astype(np.float32)
    model = rv.CNN(**SMALL, task="image_to_image").fit(noisy, y)
    made = model.predict(noisy)
    assert made.shape == clean.shape
    assert made.dtype == dtype
    assert {"psnr", "rmse", "mae"} == set(model.evaluate(noisy, y))
    assert not hasattr(model, "predict_proba")


def test_sides_that_two_does_not_divide():
    X = np.random.default_rng(0).integers(0, 255, (40, 7, 9)).astype(np.uint8)
    model = rv.CNN(**SMALL | {"filters": (4, 4, 4)}).fit(X, (X > 120).astype(np.uint8))
    assert model.predict(X).shape == (40, 7, 9)
    rv.CNN(**SMALL | {"filters": (4, 4, 4, 4)}).fit(X, np.arange(40) % 2)


@pytest.mark.parametrize(
    "settings",
    [
        {"residual": True},
        {"residual": True, "pooling": "stride", "normalization": "none", "stem": "plain"},
        {"pooling": "average", "global_pooling": "average", "hidden": (16,), "dropout": 0.2},
        {"global_pooling": "none", "activation": "relu", "normalization": "none"},
        {"kernel_size": 5, "stem": "patch"},
        {"mixup": 0.2, "rotate": 10, "scale": 0.1, "colour": 0.2, "noise": 0.1, "cutout": 0.3},
        {"recipe": "textbook"},
    ],
    ids=",".join,
)
def test_every_part_trains(settings):
    X, y = bars(64)
    model = rv.CNN(**SMALL | settings).fit(X, y)
    assert np.isfinite([row["loss"] for row in model.history_]).all()
    assert f"{sum(a.size for a in model._outcome.parameters.values()):,} parameters" in (
        model.summary()
    )


def test_the_textbook_network_is_the_one_of_the_textbooks():
    X, y = bars(64, side=28)
    model = rv.CNN(recipe="textbook", epochs=1, verbose=0).fit(X, y)
    shapes = {a.shape for a in model._outcome.parameters.values() if a.ndim > 1}
    assert shapes == {(3, 3, 1, 32), (3, 3, 32, 64), (7 * 7 * 64, 128), (128, 1)}


def test_a_network_of_eight_layers_like_the_first_residual_ones():
    X, y = bars(64, side=32, channels=3)
    model = rv.CNN(
        recipe="textbook", residual=True, filters=(16, 32, 64), depth=1, stem="plain",
        normalization="batch", pooling="stride", global_pooling="average", hidden=(),
        epochs=1, verbose=0,
    ).fit(X, y)  # fmt: skip
    kernels = [k.values.shape for k in model.kernels()]
    assert kernels[0] == (3, 3, 3, 16)
    assert len([s for s in kernels if s[0] == 3]) == 7
    assert len([s for s in kernels if s[0] == 1]) == 2


def test_several_views_predict_together():
    X, y = bars(64)
    plain = rv.CNN(**SMALL, test_time=False).fit(X, y)
    several = rv.CNN(**SMALL, test_time=True).fit(X, y)
    for path, array in plain._outcome.parameters.items():
        if not path.startswith("output"):  # which is calibrated
            np.testing.assert_array_equal(array, several._outcome.parameters[path])
    assert (plain.predict_proba(X) != several.predict_proba(X)).any()


def test_saliency_adds_up_and_regions_are_shares(fitted):
    X, _ = bars(6)
    found = fitted.explain(X)
    assert found.saliency.shape == found.regions.shape == (6, 8, 8)
    np.testing.assert_allclose(
        found.saliency.sum(axis=(1, 2)), found.outputs - found.baseline, rtol=0.05, atol=0.05
    )
    assert found.regions.min() >= 0
    assert found.regions.max() <= 1 + 1e-6
    assert found.drawn().shape == (6 * 8, 3 * 8, 3)
    assert "data:image/png;base64," in found._repr_html_()
    with pytest.raises(rv.HyperparameterError, match=r"from 0 to 0; got 3"):
        fitted.explain(X, output=3)


def test_feature_maps_and_kernels_have_the_sizes_of_the_network(fitted):
    X, _ = bars(6)
    assert [(m.name, m.values.shape) for m in fitted.feature_maps(X)] == [
        ("stem", (6, 8, 8, 4)),  # so small a picture is seen whole first
        ("stage 1", (6, 4, 4, 4)),
        ("stage 2", (6, 2, 2, 8)),
    ]
    assert [k.values.shape for k in fitted.kernels()] == [
        (3, 3, 1, 4),
        (3, 3, 4, 4),
        (3, 3, 4, 8),
    ]


def test_features_are_what_the_output_layer_sees(fitted):
    X, _ = bars(6)
    network = fitted.network_
    inputs = {name: jnp.asarray(np.asarray(a)) for name, a in fitted._preprocessed(X).items()}
    logits = network.above_input(network.input(inputs["image"]), inputs)  # of the plain view
    found = network.output(fitted.features(X))
    np.testing.assert_allclose(found, logits, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"filters": ()}, "filters must be whole numbers above 0"),
        ({"filters": (0,)}, "filters must be whole numbers above 0"),
        ({"filters": "many"}, "filters must be whole numbers above 0"),
        ({"hidden": (8, -1)}, "hidden must be whole numbers above 0"),
        ({"depth": 0}, "depth must be a whole number of at least 1"),
        ({"kernel_size": 0}, "kernel_size must be a whole number"),
        ({"pooling": "min"}, "pooling must be one of max, average, stride"),
        ({"flip": "left"}, "flip must be one of none, horizontal, vertical, both"),
        ({"shift": 0.9}, "shift must be a number of at least 0 and at most 0.5"),
        ({"layout": "WH"}, "layout must be one of auto, HW"),
        ({"augmentation": "some"}, "augmentation must be one of auto, none"),
        ({"resize": "fit"}, "resize must be one of crop, pad, squash"),
    ],
    ids=lambda value: re.sub(r"\W+", " ", str(value))[:40],
)
def test_a_bad_hyperparameter_is_named(settings, said):
    X, y = bars(20)
    with pytest.raises(rv.HyperparameterError, match=said):
        rv.CNN(**SMALL | settings).fit(X, y)


def test_what_is_no_picture_is_refused():
    X, y = bars(64)
    model = rv.CNN(**SMALL).fit(X, y)
    with pytest.raises(rv.DataError, match="Rows of 8×8×1 are expected, as in training"):
        model.predict(np.zeros((3, 9, 9), np.uint8))
    with pytest.raises(rv.DataError, match="in training they were uint8"):
        model.predict(np.zeros((3, 8, 8)))
    with pytest.raises(rv.DataError, match='the column "name" holds no numbers'):
        rv.CNN().fit(pl.DataFrame({"name": ["a", "b"], "size": [1, 2]}), [0, 1])
    with pytest.raises(rv.DataError, match="no axis that looks like channels"):
        rv.CNN(**SMALL).fit(np.zeros((4, 8, 8, 9)), [0, 1, 0, 1])
    with pytest.raises(rv.DataError, match="contains NaN"):
        rv.CNN(**SMALL).fit(np.full((4, 8, 8), np.nan), [0, 1, 0, 1])


def test_tables_and_pictures_do_not_mix_up():
    X, y = bars(20)
    with pytest.raises(rv.DataError, match="Found array with dim 3"):
        rv.FCNN(verbose=0).fit(X, y)
    with pytest.raises(rv.TargetError, match="use model='cnn' on pictures"):
        rv.FCNN(verbose=0).fit(X.reshape(20, -1), X)
