"""The public names: pinned, documented, each with an example that runs."""

import doctest
import inspect
import subprocess
import sys

import pytest

import ranvier as rv

NAMES = [
    "ArtifactError",
    "Autoencoder",
    "CNN",
    "CheckpointError",
    "Context",
    "Custom",
    "DataError",
    "DataTypeError",
    "DataWarning",
    "Dataset",
    "DivergedError",
    "ExportError",
    "FCNN",
    "GAN",
    "HyperparameterError",
    "InputSpec",
    "MissingExtraError",
    "OutputSpec",
    "Player",
    "RNN",
    "RanvierError",
    "Sequences",
    "TargetError",
    "Transformer",
    "__version__",
    "load",
    "read",
    "read_series",
]
# An error's behaviour is to be raised; what raises it is tested where it is raised.
WITH_BEHAVIOUR = [
    name
    for name in NAMES
    if name != "__version__"
    and not (inspect.isclass(getattr(rv, name)) and issubclass(getattr(rv, name), Exception))
]


def test_exactly_these_names_are_public():
    assert sorted(rv.__all__) == NAMES
    assert dir(rv) == NAMES


def test_every_name_can_be_imported_and_no_other():
    for name in NAMES:
        assert getattr(rv, name) is not None
    with pytest.raises(AttributeError, match="module 'ranvier' has no attribute 'Fcnn'"):
        _ = rv.Fcnn


@pytest.mark.parametrize("name", [name for name in NAMES if name != "__version__"])
def test_every_name_has_a_docstring(name):
    text = inspect.getdoc(getattr(rv, name))
    assert text
    first = text.splitlines()[0]
    assert first.endswith((".", ":")), first


@pytest.mark.parametrize("name", WITH_BEHAVIOUR)
def test_the_example_runs(name):
    thing = getattr(rv, name)
    tests = [
        test
        for test in doctest.DocTestFinder(recurse=False).find(thing, name, globs={})
        if test.examples
    ]
    assert tests, f"{name} has no example"
    runner = doctest.DocTestRunner()
    for test in tests:
        runner.run(test)
    assert runner.summarize(verbose=False).failed == 0


@pytest.mark.parametrize("name", ["FCNN", "Custom"])
def test_every_public_method_has_a_docstring(name):
    for method in dir(getattr(rv, name)):
        thing = inspect.getattr_static(getattr(rv, name), method)
        ours = (getattr(thing, "__module__", None) or "ranvier").startswith("ranvier")
        if not method.startswith("_") and ours and (callable(thing) or isinstance(thing, property)):
            assert inspect.getdoc(thing), method


def test_errors_are_of_one_family_and_of_pythons_kinds():
    errors = [getattr(rv, name) for name in NAMES if name.endswith("Error")]
    assert all(issubclass(error, rv.RanvierError) for error in errors)
    kinds = {
        rv.DataError: ValueError,
        rv.TargetError: rv.DataError,
        rv.DataTypeError: TypeError,
        rv.HyperparameterError: ValueError,
        rv.ArtifactError: ValueError,
        rv.CheckpointError: ValueError,
        rv.DivergedError: ArithmeticError,
        rv.ExportError: ValueError,
        rv.MissingExtraError: ImportError,
    }
    assert {*kinds, rv.RanvierError} == set(errors)
    for error, kind in kinds.items():
        assert issubclass(error, kind)
    assert issubclass(rv.DataWarning, UserWarning)


def test_importing_ranvier_imports_nothing_heavy():
    code = (
        "import sys, ranvier\n"
        "heavy = {'jax', 'flax', 'optax', 'orbax', 'sklearn', 'polars', 'numpy', 'rich'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_training_and_predicting_import_no_more_than_they_need():
    program = """
import gc, sys
import numpy as np
import ranvier as rv
X = np.random.default_rng(0).random((60, 4), np.float32)
model = rv.FCNN(recipe="textbook", epochs=1, verbose=0).fit(X, X[:, 0] > 0.5)
model.predict_proba(X)
heavy = ["sklearn", "scipy", "pandas", "polars", "narwhals", "orbax.checkpoint"]
heavy += ["ranvier.artifact", "ranvier.data.streams", "ranvier.explain"]
print([name for name in heavy if name in sys.modules], gc.isenabled())
"""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.stdout == "[] True\n", done.stderr
