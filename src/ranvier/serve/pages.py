"""The pages for a browser: one to try the models, one that shows how to call them.

Each is one file without anything from elsewhere, and its policy lets the browser run no script but
its own.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from importlib import resources

from ranvier.serve.calls import Response

HTML = b"text/html; charset=utf-8"


def page(status: int = 200) -> Response:
    """The page to try the models; with 401 it asks for the token first."""
    return _whole("try", status)


def docs(status: int = 200) -> Response:
    """The page that shows what can be called; with 401 it asks for the token first."""
    return _whole("docs", status)


@functools.lru_cache(maxsize=4)
def _whole(name: str, status: int) -> Response:
    folder = resources.files("ranvier.serve").joinpath("page")
    script = folder.joinpath(f"{name}.js").read_text("utf-8")
    style = folder.joinpath("style.css").read_text("utf-8")
    text = folder.joinpath(f"{name}.html").read_text("utf-8")
    text = text.replace("/*STYLE*/", style).replace("/*SCRIPT*/", script)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    policy = (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        "img-src data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
    headers = (
        (b"content-security-policy", policy.encode("ascii")),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cache-control", b"no-cache"),
    )
    return Response(status, text.encode("utf-8"), HTML, headers)
