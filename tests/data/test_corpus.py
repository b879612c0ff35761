"""Plain texts to learn a language from: what a file or a folder of them is read as."""

import gzip

import numpy as np
import polars as pl
import pytest

import ranvier as rv
from ranvier.data.corpus import LONGEST_PIECE, Corpus, corpus_of
from ranvier.data.reading import without_split
from ranvier.data.streams import too_large
from ranvier.data.texts import Texts
from ranvier.errors import DataError, TargetError

BOOK = "Once upon a time, there was a king.\r\nHe had a daughter;\r\n\r\nshe was clever.\r\n" * 50


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "book.txt"
    path.write_bytes(BOOK.encode())
    return path


def test_a_book_is_its_lines_and_its_end_is_held_out(book):
    examples = rv.read(book)
    corpus = examples.inputs
    assert isinstance(corpus, Corpus)
    assert corpus.joined
    assert corpus.text == BOOK.replace("\r\n", "\n")
    assert corpus.about == f"a text of {len(corpus.text):,} characters in 200 lines"
    train, test = examples.train.inputs, examples.test.inputs
    assert train.text + test.text == corpus.text  # nothing by chance, nothing lost
    assert 0.09 < test.characters / corpus.characters <= 0.1
    assert examples.target is None


@pytest.mark.parametrize("fraction", [0.0, 0.5])
def test_another_share_can_be_held_out(book, fraction):
    examples = rv.read(book, test_fraction=fraction)
    held = 0 if examples.test_rows is None else examples.test.inputs.characters
    assert held / examples.inputs.characters == pytest.approx(fraction, abs=0.02)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.md", b"# Title\n\ntext, and more\n", ""),
        ("a.md.gz", gzip.compress(b"# Title\n\ntext, and more\n", mtime=0), ""),
        ("a.txt.gz", gzip.compress(b"Dear all,\nthank you, bye.\n", mtime=0), ""),
        ("a.txt", "Zoë,\ngut".encode("utf-16"), "a.txt is not UTF-8: read as UTF-16"),
        ("a.txt", "Zoë sleeps".encode("cp1252"), "a.txt is not UTF-8: read as Windows-1252"),
        ("a.txt", b"\xef\xbb\xbfhello there", ""),
        ("a.txt", b"one line", ""),
        ("a.md", b"a,b\n1,2\n3,4\n", ""),  # only .txt may be a table
    ],
)
def test_plain_texts(tmp_path, name, content, says):
    (tmp_path / name).write_bytes(content)
    examples = without_split(tmp_path / name)
    assert isinstance(examples.inputs, Corpus)
    assert examples.inputs.joined
    assert " ".join(examples.notes) == says
    assert not too_large(tmp_path / name, 1)  # it is no table to be streamed


@pytest.mark.parametrize(
    ("content", "columns"),
    [
        (b"a,b\n1,2\n3,4\n", ["a", "b"]),
        (b"a\tb\n1\t2\n3\t4\n", ["a", "b"]),
        (b"a;b\n1;x y\n3;y z\n", ["a", "b"]),
        (b"value\n1\n2.5\n3\n", ["value"]),
    ],
)
def test_a_table_called_txt_stays_one(tmp_path, content, columns):
    (tmp_path / "a.txt").write_bytes(content)
    frame = (
        rv.read(tmp_path / "a.txt", target=columns[-1], test_fraction=0) if columns[1:] else None
    )
    loaded = frame.inputs if frame else rv.data.sources.load_file(tmp_path / "a.txt").inputs
    assert list(loaded.columns) == (columns[:-1] or columns)


def test_a_table_with_a_wrong_line_is_one_where_a_target_is_named(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"a,b\n1,2\n3\n4,5\n")
    with pytest.raises(DataError, match="line 3 has 1 field where"):
        rv.read(tmp_path / "a.txt", target="b")


def test_a_book_has_no_columns(book):
    other = book.parent / "b.md"
    other.write_text("words\nand words")
    with pytest.raises(TargetError, match=r"b.md is plain text, which has no columns: leave"):
        rv.read(other, target="label")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.txt", b"", "a.txt is empty: a text to learn from needs words."),
        ("a.txt", b" \n\t\n", "is empty"),
        ("a.txt", b"\x00\x01\x02", r"a.txt is not text \(it holds zero bytes\): name a file of"),
        ("a.txt", b"%PDF-1.7 and so on", "begins like a PDF"),
        ("a.txt", b"\xff\xfea", "begins like UTF-16 text and is not"),
        ("a.md", b"<!DOCTYPE html><p>", "download the text itself"),
        ("a.txt.gz", gzip.compress(b"hello" * 99, mtime=0)[:-9], "is not a whole gzip file"),
    ],
)
def test_what_is_no_text(tmp_path, name, content, says):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=says):
        rv.read(tmp_path / name)


def test_a_folder_of_texts_is_one_text_a_file(tmp_path):
    for number in range(5):
        (tmp_path / f"{number}.txt").write_text(f"Story {number}.\nIt ends.")
    (tmp_path / "README.md").write_text("about them")
    examples = rv.read(tmp_path)
    corpus = examples.inputs
    assert isinstance(corpus, Corpus)
    assert not corpus.joined
    assert len(corpus) == 5
    assert len(examples.test_rows) == 1
    assert corpus.about == "texts of 4 words"


def test_long_lines_are_cut_behind_blanks():
    text = "word " * 1000 + "\n" + "x" * 2500
    corpus = Corpus.book(text)
    assert corpus.text == text
    assert int(corpus.values.str.len_chars().max()) <= LONGEST_PIECE
    assert all(row.endswith(" ") for row in corpus.values[:9])
    assert "in 2 lines" in corpus.about
    rows = corpus.last(0.1)
    assert 0 < corpus[rows].characters <= 0.1 * len(text)


def test_a_single_line_has_an_end_that_can_be_held_out():
    corpus = Corpus.book("hello world, this is a line. " * 8)
    assert corpus.about.endswith("in 1 line")
    assert corpus[corpus.last()].characters >= 2


@pytest.mark.parametrize("text", ["one line", "a\n" + "b" * 500])
def test_one_row_always_stays(text):
    assert len(Corpus.book(text).last(0.99)) < len(Corpus.book(text))


def test_texts_as_a_corpus():
    assert corpus_of(Texts.of(["one\ntwo"])).joined  # a single text is a book
    several = corpus_of(Texts.of(["one", "two"]))
    assert not several.joined
    assert corpus_of(several) is several
    assert several[[1]].values.to_list() == ["two"]
    half = corpus_of(Texts.of(["half \ud83d"]))
    assert half.text == "half ?"


def test_lines_as_texts_of_their_own():
    lines = Corpus.book("one\n\n two\n").plain()
    assert type(lines) is Texts
    assert lines.values.to_list() == ["one", " two"]
    assert type(corpus_of(Texts.of(["a", "b"])).plain()) is Texts


def test_rows_that_are_taken_are_still_a_book():
    corpus = Corpus.book("a\nb\nc\n")
    assert corpus[1:].text == "b\nc\n"
    assert corpus[np.array([0])].joined
    assert corpus.values.dtype == pl.String
