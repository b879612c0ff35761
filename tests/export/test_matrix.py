"""Each family in each format, as `matrix` runs it: somebody else answers as the model does."""

from __future__ import annotations

import pytest

from ranvier.errors import ExportError
from tests.export.matrix import COLUMNS, ROWS, TOLERANCES, cell
from tests.export.models import model

# What Keras cannot leave free: pixels become places of a larger picture by a reshape of both sides.
FIXED = {("super-resolution", column) for column in COLUMNS if "Keras" in column}
FIXED.add(("super-resolution", "SavedModel, TensorFlow"))


@pytest.mark.slow
@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("name", ROWS)
def test_another_runtime_answers_as_the_model(name, column):
    program = model(name)._exported()
    if (name, column) == ("fcnn of a table", "LiteRT"):  # whose seconds need 64 bits
        with pytest.raises(ExportError, match="LiteRT computes in 32 bits"):
            cell(program, column)
        return
    difference, fixed = cell(program, column)

    assert difference < TOLERANCES[column]
    assert fixed == (bool(program.usual) and (column == "LiteRT" or (name, column) in FIXED))
