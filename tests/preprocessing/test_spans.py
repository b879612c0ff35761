"""Each token is found again in its text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ranvier.preprocessing.spans import spans
from ranvier.preprocessing.tokens import KINDS

from .test_tokens import LEARNED, ODD


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=200, deadline=None)
@given(text=st.text(st.one_of(st.sampled_from(ODD), st.characters(exclude_categories=["Cs"]))))
@example(text="The Zoe\u0308's 🙂👩\u200d👧 caf\u0065\u0301.")
@example(text="e\u0301\u0323 \u0301 a\u0301")
def test_each_token_stands_in_one_place(kind, text):
    tokens = LEARNED[kind]
    found, where = tokens.encode([text])[0], spans(tokens, text)
    assert where.shape == (len(found), 2)
    assert (where[:, 0] <= where[:, 1]).all()
    assert (np.diff(where[:, 0]) >= 0).all()
    assert where.min() >= 0
    assert where.max() <= len(text)


@pytest.mark.parametrize("kind", ["words", "bpe", "characters"])
def test_what_stands_there_is_the_token(kind):
    tokens = LEARNED[kind]
    text = "The CAT's Zoe\u0308,\tand Zoë: 🙂🙂 مرحبا 你好\n\nend. Cafe\u0301 👩\u200d👧 ŋ!"
    found, where = tokens.encode([text])[0], spans(tokens, text)
    places: dict[tuple[int, int], list[int]] = {}
    for token, (begin, end) in zip(found.tolist(), where.tolist(), strict=True):
        places.setdefault((begin, end), []).append(token)
    for (begin, end), there in places.items():
        assert tokens.encode([text[begin:end]])[0].tolist() == there
    stands = "".join(text[begin:end] for begin, end in places)
    assert stands == ("".join(text.split()) if kind == "words" else text)
    if kind == "words":
        assert {"Zoe\u0308", "Zoë", "CAT", "Cafe\u0301"} <= {text[a:b] for a, b in places}


def test_pieces_stand_where_their_letters_are():
    tokens, text = LEARNED["wordpiece"], "the CAT's dogs\tsat: Zoë"
    names = {number: name for name, number in tokens.vocabulary.items()}
    pieces = [names[number].removeprefix("##") for number in tokens.encode([text])[0].tolist()]
    stands = [text[a:b].lower().replace("ë", "e") for a, b in spans(tokens, text)]
    assert stands == pieces
    assert "".join(stands) == "thecat'sdogssat:zoe"


def test_an_empty_text_stands_nowhere():
    for tokens in LEARNED.values():
        assert spans(tokens, "").tolist() == [[0, 0]]
