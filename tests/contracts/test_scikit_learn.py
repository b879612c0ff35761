"""scikit-learn's own checks, without one expected failure.

They fit some 150 times on some 20 shapes of data, and most of their time goes into compiling.
So a small network is checked in every test run, and the default hyperparameters, whose programs
take longer to compile, with the slow tests.
"""

import warnings
from collections import Counter
from itertools import product

import pytest
from sklearn.utils.estimator_checks import estimator_checks_generator

from tests.contracts.members import REQUIRED, SUPERVISED, WHOLE, make

SMALL = {"fcnn": {"recipe": "textbook", "hidden": (32,)}}
MANY = {"fcnn": SMALL["fcnn"] | {"members": 3}}


def checks(small):
    # The contract is kept without the base class, whose import takes longer than a small training.
    warnings.filterwarnings("ignore", ".*does not inherit from `sklearn.base.BaseEstimator`")
    found, names = [], Counter()
    # A user's own module is wrapped by the same estimator: once is enough, with the slow ones.
    families = [
        name for name in SUPERVISED if name not in WHOLE and not (small and name in REQUIRED)
    ]
    for family, task in product(families, ("classification", "regression")):
        chosen = small.get(family, {"recipe": "textbook"}) if small else {}
        for estimator, check in estimator_checks_generator(make(family, task=task, **chosen)):
            name = f"{family}-{task}-{check.func.__name__}"
            names[name] += 1
            name += f"-{names[name]}" if names[name] > 1 else ""
            found.append(pytest.param(estimator, check, id=name))
    return found


with warnings.catch_warnings():
    FAST, SLOW, MEMBERS = checks(small=SMALL), checks(small={}), checks(small=MANY)


@pytest.mark.parametrize(("estimator", "check"), FAST)
def test_check_estimator(estimator, check):
    check(estimator)


@pytest.mark.slow
@pytest.mark.parametrize(("estimator", "check"), SLOW)
def test_check_estimator_with_the_defaults(estimator, check):
    check(estimator)


@pytest.mark.slow
@pytest.mark.parametrize(("estimator", "check"), MEMBERS)
def test_check_estimator_with_members(estimator, check):
    check(estimator)
