"""What a text cannot be written from, and what is odd and can."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sklearn.exceptions import NotFittedError

import ranvier as rv
from ranvier.errors import DataError, HyperparameterError
from ranvier.runs import generating
from tests.bad_input.case import Handled, Refused, of_arrays
from tests.bad_input.language import learn, learned


def write(prompt: Any = "The", **how: Any) -> Any:
    return learned().generate(prompt, **{"max_tokens": 2, **how})


def of_masked(folder: Path) -> Any:
    del folder
    texts = ["the cat sat on the mat", "the dog did not"] * 20
    return learn(texts, task="masked_language_model").generate("the cat")


def of_table(folder: Path) -> Any:
    of_arrays().save(folder / "model.ranvier")
    return list(generating.text(folder / "model.ranvier", "The"))


def setting(what: str, **how: Any) -> Refused:
    return Refused(what, HyperparameterError, lambda _: write(**how))


CASES = [
    setting("a temperature below 0", temperature=-0.5),
    setting("a temperature that is no number", temperature=float("nan")),
    setting("top-p above 1", top_p=90),
    setting("top-k of 0", top_k=0),
    setting("no token to write", max_tokens=0),
    setting("a repetition penalty of 0", repetition_penalty=0),
    setting("an empty stop string", stop=[""]),
    setting("a seed below 0", seed=-1),
    Refused(
        "several prompts as a stream",
        HyperparameterError,
        lambda _: write(["The", "A"], stream=True),
    ),
    Refused("a prompt that is a number", DataError, lambda _: write([3])),
    Refused("text from a model of hidden words", HyperparameterError, of_masked),
    Refused("text from a model of a table", DataError, of_table),
    Refused(
        "no candidates for the next token",
        HyperparameterError,
        lambda _: learned().next_tokens("The", top=0),
    ),
    Refused("text before fit", NotFittedError, lambda _: rv.Transformer().generate("The")),
]

HANDLED = [
    Handled("a prompt with characters that were never seen", "never saw", lambda _: write("Thé 5")),
    Handled(
        "a prompt longer than the context", "the end of it is read", lambda _: write("The cat sat")
    ),
]
