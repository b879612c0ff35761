"""Packages that only some formats need."""

from __future__ import annotations

from importlib.util import find_spec

from ranvier.errors import MissingExtraError


def needs(module: str, extra: str) -> None:
    """Go on only where a module is installed.

    Raises:
        MissingExtraError: it is not.
    """
    if find_spec(module) is None:
        raise MissingExtraError(
            f"This format needs {module}, which is not installed: pip install 'ranvier[{extra}]'."
        )
