"""Help: every flag is there, and nothing heavy is loaded to show it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields

import pytest

from ranvier.cli.flags import NONE_IS_NONE, all_fields
from ranvier.families.autoencoder import recipes as autoencoder
from ranvier.families.cnn import augmenting
from ranvier.families.cnn import recipes as cnn
from ranvier.families.fcnn import recipes as fcnn
from ranvier.families.fcnn.hyperparameters import FCNNHyperparameters
from ranvier.families.gan.generation import recipes as gan
from ranvier.families.rnn import recipes as rnn
from ranvier.families.transformer import recipes as transformer
from ranvier.model import recipes
from ranvier.runs.spelling import flag

from .conftest import Run

HEAVY = ("numpy", "jax", "flax", "sklearn", "polars", "optax", "orbax", "pandas", "scipy")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        *(
            [c, "--help"]
            for c in ("train", "predict", "generate", "evaluate", "report", "serve", "info")
        ),
    ],
)
def test_nothing_heavy_is_loaded(arguments: list[str]) -> None:
    code = (
        "import sys, ranvier.cli\n"
        f"sys.argv = ['ranvier', *{arguments!r}]\n"
        "try:\n    ranvier.cli.main()\n"
        "except SystemExit as stop:\n    assert not stop.code, stop.code\n"
        f"print('LOADED', [name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "LOADED []"


def test_every_hyperparameter_is_a_flag(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    shown = run("train", "--help").stdout
    for field in fields(FCNNHyperparameters):
        if field.name != "verbose":
            assert f"{flag(field.name)} " in shown
            assert field.metadata["rule"].help.split(";")[0] in shown
    assert "--no-residual" in shown
    assert "adam, adamw, lion, muon, sgd (default: recipe)" in shown
    assert "(default: 0.9)" in shown
    assert "--verbose" not in shown


def test_recipe_is_the_default_of_what_a_recipe_decides() -> None:
    decided = {*recipes.STRONG, *recipes.TEXTBOOK, *fcnn.STRONG, *fcnn.TEXTBOOK, *cnn.STRONG}
    decided |= {*rnn.STRONG, *rnn.TEXTBOOK, *transformer.STRONG, *transformer.TEXTBOOK}
    decided |= {*autoencoder.STRONG, *autoencoder.OWN}
    decided |= {*gan.COMMON, *gan.STRONG, "conditional"}
    decided |= {"dimensions", "parts", "codes", "components"}  # which the data decide
    decided |= {*augmenting.NAMES, "colour", "mask", "kernel_size"}  # which the data decide
    undecided = {n for n, f in all_fields().items() if f.default is None and n not in decided}
    assert undecided <= set(NONE_IS_NONE)
    assert not decided & set(NONE_IS_NONE)


def test_version(run: Run) -> None:
    import ranvier

    assert run("--version").stdout == f"ranvier {ranvier.__version__}\n"


def test_unknown_commands_and_flags_name_the_nearest(run: Run) -> None:
    wrong = run("trian", "digits")
    assert wrong.exit_code == 2
    assert "Did you mean 'train'?" in wrong.stderr
    wrong = run("train", "digits", "--epoch", "3")
    assert wrong.exit_code == 2
    assert "--epochs" in wrong.stderr


def test_python_m() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ranvier", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("ranvier ")
