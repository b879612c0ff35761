"""What was learned of texts, beside their tokens and columns, as plain data and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ranvier.data.steps import StepForm
from ranvier.errors import ArtifactError
from ranvier.preprocessing.framing import Frame
from ranvier.preprocessing.lists import edges_in, texts_in
from ranvier.preprocessing.tokens import Tokens

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Learned:
    """See `TextPreprocessor`."""

    documents: Array | None
    count: int
    max_length: int
    edges: tuple[int, ...]
    form: StepForm
    frame: Frame | None


def written(learned: Learned) -> tuple[dict[str, Any], dict[str, Array]]:
    """JSON-able plain data, and tensors by name."""
    form, frame = learned.form, learned.frame
    state: dict[str, Any] = {
        "count": learned.count,
        "max_length": learned.max_length,
        "edges": list(learned.edges),
        "sources": list(form.sources),
    }
    if frame is not None:
        state["frame"] = {
            "between": frame.between,
            "pairs": form.pairs,
            "words": form.words,
            "long": [form.series, form.time],
        }
    return state, {} if learned.documents is None else {"documents": learned.documents}


def read(plain: Mapping[str, Any], tensors: Mapping[str, Array], tokens: Tokens) -> Learned:
    """What `written` wrote.

    Raises:
        ArtifactError: the state is malformed.
    """
    framed = plain.get("frame")
    try:
        count, limit = plain["count"], plain["max_length"]
        edges, sources = edges_in(plain["edges"]), texts_in(plain["sources"])
        if type(count) is not int or type(limit) is not int or not edges[-1] <= limit:
            raise ValueError(limit)
        documents = None
        if framed is None or "documents" in tensors:
            documents = np.asarray(tensors["documents"]).astype(np.int64)
            _check_documents(documents, len(tokens), count)
        form, frame = StepForm("text", sources), None
        if framed is not None:
            form, frame = _framed_in(framed, tokens, sources)
            if limit <= frame.marks(pairs=form.pairs):
                raise ValueError(limit)
        return Learned(documents, count, limit, edges, form, frame)
    except (KeyError, TypeError, ValueError) as error:
        raise ArtifactError(
            "The model file's description of its texts is damaged or foreign: save the model again."
        ) from error


def _check_documents(documents: Array, vocabulary: int, count: int) -> None:
    if documents.shape != (vocabulary,) or documents.min() < 0:
        raise ValueError(documents.shape)
    if documents.max() > count:
        raise ValueError(count)


def _framed_in(state: Any, tokens: Tokens, sources: tuple[str, ...]) -> tuple[StepForm, Frame]:
    between, pairs, words = state["between"], state["pairs"], state["words"]
    if type(between) is not int or not 1 <= between <= 2 or tokens.start is None:
        raise ValueError(between)
    if tokens.end is None or type(pairs) is not bool or type(words) is not bool:
        raise ValueError(pairs)
    series, time = texts_in(state["long"])
    form = StepForm("text", sources, series=series, time=time, pairs=pairs, words=words)
    return form, Frame(tokens.start, tokens.end, between)
