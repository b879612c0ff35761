"""What is answered is what the model itself predicts, whoever else asks at the same time."""

from __future__ import annotations

import io
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from PIL import Image

import ranvier as rv

from .conftest import Ask, Served, people


def test_rows_of_numbers(ask: Ask, models: Any) -> None:
    model, X = models["numbers"][1], np.random.default_rng(1).normal(size=(7, 5))
    status, headers, found = ask("/models/numbers/predict", {"rows": X.tolist()})
    assert (status, found["model"], found["version"]) == (200, "numbers", "1")
    assert found["predictions"] == model.predict(X).tolist()
    assert found["probabilities"] == model.predict_proba(X).tolist()  # bit for bit
    assert found["classes"] == model.classes_.tolist()
    assert headers["x-request-id"]


def test_many_clients_with_different_numbers_of_rows(served: Served, models: Any) -> None:
    model, random = models["numbers"][1], np.random.default_rng(2)
    requests = [random.normal(size=(1 + n % 13, 5)) for n in range(150)]
    expected = [model.predict_proba(X).tolist() for X in requests]

    def one(X: np.ndarray) -> Any:
        return served.ask("/models/numbers/predict", {"rows": X.tolist()})[2]["probabilities"]

    with ThreadPoolExecutor(24) as pool:
        assert list(pool.map(one, requests)) == expected
    text = served.ask("/metrics")[2].decode()
    batches = _metric(text, 'ranvier_batch_rows_count{model="numbers"}')
    assert batches < _metric(text, 'ranvier_batched_requests_total{model="numbers"}')


def _metric(text: str, name: str) -> float:
    return next(float(line.split()[-1]) for line in text.splitlines() if line.startswith(name))


def test_more_rows_than_a_batch(ask: Ask, models: Any) -> None:
    X = np.random.default_rng(4).normal(size=(700, 5))
    found = ask("/models/numbers/predict", X.tolist())[2]
    assert found["probabilities"] == models["numbers"][1].predict_proba(X).tolist()


def test_a_table_of_several_kinds(ask: Ask, models: Any) -> None:
    frame = people(9)
    expected = models["people"][1].predict(rv.Dataset(frame)).tolist()
    rows = [{n: v if n != "since" else str(v) for n, v in row.items()} for row in frame.to_dicts()]
    assert ask("/models/people/predict", {"rows": rows})[2]["predictions"] == expected
    lists = [list(row.values()) for row in rows]
    assert ask("/models/people/predict", lists)[2]["predictions"] == expected
    table = frame.write_csv().encode()
    assert ask("/models/people/predict", table, "text/csv")[2]["predictions"] == expected


def test_absent_columns_are_missing_values(ask: Ask, models: Any) -> None:
    frame = people(3)
    with pytest.warns(rv.DataWarning):
        expected = models["people"][1].predict(rv.Dataset(frame.select("age"))).tolist()
    rows = frame.select("age").to_dicts()
    assert ask("/models/people/predict", {"rows": rows})[2]["predictions"] == expected


def test_dates_of_one_request_do_not_change_how_others_are_read(models: Any) -> None:
    from ranvier.serve.services import service_of

    service = service_of(models["people"][1])
    day = service.read_json([{"since": "2024-05-03"}])
    moment = service.read_json([{"since": "2024-05-03T22:00:00"}])
    alone = [service.answer(asked)["prediction"][0] for asked in (day, moment)]
    assert service.answer(service.together([day, moment]))["prediction"].tolist() == alone


def test_pictures_as_numbers_and_as_files(ask: Ask, models: Any) -> None:
    X = np.random.default_rng(5).integers(0, 255, (2, 8, 8, 1)).astype(np.uint8)
    expected = models["pictures"][1].predict_proba(X).tolist()
    assert ask("/models/pictures/predict", X.tolist())[2]["probabilities"] == expected
    files = []
    for picture in X:
        file = io.BytesIO()
        Image.fromarray(picture[..., 0]).save(file, "PNG")
        files.append(file.getvalue())
    found = ask("/models/pictures/predict", files[0], "image/png")[2]
    assert found["probabilities"] == expected[:1]
    form = b"".join(
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="%d.png"\r\n'
        b"Content-Type: image/png\r\n\r\n%s\r\n" % (n, data)
        for n, data in enumerate(files)
    )
    found = ask("/models/pictures/predict", form + b"--b--\r\n", "multipart/form-data; boundary=b")
    assert found[2]["probabilities"] == expected


def test_texts(ask: Ask, models: Any) -> None:
    texts = ["kind and good", "cold", "words " * 40]
    expected = models["words"][1].predict_proba(texts).tolist()
    assert ask("/models/words/predict", {"rows": texts})[2]["probabilities"] == expected


def test_packed_bodies(ask: Ask, models: Any) -> None:
    import gzip
    import zlib

    rows = json.dumps([[0.0] * 5]).encode()
    plain = ask("/models/numbers/predict", rows)[2]
    for name, packed in (("gzip", gzip.compress(rows)), ("deflate", zlib.compress(rows))):
        assert ask("/models/numbers/predict", packed, Content_Encoding=name)[2] == plain


@pytest.mark.parametrize("name", ["numbers", "pictures", "words"])
def test_why(ask: Ask, name: str) -> None:
    rows = {"numbers": [[0.5] * 5], "pictures": [[[3] * 8] * 8], "words": ["good and kind"]}[name]
    status, _, found = ask(f"/models/{name}/explain", {"rows": rows})
    assert status == 200
    assert found["unit"] == "logit of the class"
    assert {"effects", "picture", "html"} & set(found)


def test_a_new_number_of_rows_compiles_nothing(models: Any) -> None:
    import jax

    from ranvier.serve.services import service_of

    for name, rows in (("numbers", [[0.0] * 5]), ("words", ["good and kind"])):
        service = service_of(models[name][1])
        service.warm()
        compiled: list[str] = []
        jax.monitoring.register_event_duration_secs_listener(
            lambda event, *_, told=compiled, **__: told.append(event)
        )
        for count in (1, 3, 65, 500, 600):
            service.answer(service.read_json(rows * count))
        assert not [event for event in compiled if "compile" in event], (name, compiled)
