"""Models that answer otherwise than by classes: codes, pictures, texts, forecasts, steps."""

from __future__ import annotations

import base64
import io
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from PIL import Image

import ranvier as rv
from ranvier.serve import example_requests
from ranvier.serve.faults import Fault
from ranvier.serve.services import Service, service_of
from ranvier.serve.tensors import from_values

from .conftest import fitted, quickly

RANDOM = np.random.default_rng(0)


@pytest.fixture(scope="module", autouse=True)
def _quickly() -> Any:
    with quickly():
        yield


def _small() -> rv.RNN:
    return rv.RNN(recipe="textbook", units=(4,), epochs=1, verbose=0)


def warmed(model: Any) -> Service:
    service = service_of(model)
    service.warm()
    # What the description shows of a model is what the model takes.
    service.read_json(example_requests.plain(service))
    service.read_tensors({
        t["name"]: from_values(t["data"], t["datatype"], tuple(t["shape"]), t["name"])
        for t in example_requests.tensors(service)["inputs"]
    })  # fmt: skip
    return service


def _png(address: str) -> np.ndarray:
    kind, data = address.split(",")
    assert kind == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))


def test_an_autoencoder() -> None:
    X = RANDOM.normal(size=(60, 5))
    model = fitted(rv.Autoencoder(dimensions=2, hidden=(8,), epochs=1, verbose=0), X)
    service = warmed(model)
    assert [(t.name, t.datatype, t.shape) for t in service.gives] == [
        ("code", "FP32", (-1, 2)),
        ("score", "FP64", (-1,)),
    ]
    found = service.answer(service.read_json({"rows": X[:3].tolist()}))
    np.testing.assert_array_equal(found["code"], model.transform(X[:3]))
    np.testing.assert_array_equal(found["score"], model.score_samples(X[:3]))
    assert set(service.shown(found)) == {"codes", "scores"}
    assert service.batches


def test_a_generator_of_pictures() -> None:
    X = RANDOM.integers(0, 255, (40, 8, 8, 1)).astype(np.uint8)
    model = fitted(
        rv.GAN(recipe="textbook", conditional=True, filters=4, latent=4, epochs=1, verbose=0),
        X,
        np.array(["a", "b"] * 20),
    )
    service = warmed(model)
    assert [t.name for t in service.takes] == ["count", "seed", "label"]
    asked = {"count": np.array([3]), "label": np.array(["b"], object), "seed": np.array([7])}
    found = service.answer(service.read_tensors(asked))["picture"]
    expected = np.asarray(model.sample(3, label="b", seed=7)).reshape(3, 8, 8, 1)
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(_png(service.shown({"picture": found})["pictures"][1]),
                                  expected[1, ..., 0])  # fmt: skip
    for wrong in (
        {"count": 0}, {"count": 10**6}, {"count": True}, {"count": "1"}, {"seed": -1},
        {"label": "c"}, {"rows": []}, [],
    ):  # fmt: skip
        with pytest.raises(Fault) as caught:
            service.read_json(wrong)
        assert caught.value.status == 400


def test_super_resolution() -> None:
    X = RANDOM.integers(0, 255, (6, 24, 24, 3)).astype(np.uint8)
    model = fitted(
        rv.GAN(task="super_resolution", scale=2, epochs=1, filters=4, blocks=1, verbose=0), list(X)
    )
    service = warmed(model)
    picture = RANDOM.integers(0, 255, (10, 13, 3)).astype(np.uint8)
    expected = model.upscale(picture)
    found = service.answer(service.read_tensors({"picture": picture}))["picture"]
    np.testing.assert_array_equal(found, expected)
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    asked = service.read_files([("a.png", file.getvalue())], {})
    np.testing.assert_array_equal(_png(service.shown(service.answer(asked))["pictures"][0]),
                                  expected)  # fmt: skip
    np.testing.assert_array_equal(
        service.answer(service.read_json([picture.tolist()]))["picture"], expected
    )
    large = io.BytesIO()
    Image.new("L", (5000, 5000)).save(large, "PNG")
    for wrong, status in ((large.getvalue(), 413), (b"x", 400), (b"", 400)):
        with pytest.raises(Fault) as caught:
            service.read_files([("a.png", wrong)], {})
        assert caught.value.status == status


def test_a_model_of_language() -> None:
    text = "the cat sat on the mat. the dog sat on the log. " * 20
    model = fitted(
        rv.Transformer(task="language_model", layers=1, width=16, heads=1, context=16, epochs=1,
                       steps_per_epoch=5, verbose=0), [text]
    )  # fmt: skip
    service = warmed(model)
    how = {"max_tokens": 5, "temperature": 0.5, "seed": 3}
    expected = model.generate("the cat", **how)
    asked = service.read_json({"prompt": "the cat", **how})
    assert service.shown(service.answer(asked)) == {"text": expected}
    tensors = {
        "prompt": np.array(["the cat"], object), "max_tokens": np.array([5]),
        "temperature": np.array([0.5]), "seed": np.array([3]),
    }  # fmt: skip
    assert service.answer(service.read_tensors(tensors))["text"].tolist() == [expected]
    for wrong in ({"max_tokens": 10**6}, {"prompt": 7}, {"prompts": "x"}, {"seed": 1.5}):
        with pytest.raises(Fault):
            service.read_json(wrong)


def test_forecasts() -> None:
    days = pl.date_range(date(2024, 1, 1), date(2024, 4, 29), eager=True)
    frame = pl.DataFrame({"day": days, "sales": np.sin(np.arange(120) / 3.0) * 10 + 50})
    model = fitted(
        rv.RNN(recipe="textbook", horizon=4, context=8, units=(4,), epochs=1, verbose=0),
        frame,
        target="sales",
    )
    service = warmed(model)
    expected = model.forecast(4, source=frame[:60])["forecast"].to_list()
    rows = [{"day": str(row["day"]), "sales": row["sales"]} for row in frame[:60].to_dicts()]
    found = service.answer(service.read_json({"rows": rows, "horizon": 4}))
    assert found["forecast"].tolist() == expected
    found = service.answer(service.read_csv(frame[:60].write_csv().encode()))
    assert found["forecast"].tolist() == expected
    found = service.answer(service.read_tensors({"horizon": np.array([2])}))
    assert len(found["forecast"]) == 2


def test_sequences_and_labels_of_steps() -> None:
    rows = [RANDOM.normal(size=(3 + n % 4, 2)).astype(np.float32) for n in range(24)]
    model = fitted(_small(), rows, np.arange(24) % 2)
    service = warmed(model)
    found = service.answer(service.read_json([row.tolist() for row in rows[:5]]))
    np.testing.assert_array_equal(found["probabilities"], model.predict_proba(rows[:5]))
    for wrong in ([[1.0, 2.0, 3.0]], [[]], [[["a", "b"]]], [7], []):
        with pytest.raises(Fault):
            service.read_json(wrong)
    labels = [np.array(["up", "down"])[(row[:, 0] > 0).astype(int)] for row in rows]
    labeller = fitted(_small(), rows, labels)
    service = warmed(labeller)
    found = service.answer(service.read_json([row.tolist() for row in rows[:4]]))
    expected = [row.tolist() for row in labeller.predict(rows[:4])]
    assert service.shown(found) == {"predictions": expected}


Shop = tuple[Any, pl.DataFrame]


@pytest.fixture(scope="module")
def shop() -> Shop:
    """A model of texts with columns beside them, and their table."""
    table = pl.DataFrame({
        "text": [f"a text of several words {n % 3}, and number {n}" for n in range(40)],
        "price": RANDOM.normal(size=40),
        "shop": [("Rome", "Oslo")[n % 2] for n in range(40)],
    })  # fmt: skip
    return fitted(_small(), table, np.arange(40) % 2), table


def test_texts_with_columns_beside_them(shop: Shop) -> None:
    model, table = shop
    service = warmed(model)
    assert [t.name for t in service.takes] == ["inputs", "price", "shop"]
    expected = model.predict_proba(table[:3])
    rows = table[:3].to_dicts()
    asked = service.read_json(rows)
    np.testing.assert_array_equal(service.answer(asked)["probabilities"], expected)
    csv = table[:3].write_csv().encode()
    np.testing.assert_array_equal(
        service.answer(service.together([service.read_csv(csv), asked]))["probabilities"],
        np.concatenate([expected, expected]),
    )
    tensors = {
        "inputs": np.array(table["text"][:3].to_list(), object),
        "price": table["price"][:3].to_numpy(),
        "shop": np.array(table["shop"][:3].to_list(), object),
    }
    found = service.answer(service.read_tensors(tensors))["probabilities"]
    np.testing.assert_array_equal(found, expected)
    assert service.form()["beside"][0] == {"name": "price", "kind": "numeric"}
    assert service.explained(asked)["explained"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["a text"], 'an object with "text"'),
        ([{"price": 1.0}], 'an object with "text"'),
        ([{"text": "a", "prize": 1.0}], "prize"),
        ([{"text": "a", "price": "much"}], "price"),
    ],
)
def test_rows_that_do_not_suit_texts_with_columns(shop: Shop, rows: list[Any], said: str) -> None:
    with pytest.raises(Fault, match=said):
        service_of(shop[0]).read_json(rows)


def test_a_column_that_is_left_out_is_missing(shop: Shop) -> None:
    model, table = shop
    service = service_of(model)
    asked = service.read_json([{"text": table["text"][0]}])
    empty = table[:1].with_columns(price=None, shop=None).cast({"price": float, "shop": str})
    np.testing.assert_array_equal(
        service.answer(asked)["probabilities"], model.predict_proba(empty)
    )
    some = {"inputs": np.array(["a", "b"], object), "price": np.array([1.0])}
    with pytest.raises(Fault, match="as many rows of columns as texts: 1 and 2"):
        service.read_tensors(some)


def _of_pictures(folder: Path, **columns: Any) -> Any:
    """A model of 20 pictures with columns beside them, read from a table."""
    for n in range(20):
        array = RANDOM.integers(0, 255, (8, 8, 1)).astype(np.uint8)
        Image.fromarray(array[..., 0]).save(folder / f"{n}.png")
    pl.DataFrame({
        "file": [str(folder / f"{n}.png") for n in range(20)],
        **columns,
        "kind": [("a", "b")[n % 2] for n in range(20)],
    }).write_csv(folder / "table.csv")  # fmt: skip
    data = rv.read(str(folder / "table.csv"), target="kind")
    return fitted(rv.CNN(recipe="textbook", filters=(4,), epochs=1, verbose=0), data)


def test_pictures_with_columns_beside_them(tmp_path: Path) -> None:
    weights = RANDOM.normal(size=20)
    service = warmed(_of_pictures(tmp_path, weight=weights))
    assert [t.name for t in service.takes] == ["inputs", "columns"]
    content = (tmp_path / "3.png").read_bytes()
    asked = service.read_files([("3.png", content)], {"weight": repr(float(weights[3]))})
    pixels = np.asarray(Image.open(tmp_path / "3.png")).tolist()
    same = service.read_json([{"picture": pixels, "weight": float(weights[3])}])
    found = service.answer(asked)["probabilities"]
    np.testing.assert_array_equal(found, service.answer(same)["probabilities"])
    with pytest.raises(Fault, match="height"):
        service.read_files([("3.png", content)], {"height": "3"})


def test_columns_that_are_called_like_something_else_in_a_request(tmp_path: Path) -> None:
    words, numbers = ["u", "v"] * 10, RANDOM.normal(size=20)
    model = _of_pictures(
        tmp_path, picture=numbers, inputs=words, **{"column inputs": numbers[::-1]}
    )
    service = warmed(model)
    names = ["column picture", "column column inputs", "column inputs"]
    assert [t.name for t in service.takes] == ["inputs", *names]
    assert [column["name"] for column in service.form()["beside"]] == names
    expected = model.predict_proba(rv.read(str(tmp_path / "table.csv"), target="kind"))[:2]
    pixels = np.stack([np.asarray(Image.open(tmp_path / f"{n}.png")) for n in range(2)])
    columns = [numbers[:2], np.array(words[:2], object), numbers[::-1][:2]]
    asked = service.read_tensors({"inputs": pixels, **dict(zip(names, columns, strict=True))})
    np.testing.assert_array_equal(service.answer(asked)["probabilities"], expected)
    cells = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    rows = [{"picture": p.tolist()} | c for p, c in zip(pixels, cells, strict=True)]
    asked = service.read_json(rows)
    np.testing.assert_array_equal(service.answer(asked)["probabilities"], expected)
    content = (tmp_path / "0.png").read_bytes()
    fields = {name: str(cell) for name, cell in cells[0].items()}
    found = service.answer(service.read_files([("0.png", content)], fields))["probabilities"]
    np.testing.assert_array_equal(found, expected[:1])


def test_columns_beside_pictures_of_which_none_is_used(tmp_path: Path) -> None:
    model = _of_pictures(tmp_path, shop=["Rome"] * 20)
    service = warmed(model)
    expected = model.predict_proba(rv.read(str(tmp_path / "table.csv"), target="kind"))[:2]
    pixels = [np.asarray(Image.open(tmp_path / f"{n}.png")).tolist() for n in range(2)]
    asked = service.read_json([{"picture": pixels[0], "shop": "Rome"}, {"picture": pixels[1]}])
    np.testing.assert_array_equal(service.answer(asked)["probabilities"], expected)


def test_rows_with_all_columns_of_training(shop: Shop) -> None:
    table = shop[1].with_columns(land=pl.lit("Italy"))
    beside = service_of(fitted(_small(), table, np.arange(40) % 2))
    assert beside.count(beside.read_json(table[:2].to_dicts())) == 2
    table = table.drop("price", "shop")
    alone = service_of(fitted(_small(), table, np.arange(40) % 2))
    rows = table[:2].to_dicts()
    assert alone.read_json(rows) == alone.read_json(table["text"][:2].to_list())
    with pytest.raises(Fault, match='There is no column "txt"; the texts are text'):
        alone.read_json([{"txt": "a text", "land": "Italy"}])


def test_a_table_of_dates() -> None:
    days = pl.date_range(date(2024, 1, 1), date(2024, 4, 29), eager=True)
    frame = pl.DataFrame({"sold": days.reverse(), "made": days.dt.strftime("%d.%m.%Y")})
    model = fitted(rv.FCNN(hidden=(4,), members=1, epochs=1, verbose=0), frame, np.arange(120) % 2)
    service = warmed(model)
    assert [c["example"] for c in service.form()["columns"]] == ["2024-05-31", "31.05.2024"]
