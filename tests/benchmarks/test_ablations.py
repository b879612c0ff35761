"""The ablations: each exchanges a part of the strong recipe; the page says what that does."""

from __future__ import annotations

import pytest

import ranvier as rv
from benchmarks.quality import ablations, datasets
from benchmarks.quality.ablations import ABLATIONS, CLASSES, NAMES
from ranvier.hyperparameters import check
from ranvier.tasks import MULTICLASS, REGRESSION

ROWS = {"digits": 1437, "wine": 142, "breast_cancer": 455, "diabetes": 353}


@pytest.mark.parametrize("ablation", ABLATIONS, ids=lambda ablation: ablation.name)
def test_each_one_changes_the_recipe_wherever_it_is_measured(ablation):
    model = rv.FCNN(**ablation.settings)
    check(model)
    concerned = [name for name in datasets.NAMES if ablation.concerns(name)]
    assert concerned
    for name in concerned:
        task = MULTICLASS if datasets.SOURCES[name].task == CLASSES else REGRESSION
        rows = ROWS.get(name, 10_000)
        usual = rv.FCNN()._resolve(task, rows)
        changed = model._resolve(task, rows)
        assert {k: v for k, v in changed.items() if v != usual[k]}, name


def result(metric, *values):
    return {seed: {"metrics": {metric: value}} for seed, value in enumerate(values)}


def test_the_page_gives_the_loss_in_percent_of_the_error():
    known = {}
    for peer, values in (("ranvier", (50.0, 50.0)), ("ranvier-tails", (55.0, 56.0))):
        for seed, one in result("rmse", *values).items():
            known["diabetes", peer, seed] = one
    known["diabetes", "ranvier-ntk", 0] = {"metrics": {"rmse": 49.0}}
    lines = ablations.page(known).splitlines()
    assert "| no linear tails | **+11.0 ± 1.0** |" in lines
    assert "| one learning rate for all layers | -2.0 |" in lines
    assert not any("ReLU" in line for line in lines)


def test_accuracy_counts_by_its_error():
    known = {}
    for peer, value in (("ranvier", 0.9), ("ranvier-dropout", 0.88)):
        for seed in (0, 1):
            known["wine", peer, seed] = {"metrics": {"accuracy": value, "log_loss": 0.5}}
    lines = ablations.page(known).splitlines()
    assert "| no dropout | **+20.0 ± 0.0** | +0.0 ± 0.0 |" in lines


def test_the_competitor_gets_its_settings():
    entry = NAMES["average"].entry
    assert entry.name == "ranvier-average"
    assert entry.arguments == ("--settings", '{"ema_decay": 0.0}')
