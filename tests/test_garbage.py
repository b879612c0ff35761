"""What the search for garbage is kept away from, and what it must still find."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("before", "frozen"),
    [
        ("", True),
        ("rv.Dataset", True),  # imports no JAX: the first that does comes later
        ("gc.disable()", False),
        ("held = [[] for _ in range(300_000)]", False),  # a process in the middle of its life
    ],
)
def test_modules_are_set_aside_where_a_process_begins(before: str, frozen: bool) -> None:
    program = f"""
import gc, weakref
import ranvier as rv
{before}
enabled = gc.isenabled()
class Knot:
    def __init__(self):
        self.me = self
old = weakref.ref(Knot())  # garbage already
rv.FCNN
rv.Custom
assert gc.isenabled() == enabled
new = weakref.ref(Knot())
gc.collect()
print(gc.get_freeze_count() > 50_000, old(), new())
"""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.stdout == f"{frozen} None None\n", done.stderr
