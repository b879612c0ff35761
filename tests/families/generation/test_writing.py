"""Texts written with a cache, beside a generation that computes everything anew."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ranvier.families.transformer.generation import decoder as decoding
from ranvier.families.transformer.generation import program
from ranvier.families.transformer.generation.settings import Asked
from tests.families.generation.networks import network, recomputed, written

TEXT = [5, 9, 2, 7, 11]
FORMS: dict[str, dict[str, Any]] = {
    "learned positions": {},
    "positions from 2, segments": {"position_offset": 2, "segments": 2},
    "no positions, norms behind": {"positions": "none", "norm_place": "post", "embed_norm": True},
    "rotary positions, root mean squares, gates": {
        "positions": "rotary", "norm": "rms", "activation": "swiglu", "attend_biases": False,
        "biases": False,
    },
    "two key heads": {"key_heads": 2, "positions": "rotary"},
    "one key head, wide, an output layer of its own": {
        "key_heads": 1, "head_width": 6, "tied": False,
    },
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_the_cache_changes_no_token(form: str, temperature: float) -> None:
    of = network(**FORMS[form])
    # More than twice the context; the penalty keeps the likeliest token from coming always.
    asked = Asked(max_tokens=40, temperature=temperature, seed=4, repetition_penalty=2.0)
    (ours,) = written(of, [TEXT], asked)
    assert ours == recomputed(of, TEXT, asked)
    assert len(set(ours)) > 1


def test_settings_change_no_token_between_the_two() -> None:
    of = network()
    asked = Asked(max_tokens=30, temperature=1.3, top_k=9, top_p=0.9, repetition_penalty=1.4)
    assert written(of, [TEXT], asked) == [recomputed(of, TEXT, asked)]


@pytest.mark.parametrize("length", [1, 15, 16, 17, 40])
def test_texts_of_any_length_are_gone_on_with(length: int) -> None:
    of, text = network(), (np.arange(length) * 7 % 20 + 2).tolist()
    asked = Asked(max_tokens=20)
    assert written(of, [text], asked) == [recomputed(of, text, asked)]


def test_how_long_a_run_is_changes_nothing() -> None:
    of, asked = network(), Asked(max_tokens=37, seed=8)
    by_one = written(of, [TEXT], asked, run=1)
    assert by_one == written(of, [TEXT], asked, run=5) == written(of, [TEXT], asked)


def test_a_batch_writes_what_each_text_alone_would_get() -> None:
    of = network(positions="rotary", key_heads=2)
    texts = [TEXT, [4], list(range(2, 19)), [3, 3, 3]]
    together = written(of, texts[:3], Asked(max_tokens=30, seed=5))
    for row, text in enumerate(texts[:3]):
        assert [together[row]] == written(of, [text], Asked(max_tokens=30, seed=5 + row))


def test_the_seed_repeats_the_text_and_another_does_not() -> None:
    of = network()
    first, again = (written(of, [TEXT], Asked(max_tokens=25, seed=1)) for _ in range(2))
    assert first == again
    assert written(of, [TEXT], Asked(max_tokens=25, seed=2)) != first


def test_a_cache_that_grows_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    of, asked = network(), Asked(max_tokens=30)
    whole = written(of, [TEXT], asked)
    monkeypatch.setattr(decoding, "LEAST_SLOTS", 4)
    assert written(of, [TEXT], asked) == whole


def test_settings_and_lengths_compile_nothing_anew() -> None:
    of = network(hidden=20)
    written(of, [TEXT], Asked(max_tokens=20))
    read, write = program.reading(of[0], 16), program.writing(of[0])
    before = read._cache_size(), write._cache_size()
    for settings in ({"temperature": 0.0}, {"top_k": 3}, {"top_p": 0.5, "seed": 9}):
        written(of, [TEXT[:3]], Asked(max_tokens=25, **settings))
    assert (read._cache_size(), write._cache_size()) == before == (1, 1)


def test_the_loop_stops_where_all_texts_have_ended() -> None:
    of, asked = network(), Asked(max_tokens=12, temperature=0.0)
    (text,) = written(of, [TEXT], asked)
    end = text[3]
    from ranvier.families.transformer.generation.decoder import Decoder
    from ranvier.families.transformer.generation.writing import Writer

    writer = Writer(Decoder(*of, "float32", 16, [0, 1], end), [TEXT], asked)
    told = writer.more(8)[0].tolist()
    assert told == text[: text.index(end) + 1]


def test_low_rank_pairs_count() -> None:
    build, parameters = network()
    pairs = {
        f"stack/{name}/{side}": np.random.default_rng(n).normal(0, 0.5, shape).astype(np.float32)
        for n, (name, side, shape) in enumerate(
            [("merge", "down_rank", (2, 16, 3)), ("merge", "up_rank", (2, 3, 16))]
        )
    }
    asked = Asked(max_tokens=12, temperature=0.0)
    plain = written((build, parameters), [TEXT], asked)
    assert written((build, {**parameters, **pairs}), [TEXT], asked) != plain
