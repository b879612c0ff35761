"""What is wrong with a published folder, and what the answer must say."""

from __future__ import annotations

import json
import pickle
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file, save_file

from tests.families.transformer.published.folders import copied, edit, tensors

BODY = "bert.embeddings.word_embeddings.weight"
WEIGHTS = "model.safetensors"


def bert(folder: Path) -> Path:
    return copied("bert-masked", folder)


def without(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).unlink()
    return folder


def written(folder: Path, name: str, content: bytes) -> Path:
    (folder / name).write_bytes(content)
    return folder


def pickled(folder: Path, name: str = "pytorch_model.bin") -> Path:
    return written(without(bert(folder), WEIGHTS), name, pickle.dumps({"a": 1}))


def header(folder: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """The weights with another header before the same data."""
    path = folder / WEIGHTS
    raw = path.read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    values = json.loads(raw[8 : 8 + length])
    change(values)
    text = json.dumps(values).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + raw[8 + length :])
    return folder


def longer(values: dict[str, Any]) -> None:
    """The last tensor claims 4 GiB."""
    last = max(values, key=lambda name: values[name].get("data_offsets", [0, 0])[1])
    begin = values[last]["data_offsets"][0]
    values[last] |= {"shape": [2**30], "data_offsets": [begin, begin + 2**32]}


def overlapping(values: dict[str, Any]) -> None:
    for entry in values.values():
        if "data_offsets" in entry:
            first, last = entry["data_offsets"]
            entry["data_offsets"] = [0, last - first]


def wrong_size(values: dict[str, Any]) -> None:
    values[BODY]["shape"] = [5, 5]


def sharded(folder: Path, **weight_map: str) -> Path:
    """The weights in one file that an index names, with changes of the index."""
    place = bert(folder)
    names = load_file(place / WEIGHTS)
    (place / WEIGHTS).rename(place / "part.safetensors")
    listed = dict.fromkeys(names, "part.safetensors") | weight_map
    index = json.dumps({"weight_map": listed})
    return written(place, f"{WEIGHTS}.index.json", index.encode())


def out_of_folder(folder: Path) -> Path:
    place = sharded(folder, **{BODY: "../part.safetensors"})
    shutil.copy(place / "part.safetensors", folder / "part.safetensors")
    return place


def with_nan(folder: Path) -> Path:
    place = bert(folder)
    held = load_file(place / WEIGHTS)
    held[BODY][3, 2] = np.nan
    save_file(held, place / WEIGHTS)
    return place


def more_tokens(folder: Path) -> Path:
    place = bert(folder)
    path = place / "tokenizer.json"
    state = json.loads(path.read_text())
    state["model"]["vocab"]["zebra"] = 24
    path.write_text(json.dumps(state))
    return place


def cut(folder: Path) -> Path:
    raw = (folder / WEIGHTS).read_bytes()
    return written(folder, WEIGHTS, raw[:-100])


def modules(folder: Path, kind: str, path: str = "1_Pooling") -> Path:
    place = copied("bert-sentences", folder)
    listed = [{"idx": 0, "name": "0", "path": path, "type": f"sentence_transformers.models.{kind}"}]
    return written(place, "modules.json", json.dumps(listed).encode())


# What is done to a folder, which is returned, and a part of the answer.
HOSTILE: dict[str, tuple[Callable[[Path], Path], str]] = {
    "no such folder": (lambda f: (bert(f), f / "bert-maskd")[1], 'Nearest: "bert-masked"'),
    "a file": (lambda f: bert(f) / WEIGHTS, "is a file; name the folder"),
    "no config": (lambda f: without(bert(f), "config.json"), r"has no config\.json"),
    "no weights": (lambda f: without(bert(f), WEIGHTS), r"has no weights .*it holds config\.json"),
    "a pickle": (pickled, r"pytorch_model\.bin, a Python pickle, which can run code"),
    "a checkpoint": (lambda f: pickled(f, "model.ckpt"), r"model\.ckpt, a Python pickle"),
    "Keras": (
        lambda f: written(without(bert(f), WEIGHTS), "tf_model.h5", b"\x89HDF"),
        r"tf_model\.h5, and only model\.safetensors is read",
    ),
    "config no JSON": (lambda f: written(bert(f), "config.json", b"{"), "is not valid JSON"),
    "config a list": (lambda f: written(bert(f), "config.json", b"[]"), "must hold a JSON object"),
    "unknown kind": (
        lambda f: edit(bert(f), model_type="albert"),
        'model_type must be one of bert, .*but is .albert.*Nearest: "bert"',
    ),
    "no kind": (lambda f: edit(bert(f), model_type=None), "but is None"),
    "lying vocabulary": (
        lambda f: edit(bert(f), vocab_size=25),
        rf"{BODY[5:]} must be .25, 8. by config\.json, but is .24, 8.",
    ),
    "lying width": (lambda f: edit(bert(f), hidden_size=16), "by config.json, but is"),
    "lying layers": (
        lambda f: edit(bert(f), num_hidden_layers=3),
        r"has no tensor encoder\.layer\.2\.",
    ),
    "fewer layers": (
        lambda f: edit(bert(f), num_hidden_layers=1),
        r"holds encoder\.layer\.1\..* does not have \(16 such\)",
    ),
    "endless layers": (lambda f: edit(bert(f), num_hidden_layers=10**6), "tells of 1,000,000 lay"),
    "enormous width": (lambda f: edit(bert(f), hidden_size=10**12), "from 1 to 16,777,216"),
    "heads that do not divide": (
        lambda f: edit(bert(f), num_attention_heads=3),
        "hidden_size must be a multiple of num_attention_heads 3, but is 8",
    ),
    "no width": (
        lambda f: edit(bert(f), hidden_size=None),
        "hidden_size must be a whole number, b",
    ),
    "width of text": (lambda f: edit(bert(f), hidden_size="8"), "but is '8'"),
    "width of truth": (lambda f: edit(bert(f), hidden_size=True), "but is True"),
    "unknown activation": (
        lambda f: edit(bert(f), hidden_act="mish"),
        "hidden_act must be one of gelu, gelu_new, .* but is 'mish'",
    ),
    "other positions": (
        lambda f: edit(bert(f), position_embedding_type="relative_key"),
        "position_embedding_type must be 'absolute', but is 'relative_key'",
    ),
    "other rotation": (
        lambda f: edit(copied("llama", f), rope_parameters={"rope_type": "yarn", "factor": 2.0}),
        "rope_type must be 'default' or 'llama3', but is 'yarn'",
    ),
    "negative epsilon": (lambda f: edit(bert(f), layer_norm_eps=-1), "be a number above 0"),
    "labels and classes": (
        lambda f: edit(copied("bert-classes", f), id2label={"0": "a"}),
        r"id2label must name the 3 classes of classifier\.weight",
    ),
    "missing tensor": (lambda f: tensors(bert(f), **{BODY: None}), "has no tensor embeddings"),
    "extra tensor": (
        lambda f: tensors(bert(f), bert__adapter__weight=np.zeros(3, np.float32)),
        r"holds adapter\.weight, which a bert",
    ),
    "tensor twice": (
        lambda f: tensors(bert(f), **{BODY[5:]: np.zeros((24, 8), np.float32)}),
        "twice, with and without 'bert.'",
    ),
    "differing twins": (
        lambda f: tensors(bert(f), cls__predictions__decoder__weight=np.ones((24, 8), np.float32)),
        r"decoder\.weight must equal embeddings\.word_embeddings\.weight by config",
    ),
    "whole numbers": (
        lambda f: tensors(bert(f), **{BODY: np.zeros((24, 8), np.int32)}),
        "has the element type I32; expected one of F64, F32",
    ),
    "NaN": (with_nan, "holds NaN or infinite numbers"),
    "cut": (lambda f: cut(bert(f)), "is cut short: its header tells of"),
    "empty": (lambda f: written(bert(f), WEIGHTS, b""), "is not a safetensors file"),
    "text": (lambda f: written(bert(f), WEIGHTS, b"hello, world"), "is not a safetensors file"),
    "long header": (
        lambda f: written(bert(f), WEIGHTS, struct.pack("<Q", 90 * 2**20) + b"{}"),
        "its header alone takes 90 MiB",
    ),
    "header no JSON": (
        lambda f: written(bert(f), WEIGHTS, struct.pack("<Q", 2) + b"{{"),
        "the header is not valid JSON",
    ),
    "header of numbers": (
        lambda f: written(bert(f), WEIGHTS, struct.pack("<Q", 7) + b'{"a":1}'),
        "a must have a dtype, a shape and data_offsets",
    ),
    "claims too much": (lambda f: header(bert(f), longer), "its header tells of 4 GiB"),
    "overlap": (lambda f: header(bert(f), overlapping), "does not begin where the tensor before"),
    "wrong size": (lambda f: header(bert(f), wrong_size), r"has the shape \(5, 5\) of F32"),
    "appended": (
        lambda f: written(bert(f), WEIGHTS, (f / "bert-masked" / WEIGHTS).read_bytes() + b"xx"),
        "has 2 bytes behind its last tensor",
    ),
    "out of the folder": (out_of_folder, r"names '\.\./part\.safetensors', which is no"),
    "a shard missing": (lambda f: sharded(f, **{BODY: "b.safetensors"}), "which is missing"),
    "a tensor elsewhere": (lambda f: sharded(f, other="part.safetensors"), "says that other lies"),
    "index no map": (
        lambda f: written(without(bert(f), WEIGHTS), f"{WEIGHTS}.index.json", b"{}"),
        'must tell under "weight_map"',
    ),
    "no tokenizer": (
        lambda f: without(bert(f), "tokenizer.json"),
        r"has no tokenizer\.json: download",
    ),
    "more tokens than rows": (more_tokens, "numbers its tokens up to 24, and the weights have 24"),
    "tokenizer no JSON": (
        lambda f: written(bert(f), "tokenizer.json", b"x"),
        "tokenizer.json is not valid JSON",
    ),
    "foreign tokenizer": (
        lambda f: written(bert(f), "tokenizer.json", b'{"model": {"type": "magic"}}'),
        "tokenizer is damaged or foreign",
    ),
    "vocabulary without marks": (
        lambda f: written(copied("bert-classes", f), "vocab.txt", b"a\nb\n"),
        r"vocab\.txt has no \[PAD\]",
    ),
    "vocabulary no UTF-8": (
        lambda f: written(copied("bert-classes", f), "vocab.txt", b"\xff\n"),
        "is not UTF-8 text",
    ),
    "merges of others": (
        lambda f: written(copied("roberta-classes", f), "merges.txt", b"x y\n"),
        "damaged or do not belong together",
    ),
    "pooling of others": (
        lambda f: (
            written(
                copied("bert-sentences", f) / "1_Pooling",
                "config.json",
                b'{"pooling_mode_max_tokens": true}',
            ).parent
        ),
        "and chooses pooling_mode_max_tokens",
    ),
    "unknown module": (lambda f: modules(f, "Dense"), "lists a module Dense"),
    "module elsewhere": (lambda f: modules(f, "Pooling", "../x"), "is no folder within"),
    "modules no list": (
        lambda f: written(copied("bert-sentences", f), "modules.json", b"3"),
        "must list modules",
    ),
}
