"""Tokens are those of the tokenizer that is saved, whatever the text."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ranvier.errors import ArtifactError, HyperparameterError
from ranvier.preprocessing.marks import NAMES, UNKNOWN
from ranvier.preprocessing.tokens import KINDS, Tokens

TEXTS = [
    "The cat sat on the mat, and the cat's name was Zoë.",
    "the dog sat on the log; DON'T ask why! 12 dogs, 3.5 cats",
    "the the cat cat, Zoë: ask ask the dog?!  ( padding ) [UNK]",
    "שלום עולם 🙂🙂 مرحبا 你好 你好\tthe\n\nend the end",
]
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
    monkeypatch.setattr("ranvier.preprocessing.tokens.REMEMBERED", 3)
    assert encode(tokens, *TEXTS) == once
    assert not tokens._known.places
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
