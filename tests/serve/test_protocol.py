"""The Open Inference Protocol, asked by the client that others wrote for it, and by hand."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
import pytest
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

from ranvier.serve.tensors import DTYPES, from_bytes, from_values, to_bytes

from .conftest import Ask, Served, people


@pytest.fixture
def client(served: Served) -> Any:
    found = triton.InferenceServerClient(f"127.0.0.1:{served.port}")
    yield found
    found.close()


def _input(name: str, array: np.ndarray, datatype: str, *, binary: bool = True) -> Any:
    found = triton.InferInput(name, list(array.shape), datatype)
    found.set_data_from_numpy(array, binary_data=binary)
    return found


def test_health_and_metadata(client: Any) -> None:
    assert client.is_server_live()
    assert client.is_server_ready()
    assert client.is_model_ready("numbers")
    assert client.is_model_ready("numbers", "1")
    assert not client.is_model_ready("numbers", "7")
    assert client.get_server_metadata()["extensions"] == ["binary_tensor_data"]
    found = client.get_model_metadata("numbers")
    assert found["inputs"] == [{"name": "inputs", "datatype": "FP64", "shape": [-1, 5]}]
    assert [(t["name"], t["datatype"], t["shape"]) for t in found["outputs"]] == [
        ("prediction", "BYTES", [-1]),
        ("probabilities", "FP64", [-1, 3]),
    ]
    columns = {t["name"]: t["datatype"] for t in client.get_model_metadata("people")["inputs"]}
    assert columns == {"age": "FP64", "city": "BYTES", "member": "BYTES", "since": "BYTES"}
    assert client.get_model_metadata("pictures")["inputs"][0]["shape"] == [-1, 8, 8, 1]
    assert client.get_model_metadata("words")["inputs"][0]["datatype"] == "BYTES"


@pytest.mark.parametrize("binary", [True, False])
@pytest.mark.parametrize("datatype", ["FP32", "FP64", "INT64", "INT32", "UINT8", "BOOL"])
def test_inference(client: Any, models: Any, datatype: str, binary: bool) -> None:
    X = np.array([[0, 1, 1, 0, 1], [1, 1, 0, 0, 0]]).astype(DTYPES[datatype])
    wanted = [
        triton.InferRequestedOutput(name, binary_data=binary)
        for name in ("probabilities", "prediction")
    ]
    given = [_input("inputs", X, datatype, binary=binary)]
    found = client.infer("numbers", given, outputs=wanted, request_id="seven")
    expected = models["numbers"][1].predict_proba(X.astype(np.float64))
    np.testing.assert_array_equal(found.as_numpy("probabilities"), expected)
    labels = [v.decode() if isinstance(v, bytes) else v for v in found.as_numpy("prediction")]
    assert labels == models["numbers"][1].predict(X.astype(np.float64)).tolist()
    answer = found.get_response()
    assert (answer["id"], answer["model_version"]) == ("seven", "1")
    assert [tensor["name"] for tensor in answer["outputs"]] == ["probabilities", "prediction"]


def test_columns_pictures_and_texts(client: Any, models: Any) -> None:
    frame = people(4)
    given = [
        _input("age", frame["age"].fill_null(float("nan")).to_numpy(), "FP64"),
        _input("city", frame["city"].to_numpy().astype(object), "BYTES"),
        _input("member", np.array([str(v) for v in frame["member"]], object), "BYTES"),
        _input("since", np.array([str(v) for v in frame["since"]], object), "BYTES"),
    ]
    found = client.infer("people", given, model_version="1").as_numpy("prediction")
    import ranvier as rv

    np.testing.assert_array_equal(found, models["people"][1].predict(rv.Dataset(frame)))
    X = np.random.default_rng(0).integers(0, 255, (3, 8, 8, 1)).astype(np.uint8)
    found = client.infer("pictures", [_input("inputs", X, "UINT8")]).as_numpy("prediction")
    np.testing.assert_array_equal(found, models["pictures"][1].predict(X))
    texts = np.array(["good and kind", "größer 漢字"], object)
    found = client.infer("words", [_input("inputs", texts, "BYTES")]).as_numpy("probabilities")
    np.testing.assert_array_equal(found, models["words"][1].predict_proba(texts.tolist()))


def test_packed_requests(client: Any) -> None:
    given = [_input("inputs", np.zeros((1, 5)), "FP64")]
    for how in ("gzip", "deflate"):
        found = client.infer("numbers", given, request_compression_algorithm=how)
        assert found.as_numpy("probabilities").shape == (1, 3)


def test_the_client_is_told_what_is_wrong(client: Any) -> None:
    with pytest.raises(InferenceServerException, match=r"\(N, 5\)"):
        client.infer("numbers", [_input("inputs", np.zeros((1, 4)), "FP64")])
    with pytest.raises(InferenceServerException, match='no tensor "input"; it takes "inputs"'):
        client.infer("numbers", [_input("input", np.zeros((1, 5)), "FP64")])
    with pytest.raises(InferenceServerException, match=r'There is no model "number".*Nearest'):
        client.infer("number", [_input("inputs", np.zeros((1, 5)), "FP64")])


TENSOR = {"name": "inputs", "shape": [1, 5], "datatype": "FP64", "data": [0, 0, 0, 0, 0]}


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ([], "must be a JSON object"),
        ({}, 'must have "inputs"'),
        ({"inputs": {}}, 'must have "inputs"'),
        ({"inputs": [3]}, "an object with a name"),
        ({"inputs": [TENSOR, TENSOR]}, "is there twice"),
        ({"inputs": [TENSOR | {"shape": [-1, 5]}]}, "whole numbers"),
        ({"inputs": [TENSOR | {"shape": [1e9, 5]}]}, "whole numbers"),
        ({"inputs": [TENSOR | {"shape": [2, 5]}]}, "must hold 10 values; got 5"),
        ({"inputs": [TENSOR | {"shape": [10**12, 10**12]}]}, "values; got 5"),
        ({"inputs": [TENSOR | {"shape": [0, 5], "data": []}]}, "at least one row"),
        ({"inputs": [TENSOR | {"datatype": "FP31"}]}, "known are BOOL"),
        ({"inputs": [TENSOR | {"datatype": None}]}, "has no datatype"),
        ({"inputs": [TENSOR | {"datatype": "UINT8", "data": [1, 2, 3, 4, 300]}]}, "cannot hold"),
        ({"inputs": [TENSOR | {"datatype": "INT64", "data": [1.5, 2, 3, 4, 5]}]}, "must hold int"),
        ({"inputs": [TENSOR | {"datatype": "BYTES", "data": ["a"] * 5}]}, "must hold numbers"),
        ({"inputs": [TENSOR | {"data": [1, 2, 3, 4, "x"]}]}, "must hold numbers"),
        ({"inputs": [TENSOR | {"data": [[1, 2], [3]]}]}, "rows of like length"),
        ({"inputs": [TENSOR | {"data": 7}]}, "must be a list"),
        ({"inputs": [TENSOR | {"data": [0, 0, 0, 0, 1e999]}]}, "must be JSON|finite"),
        ({"inputs": [TENSOR], "outputs": [{"name": "x"}]}, 'no output "x"; it gives prediction'),
        ({"inputs": [TENSOR], "outputs": [7]}, "outputs must be an object"),
        ({"inputs": [TENSOR], "id": 7}, "id must be a string"),
        ({"inputs": [TENSOR], "parameters": 7}, "must be an object"),
        ({"inputs": [TENSOR | {"parameters": {"binary_data_size": 8}}]}, "announces 8 bytes"),
    ],
)
def test_what_the_protocol_does_not_know(ask: Ask, asked: Any, words: str) -> None:
    status, _, found = ask("/v2/models/numbers/infer", asked)
    assert status == 400
    assert set(found) == {"error"}
    import re

    assert re.search(words, found["error"]), found


@pytest.mark.parametrize("length", ["x", "-1", "999999", "10"])
def test_a_wrong_length_of_the_header(ask: Ask, length: str) -> None:
    body = json.dumps({"inputs": [TENSOR]}).encode()
    status, _, _ = ask("/v2/models/numbers/infer", body, Inference_Header_Content_Length=length)
    assert status == 400


def test_tensors_go_there_and_back() -> None:
    for name, dtype in DTYPES.items():
        array = np.array([[0, 1, 1]]).astype(dtype)
        raw = memoryview(to_bytes(array))
        np.testing.assert_array_equal(from_bytes(raw, name, (1, 3), "t"), array)
        np.testing.assert_array_equal(from_values(array.tolist(), name, (1, 3), "t"), array)
    texts = np.array(["", "é", "x" * 300], object)
    assert from_bytes(memoryview(to_bytes(texts)), "BYTES", (3,), "t").tolist() == texts.tolist()
    assert to_bytes(np.array(["é"], object)) == struct.pack("<I", 2) + "é".encode()


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xff\xff\xff", b"\x02\0\0\0a", b"\x01\0\0\0aa", b"\x01\0\0\0\xff"]
)
def test_damaged_texts(data: bytes) -> None:
    from ranvier.serve.faults import Fault

    with pytest.raises(Fault) as caught:
        from_bytes(memoryview(data), "BYTES", (1,), "t")
    assert caught.value.status == 400
