"""scikit-learn's own checks, with the default hyperparameters and no expected failure.

The checks fit some 150 times on some 20 shapes of data; most of the time goes into compiling.
"""

from collections import Counter

import pytest
from sklearn.utils.estimator_checks import estimator_checks_generator

from ranvier.loading import FAMILIES
from tests.contracts.members import REQUIRED, make

# Custom is the same estimator around a user's module, which clone() and repr() must carry too;
# its checks pass as well, and run with the slow tests.
SLOW = set(REQUIRED)


def checks():
    found, names = [], Counter()
    for family in FAMILIES:
        for task in ("classification", "regression"):
            marks = [pytest.mark.slow] if family in SLOW else []
            for estimator, check in estimator_checks_generator(make(family, task=task)):
                name = f"{family}-{task}-{check.func.__name__}"
                names[name] += 1
                name += f"-{names[name]}" if names[name] > 1 else ""
                found.append(pytest.param(estimator, check, marks=marks, id=name))
    return found


@pytest.mark.parametrize(("estimator", "check"), checks())
def test_check_estimator(estimator, check):
    check(estimator)
