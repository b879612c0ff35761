"""Files that JAX runs by itself."""

import subprocess
import sys

import numpy as np
import pytest

from ranvier.export import stablehlo
from tests.export.models import FAMILIES, model

ALONE = """
import sys
class Nothing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("flax", "ranvier"):
            raise ImportError(name)
sys.meta_path.insert(0, Nothing())
import jax, numpy as np
rows = dict(np.load(sys.argv[2]))
jax.config.update("jax_enable_x64", any(a.dtype == np.float64 for a in rows.values()))
found = jax.export.deserialize(bytearray(open(sys.argv[1], "rb").read())).call(rows)
np.savez(sys.argv[3], **found)
"""


@pytest.mark.parametrize("name", FAMILIES)
def test_it_answers_as_the_model_for_any_number_of_rows(name, tmp_path):
    program = model(name)._exported()
    path = tmp_path / "model.stablehlo"
    stablehlo.write(program, path)

    trials = [{k: v[:rows] for k, v in program.rows.items()} for rows in (1, 7)]
    for rows, found in zip((1, 7), stablehlo.run(path, trials), strict=True):
        for key, answer in program.answers.items():
            unit = program.units.get(key, 1.0)
            np.testing.assert_allclose(found[key] / unit, answer[:rows] / unit, atol=1e-5)


def test_it_runs_without_flax_and_without_ranvier(tmp_path):
    program = model("fcnn of a table")._exported()
    stablehlo.write(program, tmp_path / "model.stablehlo")
    np.savez(tmp_path / "rows.npz", **program.rows)

    places = [str(tmp_path / name) for name in ("model.stablehlo", "rows.npz", "found.npz")]
    subprocess.run([sys.executable, "-c", ALONE, *places], check=True, timeout=120)

    found = np.load(tmp_path / "found.npz")["prediction"]
    unit = program.units["prediction"]
    np.testing.assert_allclose(found / unit, program.answers["prediction"] / unit, atol=1e-5)
