"""Texts cut for showing: nothing is lost, long ones keep what matters."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ranvier.explain.pieces import LONGEST_PIECE, excerpt, pieces, share, strongest
from ranvier.explain.showing import text_for_terminal, text_in_colours

HOSTILE = "<script>alert('x')</script>\"& \x1b[31m \u202e"


def cut(text: str, values: dict[str, float], read: int | None = None) -> list:
    """The pieces of a text whose words are tokens, with values for some."""
    spans, found, at = [], [], 0
    for word in text.split():
        at = text.index(word, at)
        if at >= (len(text) if read is None else read):
            break
        spans.append((at, at + len(word)))
        found.append(values.get(word, 0.0))
        at += len(word)
    spans_array = np.array(spans, np.int64).reshape(-1, 2)
    return pieces(text, spans_array, np.array(found), len(text) if read is None else read)


def test_words_and_what_is_between() -> None:
    found = cut(" a fine\n film , rest", {"fine": 2.0, "film": -1.0}, read=15)
    assert [(p.text, p.value, p.read) for p in found] == [
        (" ", None, True),
        ("a", 0.0, True),
        (" ", None, True),
        ("fine", 2.0, True),
        ("\n ", None, True),
        ("film", -1.0, True),
        (" ", None, True),
        (",", 0.0, True),
        (" rest", None, False),
    ]
    assert strongest(found) == 2.0
    assert [share(p, 2.0) for p in found] == [0, 0, 0, 1, 0, -0.5, 0, 0, 0]


def test_parts_of_one_character_add_up_and_blanks_stay_plain() -> None:
    spans = np.array([[0, 1], [0, 1], [0, 1], [1, 5]])
    found = pieces("🙂 end", spans, np.array([1.0, 2.0, -0.5, 4.0]), 5)
    assert [(p.text, p.value) for p in found] == [("🙂", 2.5), (" ", None), ("end", 4.0)]


@given(
    words=st.lists(st.text("ab", min_size=1, max_size=300), min_size=1, max_size=120),
    strong=st.integers(0, 119),
)
def test_a_long_text_keeps_its_strongest_place(words: list[str], strong: int) -> None:
    words[strong % len(words)] = "STRONG"
    found = cut(" ".join(words), {"STRONG": 1.0})
    shown = excerpt(found, 400)
    assert "STRONG" in [p.text for p in shown]
    size = sum(len(p.text) for p in shown)
    assert size <= 400 + 4 * len(shown) or size == sum(len(p.text) for p in found)
    if shown != found:
        assert max(len(p.text) for p in shown) <= LONGEST_PIECE + 1


def test_a_short_text_is_shown_whole() -> None:
    found = cut("one two", {})
    assert excerpt(found, 7) == found
    long = cut(" ".join(["left"] * 99 + ["STRONG"] + ["right"] * 99), {"STRONG": -1.0})
    shown = "".join(p.text for p in excerpt(long, 150))
    assert shown.startswith("… ")
    assert shown.endswith(" … ")
    assert "left STRONG right" in shown


def test_text_is_shown_and_not_obeyed() -> None:
    found = cut(HOSTILE, dict.fromkeys(HOSTILE.split(), 1.0))
    written = text_in_colours(found)
    assert "<script" not in written
    assert "&lt;script&gt;" in written
    assert 'dir="auto"' in written
    for shown in (written, text_for_terminal(found).plain):
        assert "\x1b" not in shown
        assert "\u202e" not in shown


def test_colours_say_which_side_and_how_much() -> None:
    parts = {"for": 1.0, "against": -0.3, "faint": 0.01}
    written = text_in_colours(cut("for against faint rest", parts, read=17))
    assert '<mark class="for strong" style="--s:100%" title="+1">for</mark>' in written
    assert '<mark class="against" style="--s:30%" title="-0.3">against</mark>' in written
    assert '<span class="unread" title="not read"> rest</span>' in written
    assert "</mark> faint<span" in written
