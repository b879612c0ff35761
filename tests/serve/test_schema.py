"""The description is true: of its own examples, and of whatever schemathesis thinks of."""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.environments import python_of

from .conftest import MAKERS, Ask, Made, Served, serving

EXAMPLES = 100  # of each operation
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
)


def test_the_examples_are_answered(ask: Ask) -> None:
    paths = ask("/openapi.json")[2]["paths"]
    for path in ("/models/{name}/predict", "/models/{name}/explain", "/v2/models/{name}/infer"):
        body = paths[path]["post"]["requestBody"]["content"]["application/json"]
        assert set(body["examples"]) == set(MAKERS)
        for name, example in body["examples"].items():
            status, _, found = ask(path.format(name=name), example["value"])
            assert status == 200, (path, name, found)


@pytest.mark.slow
def test_schemathesis_finds_nothing(served: Served, models: Made, tmp_path: Path) -> None:
    try:
        program = python_of("serving").with_name("schemathesis")
    except LookupError as reason:
        pytest.skip(str(reason))
    _check(program, served, tmp_path)
    with serving(models["numbers"][0]) as alone:  # where /predict needs no name
        _check(program, alone, tmp_path)


def _check(program: Path, served: Served, folder: Path) -> None:
    before = len(served.log())
    command = [
        str(program), "--no-color", "run", f"http://127.0.0.1:{served.port}/openapi.json",
        "--checks", ",".join(CHECKS), "--max-examples", str(EXAMPLES), "--seed", "0",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
    statuses = Counter(line["status"] for line in served.log()[before:] if "status" in line)
    assert {200, 400, 404, 405} <= set(statuses)
    assert max(statuses) < 500, statuses
