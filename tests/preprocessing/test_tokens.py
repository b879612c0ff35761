"""Tokens are those of the tokenizer that is saved, whatever the text."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import BertWordPieceTokenizer, ByteLevelBPETokenizer, processors

from ranvier.errors import ArtifactError, HyperparameterError
from ranvier.preprocessing.decoding import LOST
from ranvier.preprocessing.marks import NAMES, SPECIAL, UNKNOWN
from ranvier.preprocessing.tokens import KINDS, PUBLISHED, Tokens

TEXTS = [
    "The cat sat on the mat, and the cat's name was Zoë.",
    "the dog sat on the log; DON'T ask why! 12 dogs, 3.5 cats",
    "the the cat cat, Zoë: ask ask the dog?!  ( padding ) [UNK]",
    "שלום עולם 🙂🙂 مرحبا 你好 你好\tthe\n\nend the end",
]
PROSE = (Path(__file__).parents[2] / "README.md").read_text().splitlines()
LEARNED = {kind: Tokens.learn(kind, TEXTS, 400) for kind in KINDS}


def encode(tokens, *texts, most=None):
    """The tokens of each text."""
    flat, starts = tokens.encode(texts, most)
    assert flat.dtype == np.int32
    assert starts.dtype == np.int64
    assert len(starts) == len(texts) + 1
    return [flat[a:b].tolist() for a, b in itertools.pairwise(starts.tolist())]


# Blanks of all sorts, signs that join or combine, and letters that change with their case.
ODD = " \n\t\r\u00a0\u2003\u3000\x0b\x1c\x85\u200d\u0301\ufe0f\0\ufffdaAéİßΣ.'’_-([{你🙂12"


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=300, deadline=None)
@given(text=st.text(st.one_of(st.sampled_from(ODD), st.characters(exclude_categories=["Cs"]))))
@example(text="\u00a0  the")
@example(text=".\x1c. the  end \n ")
def test_as_the_tokenizer_itself(kind, text):
    tokens = LEARNED[kind]
    expected = tokens.tokenizer.encode(text, add_special_tokens=False).ids
    assert encode(tokens, text, "the", text) == [expected or [UNKNOWN], *encode(tokens, "the"),
                                                 expected or [UNKNOWN]]  # fmt: skip
    assert encode(tokens, text, most=2) == [expected[:2] or [UNKNOWN]]


def test_words():
    tokens = LEARNED["words"]
    assert len(tokens) == len(tokens.vocabulary)
    assert {"the", "zoë", "cat", ",", "你", "🙂🙂"} & set(tokens.vocabulary) == {
        "the", "zoë", "cat", ",", "你",
    }  # fmt: skip
    names = {number: token for token, number in tokens.vocabulary.items()}
    (found,) = encode(tokens, "The CAT's Zoe\u0308, unheard-of")
    assert [names[n] for n in found] == [
        "the", "cat", "'", NAMES[1], "zoë", ",", NAMES[1], NAMES[1], NAMES[1],
    ]  # fmt: skip


def test_the_most_frequent_are_known():
    tokens = Tokens.learn("words", ["b b b a a c c d", "b a e"], 2)
    assert list(tokens.vocabulary) == [*NAMES, "b", "a"]
    once = Tokens.learn("words", ["one two", "three"], 10)
    assert list(once.vocabulary) == [*NAMES, "one", "three", "two"]


def test_byte_pairs_know_everything():
    tokens = LEARNED["bpe"]
    (found,) = encode(tokens, "never seen: ŋ 🐙")
    assert UNKNOWN not in found
    assert tokens.tokenizer.decode(found) == "never seen: ŋ 🐙"
    with pytest.raises(HyperparameterError, match="above 256 for tokenizer='bpe'"):
        Tokens.learn("bpe", TEXTS, 200)


def test_names_of_padding_and_unknown_are_no_tokens():
    for kind, tokens in LEARNED.items():
        (found,) = encode(tokens, "".join(NAMES))
        assert 0 not in found, kind


@pytest.mark.parametrize("kind", KINDS)
def test_length_and_emptiness(kind):
    tokens = LEARNED[kind]
    text = "the cat sat on the mat"
    (whole,) = encode(tokens, text)
    cut = encode(tokens, text, "", "the", most=3)
    assert cut == [whole[:3], [UNKNOWN], encode(tokens, "the")[0][:3]]
    assert len(encode(tokens, "x" * 100_000)[0]) >= 1
    assert encode(tokens) == []


@pytest.mark.parametrize("kind", KINDS)
def test_round_trip_as_json(kind):
    tokens = LEARNED[kind]
    state = json.loads(json.dumps(tokens.to_state()))
    again = Tokens.from_state(kind, state)
    assert again.to_state() == tokens.to_state()
    assert encode(again, *TEXTS) == encode(tokens, *TEXTS)


def test_what_is_remembered_is_bounded(monkeypatch):
    tokens = Tokens.learn("words", TEXTS, 400)
    once = encode(tokens, *TEXTS)
    monkeypatch.setattr("ranvier.preprocessing.cutting.REMEMBERED", 3)
    assert encode(tokens, *TEXTS) == once
    assert not tokens._cutter._known.places
    assert encode(tokens, *TEXTS) == once


def test_the_same_in_another_process_and_on_one_thread():
    program = (
        "import json, sys; from tests.preprocessing.test_tokens import TEXTS, KINDS, Tokens; "
        "print(json.dumps([Tokens.learn(k, TEXTS, 400).to_state() for k in KINDS]))"
    )
    how = {**os.environ, "TOKENIZERS_PARALLELISM": "false", "PYTHONHASHSEED": "7"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=how, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [LEARNED[kind].to_state() for kind in KINDS]


def damaged(kind, change):
    state = LEARNED[kind].to_state()
    change(state["model"])
    return state


DAMAGE = {
    "nothing": ("words", lambda m: m.clear()),
    "a number twice": ("words", lambda m: m["vocab"].update(the=1)),
    "a number as text": ("words", lambda m: m["vocab"].update(the="2")),
    "a gap": ("words", lambda m: m["vocab"].update(more=10_000)),
    "no padding": ("words", lambda m: m["vocab"].pop(NAMES[0])),
    "a list": ("words", lambda m: m.update(vocab=["a", "b"])),
    "two characters": ("characters", lambda m: m["vocab"].update(ab=len(m["vocab"]))),
    "a merger too few": ("bpe", lambda m: m["merges"].pop()),
    "a merger of nothing": ("bpe", lambda m: m["merges"].__setitem__(0, ["no", "such"])),
    "half a merger": ("bpe", lambda m: m["merges"].__setitem__(0, ["one"])),
    "no mergers": ("bpe", lambda m: m.pop("merges")),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_damaged_states(what):
    kind, change = DAMAGE[what]
    with pytest.raises(ArtifactError, match="tokenizer is damaged"):
        Tokens.from_state(kind, damaged(kind, change))


def test_an_unknown_kind():
    with pytest.raises(ArtifactError, match="tokenizer is damaged"):
        Tokens.from_state("syllables", LEARNED["words"].to_state())
    with pytest.raises(ArtifactError, match="tokenizer is damaged"):
        Tokens.from_state("words", None)


@pytest.mark.parametrize("kind", KINDS)
def test_marks_have_numbers_of_their_own(kind):
    tokens, plain = Tokens.learn(kind, TEXTS, 400, special=True), LEARNED[kind]
    assert (tokens.start, tokens.end, tokens.mask) == (2, 3, 4)
    assert (plain.start, plain.end, plain.mask) == (None, None, None)
    assert len(tokens) == len(plain) + 3
    assert tokens.known == plain.known == len(plain) - 2
    (found,) = encode(tokens, "".join(SPECIAL) + " ".join(SPECIAL))
    assert not {0, 2, 3, 4} & set(found)
    again = Tokens.from_state(kind, json.loads(json.dumps(tokens.to_state())))
    assert (again.start, again.end, again.mask) == (2, 3, 4)
    assert encode(again, *TEXTS) == encode(tokens, *TEXTS)
    moved = tokens.to_state()
    names = moved["model"]["vocab"]
    names[SPECIAL[0]], names[SPECIAL[1]] = names[SPECIAL[1]], names[SPECIAL[0]]
    with pytest.raises(ArtifactError, match="tokenizer is damaged"):
        Tokens.from_state(kind, moved)


def test_word_pieces_are_those_of_bert():
    words = {w for text in PROSE for w in text.lower().split()}
    tokens = Tokens.learn("wordpiece", PROSE, 300)
    assert len(tokens) == 302
    names = ["[PAD]", "[UNK]", *list(tokens.vocabulary)[2:], "[CLS]", "[SEP]"]
    pieces = {name: n for n, name in enumerate(names)}
    bert = BertWordPieceTokenizer(pieces)
    for text in [
        *PROSE,
        *words,
        *(t for t in TEXTS if "[UNK]" not in t),
        "Naïve CAFÉ 你好 x\u0301",
    ]:
        (found,) = encode(tokens, text)
        expected = bert.encode(text, add_special_tokens=False).ids
        assert found == (expected or [UNKNOWN])
        known = [n for n in found if n != UNKNOWN]
        assert tokens.decode(known) == bert.decode(known)


def test_word_pieces_are_learned_as_bert_learns_them():
    """Those of our alphabet are the same, but for those that are as frequent as others."""
    tokens = Tokens.learn("wordpiece", PROSE, 300)
    bert = BertWordPieceTokenizer()
    bert.train_from_iterator(PROSE, vocab_size=300, show_progress=False, special_tokens=["[UNK]"])
    ours, theirs = set(tokens.vocabulary), set(bert.get_vocab())
    assert len(ours & theirs) > 0.9 * len(theirs)


def test_word_pieces_of_a_small_vocabulary():
    tokens = Tokens.learn("wordpiece", PROSE, 20)
    assert len(tokens) <= 22
    (found,) = encode(tokens, "eeee")
    assert tokens.decode(found) == "eeee"
    assert encode(tokens, "\u4f60") == [[UNKNOWN]]


@settings(max_examples=200, deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
@example(text="a\n\n  b\u00a0\u2003c ")
def test_texts_come_back(text):
    text = unicodedata.normalize("NFC", text)
    for special in (False, True):
        tokens = Tokens.learn("bpe", TEXTS, 300, special) if special else LEARNED["bpe"]
        (found,) = encode(tokens, text)
        assert tokens.decode(np.array(found)) == text
    letters = Tokens.learn("characters", [text * 2], 1000, special=True)
    (found,) = encode(letters, text)
    assert letters.decode([2, *found, 3]) == text


def test_texts_of_words_are_written_as_people_do():
    text = "it's a well-known fact: (the cat's name) is \"zoë\", and 3.5 of 1,000 don't mind!"
    tokens = Tokens.learn("words", [text, text], 100)
    (found,) = encode(tokens, text)
    assert tokens.decode(found) == text
    assert tokens.decode([*found[:1], 0, UNKNOWN]) == f"it {LOST}"
    assert LEARNED["characters"].decode(encode(LEARNED["characters"], "the ŋ")[0]) == f"the {LOST}"


def test_an_empty_text_is_no_token_where_that_is_wanted():
    for tokens in LEARNED.values():
        flat, starts = tokens.encode(["", "the"], least=0)
        assert starts[:2].tolist() == [0, 0]
        assert len(flat) == starts[-1] > 0


def gpt():
    """A tokenizer as GPT-2 has it."""
    made = ByteLevelBPETokenizer()
    made.train_from_iterator(PROSE, vocab_size=300, special_tokens=["<|endoftext|>"],
                             show_progress=False)  # fmt: skip
    return made


def test_a_published_tokenizer():
    made = gpt()
    tokens = Tokens.published(made.to_str())
    assert tokens.kind == PUBLISHED
    assert tokens.start == tokens.end == made.token_to_id("<|endoftext|>") == 0
    assert tokens.mask is None
    assert len(tokens) == made.get_vocab_size()
    text = "The cat  sat\n on mats"
    assert encode(tokens, text, "", text, most=4) == [
        made.encode(text).ids[:4], [0], made.encode(text).ids[:4],
    ]  # fmt: skip
    assert tokens.decode([0, *made.encode(text).ids, 0]) == text
    state = json.loads(json.dumps(tokens.to_state()))
    assert state == json.loads(made.to_str())
    again = Tokens.from_state(PUBLISHED, state)
    assert encode(again, *PROSE) == encode(tokens, *PROSE)


def test_what_a_published_tokenizer_puts_around_texts_is_left_to_us():
    made = BertWordPieceTokenizer()
    made.train_from_iterator(PROSE, vocab_size=300, show_progress=False)
    around = [(name, made.token_to_id(name)) for name in ("[SEP]", "[CLS]")]
    made._tokenizer.post_processor = processors.BertProcessing(*around)
    made.enable_truncation(4)
    made.enable_padding(length=6)
    tokens = Tokens.published(json.loads(made.to_str()))
    text = "the cat sat on the mat and the dog"
    (found,) = encode(tokens, text)
    made.no_truncation()
    made.no_padding()
    marks = (tokens.start, tokens.end, tokens.mask, tokens.marks.padding, tokens.marks.unknown)
    assert marks == tuple(map(made.token_to_id, ["[CLS]", "[SEP]", "[MASK]", "[PAD]", "[UNK]"]))
    assert [tokens.start, *found, tokens.end] == made.encode(text).ids
    assert tokens.decode([tokens.start, *found, tokens.end]) == text
    assert tokens.mask in encode(tokens, "the [MASK] sat")[0]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("", "not JSON"), ("[1]", "no model"), ({"model": {}}, "HF tokenizers says"),
        ({"model": {"type": "BPE", "vocab": {"a": "x"}, "merges": []}}, "HF tokenizers says"),
        ({"model": {"type": "WordLevel", "vocab": {}, "unk_token": "a"}}, "between 1 and"),
        ({"model": {"type": "WordLevel", "vocab": {"a": 2**31}, "unk_token": "a"}}, "between 1"),
        (None, "no model"), ({"a": float("nan")}, "not JSON"),
    ],
)  # fmt: skip
def test_foreign_tokenizers(source, words):
    with pytest.raises(ArtifactError, match=words):
        Tokens.published(source)
    with pytest.raises(ArtifactError):
        Tokens.from_state(PUBLISHED, source)


def test_a_tokenizer_that_is_too_large(monkeypatch):
    monkeypatch.setattr("ranvier.preprocessing.published.MOST_CHARACTERS", 100)
    with pytest.raises(ArtifactError, match="100 are read at most"):
        Tokens.published(gpt().to_str())
