"""What a language model learns from: windows of a book, and short texts that share rows."""

from itertools import pairwise

import numpy as np
import pytest

from ranvier.data.corpus import Corpus, corpus_of
from ranvier.data.texts import Texts
from ranvier.errors import ArtifactError, DataError, TargetError
from ranvier.preprocessing.corpus import MANY, CorpusPreprocessor, usual
from ranvier.preprocessing.fitting import coder_from_state, fit_inputs, inputs_from_state
from ranvier.preprocessing.packing import OPEN, packed, places
from ranvier.preprocessing.stream import blocks
from ranvier.preprocessing.token_counts import TokenCounts
from ranvier.preprocessing.token_targets import TokenCoder
from ranvier.preprocessing.tokens import Tokens
from ranvier.tasks import LANGUAGE_MODEL, MASKED_LANGUAGE_MODEL, MULTICLASS
from ranvier.training import aligned
from ranvier.training.feeds import ArrayRows

BOOK = "The cat sat on the mat.\nThe dog did not.\n\nSo the cat was glad.\n" * 20
SHORT = ["the cat sat", "the dog", "", "on the mat the cat and the dog sat and sat", "so"]


def of_book(context=16, text=BOOK, **how):
    return fit_inputs(Corpus.book(text), options={"context": context, **how})


def of_texts(context=8, task="language_model", **how):
    options = {"context": context, "task": task, "tokenizer": "words", **how}
    return fit_inputs(corpus_of(Texts.of(SHORT)), options=options)


@pytest.mark.parametrize("tokenizer", ["characters", "bpe"])
def test_windows_of_a_book_follow_one_another(tokenizer):
    fitted = of_book(tokenizer=tokenizer, vocabulary_size=300)
    rows = fitted.transform(Corpus.book(BOOK))
    assert set(rows) == {"tokens"}  # every row is full of one text
    tokens = np.asarray(rows["tokens"])
    assert tokens.dtype == np.int32
    assert tokens.shape[1] == 17
    np.testing.assert_array_equal(tokens[1:, 0], tokens[:-1, -1])  # the last target comes first
    read = np.concatenate([tokens[0], tokens[1:, 1:].ravel()])
    assert BOOK.startswith(fitted.tokens.decode(read))
    assert len(read) > fitted.trained - 16
    assert fitted.spec.steps == 16
    assert fitted.spec.vocabulary == len(fitted.tokens)


def test_a_window_may_begin_at_any_of_several_places():
    fitted = of_book()
    book = Corpus.book(BOOK)
    plain = np.asarray(fitted.transform(book)["tokens"])
    wide = np.asarray(fitted.transform(book, jitter=16)["tokens"])
    assert wide.shape[1] == 33
    np.testing.assert_array_equal(wide[:, :17], plain[: len(wide)])
    np.testing.assert_array_equal(wide[:-1, 16:], plain[1 : len(wide)])
    assert len(wide) >= len(plain) - 1
    short = Corpus.book(BOOK[:20])
    assert fitted.transform(short, jitter=16)["tokens"].shape == (1, 20)  # as far as it goes


def test_windows_are_cut_out_as_they_are_taken():
    rows = of_book().transform(Corpus.book(BOOK), jitter=16)["tokens"]
    assert np.shares_memory(rows.flat, rows[3:].flat)
    assert rows.nbytes == np.asarray(rows).nbytes
    taken = aligned.take(rows, np.array([5, 0, 5]))
    np.testing.assert_array_equal(taken, np.asarray(rows)[[5, 0, 5]])
    fed = ArrayRows({"inputs": {"tokens": rows}})
    assert fed.groups is None
    assert len(fed) == len(rows)
    np.testing.assert_array_equal(fed.take(np.array([2]))["inputs"]["tokens"], rows[[2]])


@pytest.mark.parametrize("length", [2, 10, 17, 18, 40])
def test_the_whole_book_where_each_token_counts(length):
    rows = of_book().transform(Corpus.book(BOOK[:length]), whole=True)
    tokens, documents = rows["tokens"], rows["documents"]
    assert tokens.shape == documents.shape == (-(-(length - 1) // 16), 17)
    targets = (documents[:, 1:] > 0).sum()
    assert targets == length - 1  # every one but the first
    assert set(np.unique(documents)) <= {0, 1}
    assert (tokens[documents == 0] == 0).all()


def test_a_book_of_less_than_a_window_is_padded():
    rows = of_book().transform(Corpus.book("The cat"))
    assert (rows["documents"] > 0).sum() == 7
    assert len(of_book().transform(Corpus.book("T"))["tokens"]) == 0  # nothing can be told
    assert len(of_book().transform(Corpus.book("T"), whole=True)["tokens"]) == 0


def test_texts_are_marked_as_in_training():
    texts, book = corpus_of(Texts.of(["the cat", "a dog"])), Corpus.book("the cat")
    rows = of_book().transform(texts)
    assert (rows["documents"] > 0).sum() == len("the cata dog")  # no mark
    fitted = of_texts()
    tokens = fitted.transform(book)["tokens"]
    assert (tokens == fitted.tokens.end).sum() == 2


def test_short_texts_share_rows():
    fitted = of_texts()
    rows = fitted.transform(corpus_of(Texts.of(SHORT)))
    tokens, documents = rows["tokens"], rows["documents"]
    assert tokens.dtype == documents.dtype == np.int32
    assert tokens.shape == documents.shape
    assert tokens.shape[1] == 9
    end = fitted.tokens.end
    found = []
    for row, numbers in zip(tokens, documents, strict=True):
        for number in range(1, numbers.max() + 1):
            found.append(row[numbers == number].tolist())
    flat, starts = fitted.tokens.encode(SHORT, least=0)
    ids = [flat[a:b].tolist() for a, b in pairwise(starts)]
    long = [end, *ids[3], end]  # longer than a row: its pieces meet in one token
    wanted = [[end, *ids[0], end], [end, *ids[1], end], long[:9], long[8:], [end, *ids[4], end]]
    assert sorted(found) == sorted(wanted)
    assert (tokens[documents == 0] == 0).all()


def test_each_token_is_predicted_once():
    fitted = of_texts(context=5)
    rows = fitted.transform(corpus_of(Texts.of(SHORT)))
    documents = rows["documents"]
    counted = (documents[:, 1:] == documents[:, :-1]) & (documents[:, 1:] > 0)
    texts = [text for text in SHORT if text]
    assert counted.sum() == sum(len(text.split()) + 1 for text in texts)


@pytest.mark.parametrize("joined", [False, True])
def test_pieces_with_hidden_tokens_have_marks_of_their_own(joined):
    corpus = Corpus.book(BOOK) if joined else corpus_of(Texts.of(SHORT))
    options = {"context": 8, "task": "masked_language_model", "tokenizer": "words"}
    fitted = fit_inputs(corpus, options=options)
    rows = fitted.transform(corpus)
    tokens, documents = rows["tokens"], rows["documents"]
    assert tokens.shape[1] == 9
    assert (documents[:, -1] == 0).all()  # it is no target and no position
    marks = fitted.tokens
    begins = np.diff(documents, axis=1, prepend=0) * (documents > 0) != 0
    assert (tokens[begins] == marks.start).all()
    assert (tokens == marks.start).sum() == begins.sum()
    assert (tokens == marks.end).sum() == begins.sum()
    assert ((documents > 0).sum() - 2 * begins.sum()) == fitted.length(corpus)


def test_packing_fills_rows():
    sizes = np.random.default_rng(0).integers(2, 40, 3000)
    row, column, number = places(sizes, 64)
    taken = np.zeros((row.max() + 1, 64), int)
    for r, c, n in zip(row, column, sizes, strict=True):
        taken[r, c : c + n] += 1
    assert taken.max() == 1  # none on another
    assert taken.mean() > 0.9
    assert number.min() == 1
    assert (np.diff(row[:OPEN]) >= -OPEN).all()
    marked = np.arange(sizes.sum(), dtype=np.int32)
    tokens, documents = packed(marked, np.cumsum(sizes) - sizes, sizes, 64)
    assert sorted(tokens[documents > 0]) == marked.tolist()


def test_blocks_have_the_tokens_of_the_whole():
    text = "A tale of  two cities.\n\n   It was\tthe best of times, \n it was\xa0the worst.\n" * 9
    tokens = Tokens.learn("bpe", [text], 300, special=True)
    parts = blocks(text, 40)
    assert len(parts) > 9
    assert "".join(parts) == text
    np.testing.assert_array_equal(tokens.encode(parts)[0], tokens.encode([text])[0])


@pytest.mark.parametrize(
    ("corpus", "task", "kind"),
    [
        (Corpus.book("short"), "language_model", "characters"),
        (Corpus.book("much " * (MANY // 5)), "language_model", "bpe"),
        (Corpus.book("short"), "masked_language_model", "wordpiece"),
    ],
    ids=["short", "long", "masked"],
)
def test_what_texts_are_cut_into(corpus, task, kind):
    assert usual(corpus, task)[0] == kind


def test_what_is_said():
    fitted = of_book()
    assert fitted.notes[0].startswith("texts are cut into characters: 19 different ones (tokenizer")
    pretrained = of_book(tokens=Tokens.learn("words", [BOOK], 99, special=True))
    assert "as the pretrained model has them" in pretrained.notes[0]
    assert pretrained.tokens.kind == "words"
    assert fitted.unknown(["The ca\u00e9t", "Ö"]) == ("Ö", "é")
    assert pretrained.unknown(["The zebra sat"]) == ("zebra",)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (" \n ", "The texts are empty: there is nothing to learn from"),
        ("abc", "The text has 3 characters to learn from, and one window needs 17: bring more"),
    ],
)
def test_too_little(text, says):
    with pytest.raises(DataError, match=says):
        of_book(text=text)


@pytest.mark.parametrize("make", [of_book, of_texts], ids=["book", "texts"])
def test_a_saved_one_gives_the_same(make):
    fitted = make()
    plain, tensors = fitted.to_state()
    again = inputs_from_state(plain, tensors)
    assert isinstance(again, CorpusPreprocessor)
    corpus = Corpus.book(BOOK)
    for name, rows in fitted.transform(corpus).items():
        np.testing.assert_array_equal(np.asarray(again.transform(corpus)[name]), np.asarray(rows))
    np.testing.assert_array_equal(again.counts.together, fitted.counts.together)


@pytest.mark.parametrize(
    ("part", "value"),
    [("context", 0), ("context", "8"), ("task", "binary"), ("sources", 3), ("joined", 1),
     ("single", [1, 2]), ("pairs", [-1] * 9)],
)  # fmt: skip
def test_a_damaged_state_is_refused(part, value):
    plain, tensors = of_texts().to_state()
    if part in plain:
        plain[part] = value
    else:
        tensors[part] = np.array(value)
    with pytest.raises(ArtifactError, match="damaged or foreign"):
        inputs_from_state(plain, tensors)


def test_the_coder():
    coder = TokenCoder(LANGUAGE_MODEL, 7)
    assert coder.spec.units == 7
    assert coder.spec.each_step
    assert coder_from_state(coder.to_state()) == coder
    told = coder.translate({"loss": 0.0, "valid_loss": float(np.log(3))})
    assert told["perplexity"] == 1.0
    assert told["valid_perplexity"] == pytest.approx(3)
    assert np.isfinite(coder.translate({"loss": 1e9})["perplexity"])
    logits = np.array([[[0.0, 2.0, 1.0]]], np.float32)
    assert coder.labels(logits).tolist() == [[1]]
    assert coder.probabilities(logits).sum() == pytest.approx(1)
    with pytest.raises(TargetError, match="learns from texts alone"):
        coder.encode([1])
    for wrong in ({"task": "binary", "units": 3}, {"task": MASKED_LANGUAGE_MODEL.kind}):
        with pytest.raises((ArtifactError, KeyError)):
            TokenCoder.from_state(wrong)
    assert not MULTICLASS.is_language


def test_the_simplest_language_models():
    flat = np.array([2, 3, 2, 3, 2, 4, 2, 3])
    counts = TokenCounts.of(flat[:-1], flat[1:], 6)
    every = np.arange(6)
    for before in every:  # probabilities that sum to one, also behind what was never seen
        nats, _ = counts.by_token_before(np.full(6, before), every)
        assert np.exp(-nats).sum() == pytest.approx(1)
    assert np.exp(-counts.alone(every, every)[0]).sum() == pytest.approx(1)
    alone, _ = counts.alone(flat[:-1], flat[1:])
    pairs, right = counts.by_token_before(flat[:-1], flat[1:])
    assert pairs.mean() < alone.mean()
    assert right.tolist() == [True, True, True, True, False, True, True]
    kept = TokenCounts.from_tensors(counts.to_tensors(), 6)
    np.testing.assert_array_equal(kept.by_token_before(flat[:-1], flat[1:])[0], pairs)


def test_pairs_of_a_large_vocabulary_are_the_same():
    rng = np.random.default_rng(0)
    flat = rng.integers(0, 50, 4000)
    few, many = (TokenCounts.of(flat[:-1], flat[1:], size) for size in (50, 5000))
    np.testing.assert_array_equal(few.together, many.together)
    np.testing.assert_array_equal(few.pairs % 50, many.pairs % 5000)


def test_pairs_do_not_reach_from_one_text_to_the_next():
    fitted = of_texts()
    number = fitted.tokens.vocabulary
    size, end = len(fitted.tokens), fitted.tokens.end
    pairs = set(fitted.counts.pairs.tolist())
    assert end * size + number["the"] in pairs  # a text begins with it
    assert number["sat"] * size + end in pairs
    assert end * size + end not in pairs
