"""Whatever clients send, they are told what is wrong, and others do not notice."""

from __future__ import annotations

import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from ranvier.serve import explaining

from .conftest import PATIENCE, Ask, Served, serving, until

GOOD = {"rows": [[0.5] * 5]}


@pytest.mark.parametrize(
    ("model", "body", "words"),
    [
        ("numbers", b"{", "must be JSON"),
        ("numbers", b"", "must be JSON"),
        ("numbers", b"\xff\xfe", "must be JSON"),
        ("numbers", b"[[NaN, 1, 2, 3, 4]]", "must be JSON"),
        ("numbers", b"7", "must be a list; got a number"),
        ("numbers", b"null", "must be a list; got null"),
        ("numbers", b'{"row": []}', 'Expected {"rows": [...]}'),
        ("numbers", b'{"rows": 3}', "must be a list"),
        ("numbers", b"[]", "must be"),
        ("numbers", b"[[1, 2]]", "(N, 5)"),
        ("numbers", b"[[1, 2, 3, 4, 5], [1]]", "row 1 is not"),
        ("numbers", b"[[[1, 2, 3, 4, 5]]]", "(N, 5)"),
        ("numbers", b'[[1, 2, 3, 4, "V"]]', "Column \"x4\" must hold numbers; row 0 holds 'V'"),
        ("numbers", b'[{"x0": 1, "y": 2}]', 'no column "y"'),
        ("numbers", b'[{}]', "none of the 5 columns"),
        ("numbers", b'[{"x0": 1}, 7]', "must be an object"),
        ("numbers", b"[" * 5000 + b"]" * 5000, "must be"),
        ("people", b'[{"age": "old"}]', "Column \"age\" must hold numbers; row 0 holds 'old'"),
        ("people", b'[{"ages": 3}]', 'no column "ages". Nearest: "age"'),
        ("people", b'[{"age": [3]}]', 'Column "age" must hold numbers'),
        ("people", b'[{"member": "perhaps"}]', "must hold true or false"),
        ("people", b'[{"since": "yesterday"}]', "must hold dates"),
        ("people", b"[[1, 2]]", "the 4 columns of training; row 0 holds 2"),
        ("people", b"[3]", "must be an object or a list"),
        ("pictures", b"[[[1, 2], [3, 4]]]", "pictures of 8×8×1"),
        ("pictures", b'["cat.png"]', "hold numbers"),
        ("pictures", b"[[[300.5, 0, 0, 0, 0, 0, 0, 0], 3]]", "numbers"),
        ("words", b"[3]", "must be a text; row 0 is not"),
        ("words", b'[{"text": "x"}]', "is an object"),
    ],
)  # fmt: skip
def test_bodies(ask: Ask, model: str, body: bytes, words: str) -> None:
    status, _, found = ask(f"/models/{model}/predict", body)
    assert status == 400, found
    assert words in found["error"]
    assert "\n" not in found["error"]


@pytest.mark.parametrize(
    ("model", "kind", "body", "status", "words"),
    [
        ("numbers", "text/csv", b"", 400, "is empty"),
        ("numbers", "text/csv", b"x0,x1\n", 400, "no rows"),
        ("numbers", "text/csv", b"x0,x1\n1\n", 400, "has 1 fields"),
        ("numbers", "text/csv", b"x0,y\n1,2\n", 400, 'no column "y"'),
        ("numbers", "text/csv", b"\xff\xff", 400, "UTF-8"),
        ("numbers", "application/xml", b"<a/>", 415, "application/json"),
        ("numbers", "image/png", b"x", 415, "not files"),
        ("pictures", "text/csv", b"a\n1\n", 415, "CSV cannot hold"),
        ("pictures", "image/png", b"<html>", 400, "begins like HTML"),
        ("pictures", "image/png", b"", 400, "is empty"),
        ("pictures", "image/png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, 400, "The file "),
        ("pictures", "multipart/form-data", b"", 400, "no boundary"),
        ("pictures", "multipart/form-data; boundary=b", b"--c", 400, "damaged"),
        ("pictures", "multipart/form-data; boundary=b", b"--b--\r\n", 400, "no file"),
        ("words", "text/plain", b"\xff\xff", 400, "UTF-8"),
    ],
)
def test_other_kinds(ask: Ask, model: str, kind: str, body: bytes, status: int, words: str) -> None:
    found = ask(f"/models/{model}/predict", body, kind)
    assert (found[0], words in found[2]["error"]) == (status, True), found


def test_addresses(ask: Ask) -> None:
    assert ask("/predict", GOOD)[0] == 404  # several models are served
    assert ask("/models/nobody/predict", GOOD)[0] == 404
    assert ask("/nowhere")[2] == {"error": "There is no GET /nowhere: see /docs."}
    status, headers, _ = ask("/models/numbers/predict")
    assert (status, headers["allow"]) == (405, "POST")
    assert ask("/v2/models/numbers/versions/2/infer", {})[0] == 404


def test_one_bad_request_does_not_hurt_its_neighbours(served: Served, models: Any) -> None:
    X = np.random.default_rng(7).normal(size=(60, 5))
    expected = models["numbers"][1].predict_proba(X).tolist()

    def one(number: int) -> Any:
        bad = number % 3 == 0
        rows = [[1.0, 2.0, "x", 4.0, 5.0]] if bad else [X[number].tolist()]
        status, _, found = served.ask("/models/numbers/predict", rows)
        return status if bad else found["probabilities"][0]

    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(one, range(60)))
    assert found == [400 if n % 3 == 0 else expected[n] for n in range(60)]


def test_rows_that_fail_in_the_network_fail_alone(models: Any) -> None:
    from ranvier.errors import DataError
    from ranvier.serve.hosting import opened
    from ranvier.serve.lanes import answers

    class Picky:
        """The model's own service, but for one row that it cannot stand."""

        def __init__(self, service: Any) -> None:
            self._service = service

        def __getattr__(self, name: str) -> Any:
            return getattr(self._service, name)

        def answer(self, asked: Any) -> Any:
            if (asked == 13.0).any():
                raise DataError("thirteen")
            return self._service.answer(asked)

    hosted = opened("numbers", models["numbers"][0])
    object.__setattr__(hosted, "service", Picky(hosted.service))
    asked = [np.full((2, 5), value) for value in (1.0, 13.0, 2.0)]
    found = answers(hosted, asked)
    assert isinstance(found[1], DataError)
    for place in (0, 2):
        expected = models["numbers"][1].predict_proba(asked[place])
        np.testing.assert_array_equal(found[place]["probabilities"], expected)


def test_too_large(models: Any) -> None:
    with serving(models["numbers"][0], max_body=10_000) as served:
        status, _, found = served.ask("/predict", b"[" + b" " * 20_000 + b"]")
        assert status == 413
        assert "10,000 bytes" in found["error"]
        with served.raw() as client:  # without a length
            client.sendall(
                b"POST /predict HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            client.sendall(b"1000\r\n" + b" " * 4096 + b"\r\n" + b"2000\r\n" + b" " * 8192)
            assert b" 413 " in client.recv(4096).split(b"\r\n")[0]
        import gzip

        bomb = gzip.compress(b" " * 5_000_000)
        assert served.ask("/predict", bomb, Content_Encoding="gzip")[0] == 413
        assert served.ask("/predict", b"x", Content_Encoding="br")[0] == 415
        assert served.ask("/predict", gzip.compress(b"[]")[:-4], Content_Encoding="gzip")[0] == 400
        assert served.ask("/predict", GOOD)[0] == 200


def test_many_large_bodies_at_once(models: Any) -> None:
    with serving(models["numbers"][0], max_body=10_000) as served:
        room = served.server.app._room  # type: ignore[union-attr]
        clients = [served.raw() for _ in range(4)]
        for client in clients:
            client.sendall(b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 9990\r\n\r\n")
            client.sendall(b" " * 9_900)
        until(lambda: room.held == 4 * 9_900)
        status, headers, _ = served.ask("/predict", b" " * 5_000)
        assert (status, headers["retry-after"]) == (503, "1")
        for client in clients:
            client.close()
        until(lambda: room.held == 0)
        assert served.ask("/predict", GOOD)[0] == 200


def test_clients_that_stop_sending_are_cut_off(models: Any) -> None:
    with serving(models["numbers"][0], timeout_s=0.5) as served:
        _answers_take_their_time(served)
        body, head, silent = served.raw(), served.raw(), served.raw()
        body.sendall(b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n[[1")
        head.sendall(b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-")
        assert served.ask("/predict", GOOD)[0] == 200  # others are answered meanwhile
        assert b" 408 " in body.recv(4096).split(b"\r\n")[0]
        assert _ends(body)
        assert _ends(head)
        assert _ends(silent)
        assert served.ask("/predict", GOOD)[0] == 200


def _answers_take_their_time(served: Served) -> None:
    """Only what clients do is to be late in a test, not what a busy machine computes."""
    served.server.app.batcher._timeout = PATIENCE  # type: ignore[union-attr]


def _ends(client: Any) -> bool:
    with client:
        try:
            while client.recv(4096):
                pass
        except ConnectionResetError:
            pass
        return True


def test_clients_that_take_no_answer_are_cut_off(models: Any) -> None:
    """An answer larger than what the system keeps for a connection, so that the server waits."""
    with serving(models["numbers"][0], timeout_s=PATIENCE) as served:
        # Accepted connections have it from the one that listens.
        served.server._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        body = json.dumps([[0.25] * 5] * 8_000).encode()
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.settimeout(PATIENCE)
            client.connect(("127.0.0.1", served.port))
            head = b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
            client.sendall(head + body)
            connections = served.server.server_state.connections
            until(lambda: any(c.full is not None for c in connections))
            served.server._cut_off._seconds = 0.1
            until(lambda: not connections)
        assert served.ask("/predict", GOOD)[0] == 200


def test_a_hundred_slow_clients_hold_up_nobody(models: Any) -> None:
    body = b'{"rows": [[0.5, 0.5, 0.5, 0.5, 0.5]]}'
    head = b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
    with serving(models["numbers"][0], timeout_s=PATIENCE, max_delay_ms=1.0) as served:
        clients = [served.raw() for _ in range(100)]
        batcher = served.server.app.batcher  # type: ignore[union-attr]
        for client in clients:
            client.sendall(head)
        until(lambda: batcher.receiving == 100)
        for place in range(len(body)):
            for client in clients:
                client.sendall(body[place : place + 1])
            if place < 10:  # while none of them has sent its last byte
                assert served.ask("/predict", GOOD)[0] == 200
                assert batcher.receiving == 100
        for client in clients:
            assert client.recv(4096).startswith(b"HTTP/1.1 200")
            client.close()


def _post(body: bytes, name: str) -> bytes:
    head = f"POST /models/numbers/predict HTTP/1.1\r\nHost: x\r\nX-Request-Id: {name}\r\n"
    return head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body


def test_many_requests_in_one_packet_are_answered_in_their_order(served: Served) -> None:
    good, bad = json.dumps(GOOD).encode(), b"[[1, 2]]"
    with served.raw() as client:
        client.sendall(b"".join(_post(bad if n % 3 else good, f"n{n}") for n in range(2_000)))
        found = b""
        while found.count(b"x-request-id: n") < 2_000 or not found.endswith(b"}"):
            more = client.recv(1 << 20)
            assert more
            found += more
    answers = found.split(b"HTTP/1.1 ")[1:]
    assert [int(answer[:3]) for answer in answers] == [400 if n % 3 else 200 for n in range(2_000)]
    for n, answer in enumerate(answers):
        assert b"x-request-id: n%d\r\n" % n in answer


def test_a_client_that_goes_or_talks_nonsense_hurts_nobody(served: Served) -> None:
    body = json.dumps(GOOD).encode()
    for rest in (b"", b"\x16\x03\x01 nonsense \r\n\r\n"):
        for _ in range(20):
            with served.raw() as client:
                client.sendall(_post(body, "gone") + rest)
        assert served.ask("/models/numbers/predict", GOOD)[0] == 200
    until(lambda: served.server.app.active == 0)  # type: ignore[union-attr]
    assert not any(line.get("event") == "failure" for line in served.log())


def _holding(service: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Let a service compute no sooner than the event is set."""
    held, compute = threading.Event(), getattr(service, name)

    def waits(asked: Any) -> Any:
        held.wait(PATIENCE)
        return compute(asked)

    monkeypatch.setattr(service, name, waits)
    return held


def test_an_answer_that_nobody_waits_for(models: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(models["numbers"][0], timeout_s=PATIENCE) as served:
        hosted = served.server.models.only()
        held = _holding(hosted.service, "answer", monkeypatch)
        with served.raw() as client:
            client.sendall(_post(json.dumps(GOOD).encode(), "gone"))
            until(lambda: not served.server.app.batcher.idle)  # type: ignore[union-attr]
        until(lambda: not served.server.server_state.connections)
        held.set()
        until(lambda: served.server.app.active == 0)  # type: ignore[union-attr]
        text = served.ask("/metrics")[2].decode()
        assert '{route="POST /models/{name}/predict",status="499"} 1.0' in text
    assert [line["status"] for line in served.log() if line.get("request") == "gone"] == [499]


def test_no_more_explanations_wait_than_may(models: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explaining, "MOST_EXPLAINED", 1)
    body = json.dumps(GOOD).encode()
    head = b"POST /models/numbers/explain HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
    with serving(models["numbers"][0], timeout_s=PATIENCE) as served:
        hosted = served.server.models.only()
        held = _holding(hosted.service, "explained", monkeypatch)
        first, second = served.raw(), served.raw()
        batcher = served.server.app.batcher  # type: ignore[union-attr]
        for client in (first, second):
            client.sendall(head % len(body) + body[:-1])
        until(lambda: batcher.receiving == 2)  # both were let in
        first.sendall(body[-1:])
        until(lambda: batcher.receiving == 1)
        second.sendall(body[-1:])
        assert second.recv(4096).startswith(b"HTTP/1.1 429")
        held.set()
        assert first.recv(1 << 16).startswith(b"HTTP/1.1 200")
        assert served.ask("/models/numbers/explain", GOOD)[0] == 200
        for client in (first, second):
            client.close()


def test_what_is_no_http_at_all(served: Served) -> None:
    for sent in (b"\x16\x03\x01\x02\0\x01\0", b"GET / HTTP/1.1\r\nX: " + b"x" * 300_000):
        with served.raw() as client:
            client.sendall(sent)
            answer = client.recv(4096)
            assert answer.startswith(b"HTTP/1.1 400 ")
            assert b'{"error":' in answer


def test_a_full_queue_says_so_at_once(models: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(models["numbers"][0], max_queue=2, timeout_s=PATIENCE) as served:
        hosted = served.server.models.only()
        held = _holding(hosted.service, "answer", monkeypatch)
        with ThreadPoolExecutor(3) as pool:
            first = pool.submit(served.ask, "/predict", GOOD)
            until(lambda: not served.server.app.batcher.idle)  # type: ignore[union-attr]
            more = [pool.submit(served.ask, "/predict", GOOD) for _ in range(2)]
            until(lambda: served.server.app.batcher.is_full(hosted))  # type: ignore[union-attr]
            status, headers, found = served.ask("/predict", GOOD)
            assert not held.is_set()
            assert (status, headers["retry-after"]) == (429, "1")
            assert "2 requests wait already" in found["error"]
            assert served.ask("/v2/health/live")[0] == 200
            held.set()
            assert [f.result(PATIENCE)[0] for f in (first, *more)] == [200, 200, 200]


def test_answers_that_take_too_long(models: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(models["numbers"][0], timeout_s=0.4) as served:
        hosted = served.server.models.only()
        held = _holding(hosted.service, "answer", monkeypatch)
        with ThreadPoolExecutor(2) as pool:
            found = list(pool.map(lambda _: served.ask("/predict", GOOD), range(2)))
        assert [status for status, _, _ in found] == [504, 504]
        _answers_take_their_time(served)
        held.set()
        until(lambda: served.server.app.batcher.idle)  # type: ignore[union-attr]
        assert served.ask("/predict", GOOD)[0] == 200


def test_failures_of_our_own_are_logged_and_not_told(
    models: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(models["numbers"][0]) as served:
        hosted = served.server.models.only()

        def fails(asked: Any) -> Any:
            raise ZeroDivisionError("secret")

        monkeypatch.setattr(hosted.service, "answer", fails)
        status, _, found = served.ask("/predict", GOOD)
        assert status == 500
        assert "secret" not in found["error"]
        until(lambda: any("ZeroDivisionError" in str(line.get("error")) for line in served.log()))
