"""Every bad input is answered in one sentence, and the page in the docs shows these answers."""

from __future__ import annotations

import inspect
import os
import re
from dataclasses import fields

import jax
import numpy as np
import pytest

import ranvier as rv
from ranvier.data import builtin
from ranvier.families.fcnn.hyperparameters import FCNNHyperparameters
from ranvier.families.rnn.hyperparameters import RNNHyperparameters
from ranvier.families.transformer.hyperparameters import TransformerHyperparameters
from tests.bad_input.case import QUICK, Handled, Refused
from tests.bad_input.page import HANDLED, PAGE, REFUSED, page, refused, told

# What a sentence may begin with in small letters: the user's own names for things.
KINDS = (FCNNHyperparameters, RNNHyperparameters, TransformerHyperparameters)
NAMES = {f.name for kind in KINDS for f in fields(kind)}
NAMES |= {*builtin.NAMES, "y", "target", "sample_weight", "test_fraction", "build", "build's"}
NAMES |= {"lengths", "time", "generate", "fill_mask"}
NAMES |= {*inspect.signature(rv.Transformer.generate).parameters, "top"}
LONGEST = 330
LEAKS = re.compile(r"Traceback|object at 0x|<class|Errno|ufunc|np\.|NoneType|__init__")


@pytest.fixture(scope="module", autouse=True)
def _jax_runs():
    jax.devices()  # started, or asking for a thousand devices would make them


def listed(table):
    return [
        pytest.param(case, id=f"{title}: {case.what}")
        for title, cases in table.items()
        for case in cases
    ]


@pytest.mark.parametrize("case", listed(REFUSED))
def test_refused(case: Refused):
    error, text, beside = refused(case)
    assert type(error) is case.error, error
    assert not LEAKS.search(text.replace("NoneType:", "")), text
    if case.contract:
        return
    assert "\n" not in text
    assert len(text) <= LONGEST, text
    assert text[-1] in ".?", text
    assert len(re.split(r"(?<=[.?!]) (?=[A-Z])", text)) <= 2, text
    first = re.split(r"[ =,:]", text)[0].strip('"')
    own = first in NAMES or "." in first or first in beside
    assert own or text[0].isupper() or text[0] == '"', text
    assert re.search(r"[:;?] |\. [A-Z]", text), f"{text} says not what to do"


def test_errors_are_also_those_of_python():
    """As the docstring of `errors` draws them."""
    for error in (rv.DataError, rv.HyperparameterError, rv.ArtifactError, rv.CheckpointError):
        assert issubclass(error, rv.RanvierError)
        assert issubclass(error, ValueError)
    assert issubclass(rv.DataTypeError, TypeError)
    assert issubclass(rv.DivergedError, ArithmeticError)


@pytest.mark.parametrize("case", listed(HANDLED))
def test_handled(case: Handled):
    text = told(case)
    assert "\n" not in text
    assert len(text) <= LONGEST
    assert not LEAKS.search(text), text


def test_enough_cases():
    names = [(title, case.what) for title, cases in REFUSED.items() for case in cases]
    assert len(set(names)) == len(names) >= 55
    assert all(len(cases) >= 10 for cases in REFUSED.values())


def test_the_page_is_current():
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "docs/bad-input.md is not what the library answers: run python -m tests.bad_input.page"
    )


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_file_that_really_may_not_be_read(tmp_path):
    path = tmp_path / "salaries.csv"
    path.write_text("a,b\n1,2\n")
    path.chmod(0)
    with pytest.raises(rv.DataError, match="permission was denied"):
        rv.read(path)


def test_values_of_any_size_give_finite_predictions():
    X = np.random.default_rng(0).normal(size=(40, 3)) * 1e300
    fitted = rv.FCNN(**QUICK).fit(X, X[:, 0])
    assert np.isfinite(fitted.predict(X)).all()
    assert np.isfinite(fitted.predict(-X)).all()


def test_categories_never_seen_count_as_unseen():
    import polars as pl

    frame = pl.DataFrame({"carrier": ["AA", "UA", "B6", "DL"] * 10})
    fitted = rv.FCNN(**QUICK).fit(frame, np.arange(40) % 2)
    both = fitted.predict_proba(pl.DataFrame({"carrier": ["ZZ", "XX"]}))
    assert np.array_equal(both[0], both[1])
