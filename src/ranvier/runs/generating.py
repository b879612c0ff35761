"""`ranvier generate`: what a model makes when nothing but a beginning is given."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ranvier.errors import DataError
from ranvier.families.transformer.generation.model import Generating
from ranvier.families.transformer.model import Transformer
from ranvier.model import Model
from ranvier.runs.folder import CONFIG, MODEL
from ranvier.runs.prediction import fitted

if TYPE_CHECKING:
    from ranvier.families.transformer.generation.next_tokens import NextTokens

CANDIDATES = 5  # shown for each token


def maker(model: str | Path) -> Model:
    """A saved model, or a folder with published weights of a language model.

    Raises:
        ArtifactError: there is no such model, or it cannot be read.
    """
    return Transformer.from_pretrained(model) if _is_published(model) else fitted(model)


def writer(model: Model | str | Path) -> Generating:
    """A model that goes on with texts.

    Args:
        model: a fitted model, what `fitted` takes, or a folder with published weights.

    Raises:
        ArtifactError: there is no such model, or it cannot be read.
        DataError: its family generates nothing.
    """
    if not isinstance(model, Model):
        model = maker(model)
    if not isinstance(model, Generating):
        raise DataError(
            f"{type(model).__name__} generates nothing: train a model of language, such as "
            "ranvier train book.txt --model transformer."
        )
    return model


def text(model: Model | str | Path, prompt: str = "", **how: Any) -> Iterator[str]:
    """What follows a prompt, in pieces; `how`: see `Transformer.generate`."""
    pieces: Iterator[str] = writer(model).generate(prompt, stream=True, **how)
    return pieces


def explained(
    model: Model | str | Path, prompt: str = "", *, top: int = CANDIDATES, **how: Any
) -> Iterator[NextTokens]:
    """The same, token by token, with what else might have come; see `Transformer.trace`."""
    return writer(model).trace(prompt, top=top, **how)


def _is_published(model: str | Path) -> bool:
    """Whether it is a folder in the form of Hugging Face; a run has a config.json too."""
    folder = Path(model).expanduser()
    if not (folder / CONFIG).is_file() or (folder / MODEL).is_file():
        return False
    return any(folder.glob("*.safetensors"))
