"""The same seed, the same bits: whatever feeds the rows and however a run is cut."""

import subprocess
import sys
import textwrap

import numpy as np
import pytest

import ranvier as rv
from ranvier.model.fitting import NEVER
from tests import compiling
from tests.training.runs import SMALL, assert_same, prepared, run, table

EVERYTHING = {
    "dropout": 0.2,
    "normalization": "batch",
    "residual": True,
    "ema_decay": 0.9,
    "gradient_clip": 0.5,
    "patience": 2,
    "epochs": 6,
}


@pytest.fixture(scope="module")
def settings():
    return prepared(*table(152), **EVERYTHING, class_weight={0: 2.0})


@pytest.fixture(scope="module")
def first(settings):
    return run(settings, resident=False, chunk_steps=7)


@pytest.mark.parametrize("resident", [False, True], ids=["host", "device"])
@pytest.mark.parametrize("chunk_steps", [1, 7, 64])
def test_feeds_and_chunks_of_any_length_give_the_same_bits(settings, first, resident, chunk_steps):
    assert settings.plan.steps_per_epoch == 9  # 7 and 64 do not divide it
    assert settings.plan.batch_size * 9 > settings.plan.rows  # so that there is padding
    assert_same(first, run(settings, resident=resident, chunk_steps=chunk_steps))


def test_programs_are_compiled_as_people_run_them():
    assert compiling.in_full()  # as those of most rooms are not


def test_early_stopping_is_part_of_what_is_compared(first, settings):
    assert first.variables  # batch statistics
    assert int(settings.settings["patience"]) == 2 < NEVER


def test_a_small_budget_of_memory_changes_no_bit():
    X, y = table()
    one = rv.FCNN(**SMALL).fit(X, y)
    two = rv.FCNN(**SMALL, max_memory="1 KB").fit(X, y)
    np.testing.assert_array_equal(one.predict_proba(X), two.predict_proba(X))


def test_other_bits_for_another_seed_alone():
    one, two = (run(prepared(seed=s), resident=False, chunk_steps=8) for s in (0, 1))
    assert all(
        (one.parameters[path] != two.parameters[path]).any()
        for path in one.parameters
        if path.endswith("kernel")
    )


TWO_DEVICES = """
    import numpy as np
    import ranvier as rv
    from tests.training.runs import SMALL, table

    X, y = table(160)  # 144 rows train: nine batches of 16, whichever the number of devices
    model = rv.FCNN(**{**SMALL, "devices": 2, "dropout": 0.1}).fit(X, y)
    again = rv.FCNN(**{**SMALL, "devices": 2, "dropout": 0.1}).fit(X, y)
    assert "CPU, 2 replicas" in dict(model.decisions_)["device"], model.decisions_
    for path, array in model._outcome.parameters.items():
        assert (array == again._outcome.parameters[path]).all(), path
    alone = rv.FCNN(**{**SMALL, "devices": 1, "dropout": 0.1}).fit(X, y)
    np.testing.assert_allclose(model.predict_proba(X), alone.predict_proba(X), atol=2e-3)
    for a, b in zip(model.history_, alone.history_):
        np.testing.assert_allclose(a["loss"], b["loss"], rtol=1e-3)
    print("trained by two")
"""


def test_two_devices_repeat_their_bits_and_agree_with_one():
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(TWO_DEVICES)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "trained by two\n"
