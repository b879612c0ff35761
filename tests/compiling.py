"""How much care compiling takes in each room: programs that run a few steps need little.

What people run is compiled in full where the programs themselves are tested. Elsewhere fitting a
model is only a means, and most of its time would go by in the compiler.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jax
from jax._src import compiler

# Rooms and files under tests/ whose programs are compiled as people's are.
IN_FULL = (
    "contracts",
    "golden",
    "layers",
    "model/test_compilations.py",
    "model/test_predicting.py",
    "serve",
    "test_public.py",
    "training",
)

# The older way to emit a fusion, and one module of code for a program: of the time that is left
# without optimisations, a third. JAX takes such options for one function, not for all of a
# process; an XLA that no longer knows them says so, and then they can go.
_OLDER_WAY = {"xla_cpu_use_fusion_emitters": False, "xla_cpu_parallel_codegen_split_count": 1}
_HERE = Path(__file__).parent
_options_in_full = compiler.get_compile_options


def choose(file: Path) -> None:
    """Compile for the tests of a file with as much care as they need."""
    place = file.relative_to(_HERE)
    quickly = not any(place.is_relative_to(room) for room in IN_FULL)
    if _are_quick() == {quickly}:
        return
    jax.config.update("jax_disable_most_optimizations", quickly)
    compiler.get_compile_options = _quick_options if quickly else _options_in_full
    jax.clear_caches()  # or these tests would go on with programs of the other kind


def in_full() -> bool:
    """Whether programs are compiled now as people's are."""
    return _are_quick() == {False}


def _are_quick() -> set[bool]:
    """Both ways to make compiling quick: a fixture may turn the first on or off by itself."""
    flag = jax.config.read("jax_disable_most_optimizations")
    return {bool(flag), compiler.get_compile_options is _quick_options}


def _quick_options(*arguments: Any, env_options_overrides: Any = None, **named: Any) -> Any:
    options = {**_OLDER_WAY, **(env_options_overrides or {})}
    return _options_in_full(*arguments, env_options_overrides=options, **named)
