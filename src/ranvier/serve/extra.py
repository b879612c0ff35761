"""The optional packages that serving needs."""

from __future__ import annotations

from importlib.util import find_spec

from ranvier.errors import MissingExtraError

NEEDED = ("fastapi", "uvicorn", "httptools", "orjson", "prometheus_client", "python_multipart")


def check() -> None:
    """Refuse to begin where a package is missing.

    Raises:
        MissingExtraError: says how to install them.
    """
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise MissingExtraError(
            f"ranvier serve needs {', '.join(missing)}, which "
            f"{'is' if len(missing) == 1 else 'are'} not installed: pip install 'ranvier[serve]'."
        )
