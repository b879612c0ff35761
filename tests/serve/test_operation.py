"""What whoever runs a server relies on: tokens, logs, metrics, a new model, a graceful end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ranvier as rv
from ranvier.errors import DataError, HyperparameterError, MissingExtraError
from ranvier.serve import exchange, extra, watching
from ranvier.serve.hosting import open_all
from ranvier.serve.settings import Settings

from .conftest import MAKERS, PATIENCE, Ask, Served, fitted, quickly, serving, until

GOOD = {"rows": [[0.5] * 5]}


def test_a_token(models: Any, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("s3cret-word\n")
    with serving(models["numbers"][0], token_file=file) as served:
        for path in ("/v2/health/live", "/v2/health/ready"):
            assert served.ask(path)[0] == 200
        right = {"Authorization": "Bearer s3cret-word"}
        for path in ("/", "/docs", "/metrics", "/v2", "/models", "/openapi.json", "/nowhere"):
            assert served.ask(path)[0] == 401
            assert served.ask(path, **right)[0] == (404 if path == "/nowhere" else 200)
        for wrong in ("Bearer s3cret-wor", "Bearer", "s3cret-word", "Basic s3cret-word", "\xff"):
            status, headers, found = served.ask("/predict", GOOD, Authorization=wrong)
            assert (status, headers["www-authenticate"]) == (401, "Bearer")
            assert "Bearer TOKEN" in found["error"]
        assert served.ask("/predict", GOOD, **right)[0] == 200
        described = served.ask("/openapi.json", **right)[2]
        assert described["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
        assert "401" in described["paths"]["/models"]["get"]["responses"]
        assert "security" not in described["paths"]["/v2/health/live"]["get"]
        for page in ("/", "/docs"):  # they ask for it
            assert b'id="token"' in served.ask(page)[2]
    assert "s3cret" not in json.dumps(served.log())


def test_settings_are_checked(tmp_path: Path) -> None:
    with pytest.raises(HyperparameterError, match="max_batch must be between 1 and 512; got 513"):
        Settings(max_batch=513)
    with pytest.raises(HyperparameterError, match="cannot be read"):
        _ = Settings(token_file=tmp_path / "none").token
    empty = tmp_path / "empty"
    for content in (b"", b" \n", b"two words", b"\xff"):
        empty.write_bytes(content)
        with pytest.raises(HyperparameterError, match="one word of printable ASCII"):
            _ = Settings(token_file=empty).token
    assert Settings().warnings() == []
    assert "there is no token" in Settings(host="0.0.0.0").warnings()[0]
    assert "not encrypted" in Settings(host="0.0.0.0", token_file=empty).warnings()[0]


def test_two_models_of_one_name(models: Any, tmp_path: Path) -> None:
    other = tmp_path / "numbers.ranvier"
    other.write_bytes(models["numbers"][0].read_bytes())
    with pytest.raises(DataError, match='would both be served as "numbers"'):
        open_all([models["numbers"][0], other])


def test_a_run_is_served_under_its_folders_name(models: Any, tmp_path: Path) -> None:
    run = tmp_path / "iris-1"
    run.mkdir()
    (run / "model.ranvier").write_bytes(models["numbers"][0].read_bytes())
    assert [model.name for model in open_all([run])] == ["iris-1"]


def test_a_missing_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extra, "NEEDED", ("orjson", "no_such_package"))
    with pytest.raises(MissingExtraError, match=r"pip install 'ranvier\[serve\]'"):
        extra.check()


def test_a_port_in_use(served: Served) -> None:
    from ranvier.serve.server import Server

    with pytest.raises(HyperparameterError, match="choose another with --host or --port"):
        Server([], Settings(port=served.port))


def test_the_log(models: Any) -> None:
    with serving(models["numbers"][0]) as served:
        served.ask("/predict", {"rows": [[0.5] * 5] * 3}, X_Request_Id="mine")
        served.ask("/predict", b"{")
        served.ask("/v2/health/live")
    lines = served.log()
    assert lines[0]["event"] == "listening"
    assert lines[-1]["event"] == "stopped"
    told = [line for line in lines if "path" in line]
    assert [(t["method"], t["path"], t["status"], t["rows"], t["model"]) for t in told] == [
        ("POST", "/predict", 200, 3, "numbers"),
        ("POST", "/predict", 400, 0, "numbers"),
        ("GET", "/v2/health/live", 200, 0, None),
    ]
    assert told[0]["request"] == "mine"
    assert all(line["time"].endswith("+00:00") for line in lines)
    assert all(line["ms"] > 0 for line in told)


def test_metrics(models: Any) -> None:
    with serving(models["numbers"][0]) as served:
        for _ in range(3):
            served.ask("/predict", {"rows": [[0.5] * 5] * 2})
        served.ask("/predict", b"{")
        served.ask("/v2/models/numbers")
        text = served.ask("/metrics")[2].decode()
    for line in (
        'ranvier_requests_total{route="POST /predict",status="200"} 3.0',
        'ranvier_requests_total{route="POST /predict",status="400"} 1.0',
        'ranvier_requests_total{route="GET /v2/models/{name}",status="200"} 1.0',
        'ranvier_rows_total{model="numbers"} 6.0',
        'ranvier_model_version{model="numbers"} 1.0',
        "ranvier_waiting_requests 0.0",
    ):
        assert line in text, text


def test_the_description_and_the_pages(ask: Ask) -> None:
    found = ask("/openapi.json")[2]
    assert {"/predict", "/v2/models/{name}/infer", "/metrics"} <= set(found["paths"])
    for path in ("/v2/models/{name}", "/models/{name}/predict"):
        for operation in found["paths"][path].values():
            assert "422" not in operation["responses"]
            assert set(operation["parameters"][0]["schema"]["enum"]) == set(MAKERS)
    for path in ("/", "/docs"):
        status, headers, page = ask(path)
        assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert "default-src 'none'" in headers["content-security-policy"]
        assert b"://" not in page.replace(b"http://www.w3.org", b"")  # nothing from elsewhere
    forms = {model["name"]: model["form"] for model in ask("/models")[2]["models"]}
    assert forms["people"]["columns"][1] == {
        "name": "city", "kind": "category", "choices": ["Bonn", "Oslo", "Rome"]
    }  # fmt: skip
    assert forms["pictures"] == {
        "kind": "picture", "shape": [8, 8, 1], "files": True, "explains": True
    }  # fmt: skip


def test_a_new_model_is_taken_up_and_no_request_is_lost(
    models: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching.Watcher.__init__, "__defaults__", (0.1,))
    path = tmp_path / "numbers.ranvier"
    path.write_bytes(models["numbers"][0].read_bytes())
    X = np.random.default_rng(9).normal(size=(3, 5))
    with quickly():
        fitted(
            rv.FCNN(hidden=(16,), members=1, epochs=1, seed=5, verbose=0), X.repeat(20, 0),
            np.array(["a", "b", "c"] * 20),
        ).save(tmp_path / "other.ranvier")  # fmt: skip
    expected = {
        "1": models["numbers"][1].predict_proba(X).tolist(),
        "2": rv.load(tmp_path / "other.ranvier").predict_proba(X).tolist(),
    }
    with serving(path, watch=True) as served:
        found: list[tuple[int, Any]] = []
        ended = threading.Event()

        def client() -> None:
            while not ended.is_set():
                status, _, answer = served.ask("/predict", X.tolist())
                found.append((status, answer))

        threads = [threading.Thread(target=client) for _ in range(4)]
        for thread in threads:
            thread.start()
        broken = tmp_path / "broken"
        broken.write_bytes(b"not a model")
        os.replace(broken, path)
        until(lambda: any(line.get("event") == "model not taken up" for line in served.log()))
        os.replace(tmp_path / "other.ranvier", path)
        until(lambda: found[-1][1].get("version") == "2")
        ended.set()
        for thread in threads:
            thread.join()
    assert {status for status, _ in found} == {200}
    assert {answer["version"] for _, answer in found} == {"1", "2"}
    assert all(a["probabilities"] == expected[a["version"]] for _, a in found)


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)]
)
def test_a_stop_under_load_loses_no_request(models: Any, number: int) -> None:
    path = models["numbers"][0]
    command = [sys.executable, "-m", "ranvier", "serve", str(path), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        _stop_under_load(process, number)


def _stop_under_load(process: subprocess.Popen[str], number: int) -> None:
    assert process.stderr is not None
    lines: list[str] = []
    port = 0
    for line in process.stderr:
        lines.append(line)
        if line.startswith("{") and json.loads(line).get("event") == "listening":
            port = int(json.loads(line)["url"].rsplit(":", 1)[1])
            break
    assert port, lines
    reader = threading.Thread(target=lambda: lines.extend(process.stderr))  # type: ignore[arg-type]
    reader.start()
    sent, answered, lost = [0] * 16, [0] * 16, [""] * 16

    def client(place: int) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.connect()
            while True:
                connection.request("POST", "/predict", json.dumps(GOOD))
                sent[place] += 1
                response = connection.getresponse()
                assert response.status == 200
                response.read()
                answered[place] += 1
                if response.getheader("connection") == "close":
                    return
        except Exception as error:
            lost[place] = repr(error)

    clients = [threading.Thread(target=client, args=(place,)) for place in range(16)]
    for thread in clients:
        thread.start()
    until(lambda: sum(answered) > 200)
    process.send_signal(number)
    for thread in clients:
        thread.join(PATIENCE)
    assert process.wait(PATIENCE) == 0
    reader.join(PATIENCE)
    assert lost == [""] * 16
    assert sent == answered
    with pytest.raises(OSError, match="refused"):
        HTTPConnection("127.0.0.1", port, timeout=5).connect()
    last = json.loads(lines[-1])
    assert (last["event"], last["requests"]) == ("stopped", sum(answered))


def test_another_uvicorn_is_served_with_too(models: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert exchange.KNOWN  # of the one that is installed, all that is used is there
    monkeypatch.delattr(exchange.httptools_impl, "RequestResponseCycle")
    assert not exchange.is_as_known()
    monkeypatch.undo()
    monkeypatch.setattr(exchange, "KNOWN", False)
    path, model = models["numbers"]
    rows = np.random.default_rng(5).normal(size=(3, 5))
    with serving(path) as served:
        for body in (rows.tolist(), {"rows": rows.tolist()}):
            status, _, found = served.ask("/predict", body)
            assert status == 200
            assert found["probabilities"] == model.predict_proba(rows).tolist()
        status, _, found = served.ask("/predict", [["x"]])
        assert (status, list(found)) == (400, ["error"])
