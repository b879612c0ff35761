"""Folders of texts: classes, splits, encodings, and what is said about each."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

import ranvier as rv
from ranvier.data.sources import load_file
from ranvier.data.sources.text_folders import accepts
from ranvier.data.streams import too_large
from ranvier.data.texts import Texts
from ranvier.errors import DataError


def reviews(folder, *classes, count=2):
    for label in classes or ("neg", "pos"):
        (folder / label).mkdir(parents=True, exist_ok=True)
        for number in range(count):
            (folder / label / f"{number}.txt").write_text(f"{label} review, number {number}\n")
    return folder


def test_a_folder_for_each_class(tmp_path):
    top = reviews(tmp_path / "reviews")
    (top / "pos" / "old").mkdir()
    (top / "pos" / "old" / "2.txt").write_text("an old one")
    loaded = load_file(top)
    assert isinstance(loaded.inputs, Texts)
    assert loaded.inputs.values.to_list()[2:4] == [
        "pos review, number 0\n",
        "pos review, number 1\n",
    ]
    assert loaded.target.tolist() == ["neg"] * 2 + ["pos"] * 3
    assert loaded.inputs.name_of(4) == "reviews/pos/old/2.txt"
    assert loaded.notes == ("5 texts of 3 to 4 words, in 2 classes",)


def test_the_folders_own_split(tmp_path):
    reviews(tmp_path / "reviews" / "train", "neg", "pos", "unsup")
    reviews(tmp_path / "reviews" / "test")
    examples = rv.read(tmp_path / "reviews")
    assert examples.test_rows.tolist() == [6, 7, 8, 9]
    assert examples.test.target.tolist() == ["neg", "neg", "pos", "pos"]
    assert "no text to test on in unsup" in examples.notes


def test_what_lies_about(tmp_path):
    top = reviews(tmp_path / "reviews")
    (top / "readme.txt").write_text("what this is")
    (top / "pos" / "scores.json").write_text("{}")
    (top / "drafts").mkdir()
    notes = load_file(top).notes[1:]
    assert notes == (
        "no text in drafts: no class of its own",
        "1 file beside the classes: not used",
        "1 other file not used (.json)",
    )
    assert not too_large(top, 1 << 30)  # the note alone would be a folder of tables


def test_texts_without_classes(tmp_path):
    loaded = load_file(reviews(tmp_path, "pos") / "pos")
    assert loaded.target is None
    assert loaded.inputs.names.tolist() == ["pos/0.txt", "pos/1.txt"]


def test_pictures_and_tables_stay_what_they_are(tmp_path):
    photos = tmp_path / "photos"
    for label in ("cats", "dogs"):
        (photos / label).mkdir(parents=True)
        Image.fromarray(np.zeros((4, 4), np.uint8)).save(photos / label / "1.png")
        (photos / label / "notes.txt").write_text("what is on it")
    assert load_file(photos).inputs.kind == "picture"
    tables = tmp_path / "tables"
    tables.mkdir()
    (tables / "july.txt").write_text("a,b\n1,2\n3,4\n")
    assert not accepts(tables)
    assert too_large(tables, 1 << 30)
    letters = tmp_path / "letters"
    letters.mkdir()
    (letters / "1.txt").write_text("Dear all,\nthank you, and good bye.\n")
    assert accepts(letters)
    (letters / "july.csv").write_text("a,b\n1,2\n")
    assert not accepts(letters)


@pytest.mark.parametrize(
    ("content", "text", "said"),
    [
        ("Zoë 🙂".encode(), "Zoë 🙂", None),
        ("Zoë".encode("utf-8-sig"), "Zoë", None),
        ("Zoë".encode("utf-16"), "Zoë", "1 file is not UTF-8: read as UTF-16 (a/2.txt)"),
        ("Zoë".encode("utf-32"), "Zoë", "1 file is not UTF-8: read as UTF-32 (a/2.txt)"),
        ("Zoë – “x”".encode("cp1252"), "Zoë – “x”",
         "1 file is not UTF-8: read as Windows-1252 (a/2.txt)"),
        (b"Zo\xeb \x81", "Zoë \x81", "1 file is not UTF-8: read as Latin-1 (a/2.txt)"),
        (b"", "", "1 file is empty: kept as an empty text (a/2.txt)"),
    ],
)  # fmt: skip
def test_encodings(tmp_path, content, text, said):
    top = reviews(tmp_path, "a")
    (top / "a" / "2.txt").write_bytes(content)
    loaded = load_file(top / "a")
    assert loaded.inputs.values[2] == text
    assert loaded.notes[1:] == (() if said is None else (said,))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"MZ\0\0\1\2", "it holds zero bytes"),
        (b"%PDF-1.7\n", "it begins like a PDF"),
        (b"\x01\x02\x03 abc", "it holds control characters"),
        (b"\xff\xfea", "begins like UTF-16 text and is not"),
    ],
)
def test_files_that_are_no_text(tmp_path, content, why):
    top = reviews(tmp_path / "reviews")
    (top / "pos" / "9.txt").write_bytes(content)
    with pytest.raises(DataError, match="1 of 5 files") as refused:
        load_file(top)
    assert str(refused.value).startswith("reviews/pos/9.txt ")
    assert why in str(refused.value)
    loaded = load_file(top, "skip")
    assert len(loaded.inputs) == len(loaded.target) == 4
    assert any("left out" in note and why in note for note in loaded.notes)


def test_nothing_but_files_that_are_no_text(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"\0")
    with pytest.raises(DataError, match="so it is with all 1 files"):
        load_file(tmp_path, "skip")


def test_progress_is_told(tmp_path):
    from ranvier.data.pictures.telling import telling

    told = []
    with telling(lambda done, files: told.append((done, files))):
        load_file(reviews(tmp_path))
    assert told == [(0, 4), (4, 4)]
