"""Every hyperparameter is checked by its own field, and refused in one sentence."""

import subprocess
import sys
from dataclasses import fields

import numpy as np
import pytest

import ranvier as rv
from ranvier.hyperparameters import Hyperparameters, check, rules

BAD = [
    ("epochs", 0, "epochs must be a whole number of at least 1"),
    ("epochs", 2.5, "epochs must be a whole number"),
    ("epochs", "ten", "epochs must be a whole number"),
    ("epochs", True, "epochs must be a whole number"),
    ("batch_size", -4, "batch_size must be a whole number of at least 1"),
    ("learning_rate", 0, "learning_rate must be a number above 0"),
    ("learning_rate", float("nan"), "learning_rate must be a number above 0"),
    ("learning_rate", float("inf"), "learning_rate must be a number above 0"),
    ("learning_rate", "fast", "learning_rate must be a number above 0"),
    ("optimizer", "adm", r'optimizer must be one of .*; got \'adm\'\. Nearest: "adam"'),
    ("optimizer", 3, "optimizer must be one of"),
    ("momentum", 1.5, "momentum must be a number of at least 0"),
    ("momentum", None, "momentum must be .*; got None"),
    ("weight_decay", -1, "weight_decay must be a number of at least 0"),
    ("schedule", "cosin", 'Nearest: "cosine"'),
    ("regularization_schedule", "flat", 'Nearest: "flat_cosine"'),
    ("gradient_clip", -1.0, "gradient_clip must be a number"),
    ("label_smoothing", 1.5, "label_smoothing must be a number of at least 0 and at most 1"),
    ("ema_decay", 2, "ema_decay must be a number"),
    ("validation_fraction", 0.95, "validation_fraction must be a number of at least 0 and at"),
    ("patience", 0, "patience must be a whole number of at least 1, or None"),
    ("precision", "float16", "precision must be one of float32, bfloat16"),
    ("devices", 0, "devices must be a whole number of at least 1"),
    ("seed", -1, "seed must be a whole number of at least 0"),
    ("seed", 2**32, "seed must be a whole number"),
    ("verbose", 3, "verbose must be a whole number"),
    ("recipe", "weak", "recipe must be one of strong, textbook"),
    ("task", "regress", 'task must be one of .*Nearest: "regression"'),
    ("dropout", 1.0, "dropout must be a number of at least 0 and at most 0.95"),
    ("activation", "rellu", 'Nearest: "relu"'),
    ("normalization", "bach", 'Nearest: "batch"'),
    ("activation_rate", -1, "activation_rate must be a number of at least 0"),
    ("input_layer", "period", 'Nearest: "periodic"'),
    ("members", 0, "members must be a whole number of at least 1, or None"),
    ("parametrization", "ntkk", 'Nearest: "ntk"'),
    ("calibrate", "yes", "calibrate must be True or False; got 'yes'"),
    ("linear_tails", 1, "linear_tails must be True or False; got 1"),
    ("max_memory", "plenty", "max_memory must be a size such as '2 GB'"),
    ("on_error", "ignore", "on_error must be one of stop, skip"),
    ("max_memory", -5, "max_memory must be a size such as '2 GB'"),
]


@pytest.mark.parametrize(("name", "value", "said"), BAD, ids=lambda v: repr(v)[:30])
def test_a_bad_value_is_named_when_fitted_and_not_before(name, value, said):
    model = rv.FCNN(**{name: value, "verbose": value if name == "verbose" else 0})
    with pytest.raises(rv.HyperparameterError, match=said):
        model.fit(np.zeros((20, 2)) + np.arange(20)[:, None], np.arange(20) % 2)
    assert not hasattr(model, "task_")


def test_every_hyperparameter_has_a_bad_value_here():
    tested = {name for name, *_ in BAD} | {"hidden", "residual", "class_weight"}
    assert tested == {f.name for f in fields(rv.FCNN)}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", np.int64(3)),
        ("epochs", 3.0),
        ("batch_size", np.float64(16)),
        ("learning_rate", np.float32(0.01)),
        ("learning_rate", 1),
        ("seed", np.uint32(7)),
        ("patience", np.int16(2)),
        ("patience", None),
        ("validation_fraction", 0),
        ("max_memory", "1.5 GiB"),
        ("max_memory", 10**9),
        ("hidden", [8]),
        ("hidden", 8),
        ("dropout", np.float64(0.1)),
        ("devices", 1),
        ("momentum", 0),
    ],
    ids=repr,
)
def test_numbers_in_the_forms_that_people_have_them(name, value, tmp_path):
    X, y = np.random.default_rng(0).normal(size=(120, 2)), np.arange(120) % 2
    settings = {"hidden": (4,), "epochs": 2, "batch_size": 32, "verbose": 0, name: value}
    model = rv.FCNN(**settings).fit(X, y)
    model.save(tmp_path / "m.ranvier")
    again = rv.load(tmp_path / "m.ranvier")
    np.testing.assert_array_equal(model.predict_proba(X), again.predict_proba(X))


def test_the_defaults_pass():
    check(Hyperparameters())


def test_every_rule_says_in_one_line_what_it_is_for():
    for name, rule in rules(Hyperparameters).items():
        assert rule.help, name
        assert "\n" not in rule.help


def test_the_module_imports_nothing_heavy():
    """The command line's help is made of it."""
    code = (
        "import sys, ranvier.hyperparameters, ranvier.families.fcnn.hyperparameters\n"
        "heavy = {'jax', 'flax', 'optax', 'sklearn', 'polars', 'numpy'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
