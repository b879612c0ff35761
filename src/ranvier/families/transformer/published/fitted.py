"""A published model as a fitted `Transformer`, ready to answer."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from ranvier.data.steps import StepForm
from ranvier.errors import ArtifactError, HyperparameterError
from ranvier.families.transformer import shaping
from ranvier.families.transformer.pretrained import Pretrained, pretrained_in
from ranvier.families.transformer.published.published import Published
from ranvier.families.transformer.published.reading import read_published
from ranvier.model.inputs import Columns
from ranvier.preprocessing.beside import Beside
from ranvier.preprocessing.corpus import CorpusPreprocessor
from ranvier.preprocessing.fitting import Coder, Preprocessor
from ranvier.preprocessing.framing import frame_of
from ranvier.preprocessing.targets import TargetCoder
from ranvier.preprocessing.texts import TextPreprocessor
from ranvier.preprocessing.token_counts import TokenCounts
from ranvier.preprocessing.token_targets import TokenCoder
from ranvier.preprocessing.tokens import Tokens
from ranvier.preprocessing.vector_targets import EMBEDDING, VectorCoder
from ranvier.tasks import LANGUAGE_MODEL, MASKED_LANGUAGE_MODEL, TASKS, Task
from ranvier.training.loop import Outcome

if TYPE_CHECKING:
    from ranvier.families.transformer.model import Transformer

T = TypeVar("T", bound="Transformer")
Arrays = dict[str, np.ndarray[Any, Any]]

SPOKEN = {"causal": LANGUAGE_MODEL, "masked": MASKED_LANGUAGE_MODEL}
USUAL = 2048  # tokens that are read at once, at most, where nobody says otherwise
SHORTEST = 16  # tokens that rows are padded to at least, then 32, 64, ...
REASONS = {
    "causal": "each token from those before it",
    "masked": "hidden tokens from all others",
    "classes": "one label for each text",
    "none": "a vector for each text, which embed gives",
}


def from_folder(
    model_class: type[T],
    place: str | os.PathLike[str],
    settings: dict[str, Any],
    *,
    pairs: bool = False,
) -> T:
    """A fitted model of this class with a folder's weights.

    Args:
        model_class: Transformer, or what is derived from it.
        place: the folder; see `read_published`.
        settings: hyperparameters.
        pairs: of a classifier, whether it takes pairs of texts.

    Raises:
        ArtifactError: the folder cannot be read.
    """
    published = read_published(place)
    start = pretrained_in(published)
    coder, parameters = _coder_of(published)
    task = coder.task
    name = os.fspath(place)
    if task.kind in TASKS:
        settings = {"task": task.kind, **settings}
    model = model_class(**settings, pretrained=name)
    model._started = (name, start)
    longest = _longest(model, published)
    preprocessor = _preprocessor(published, start.tokens, task, longest, pairs)
    resolved = _resolved(model, published, start, task) | {"context": longest}
    build = model._build(preprocessor.spec, coder.spec, resolved)
    own = Pretrained(start.shape, parameters, start.tokens, start.max_length)
    model._remember(
        columns=Columns(("text",), False),
        preprocessor=preprocessor,
        coder=coder,
        resolved=resolved,
        outcome=Outcome(parameters=shaping.shared(own, build)),
        target_names=("label",) if published.head == "classes" else (),
        lines=_lines(published, name, task, model, preprocessor, coder, resolved),
    )
    del model._started  # its weights are the model's own now
    return model


def _resolved(
    model: Transformer, published: Published, start: Pretrained, task: Task
) -> dict[str, Any]:
    """Every hyperparameter's value, as the weights decide it."""
    resolved = model._resolve(task, 1)
    marks = start.tokens.marks
    spoken = published.head in SPOKEN
    return resolved | {
        "language": EMBEDDING.kind if published.head == "none" else resolved["language"],
        "longest": start.max_length,
        "marks": (marks.mask, tuple(sorted(marks.all))),
        "pooling": "first" if published.head == "classes" else published.pooling or "mean",
        "pooler": published.pooler_activation if published.head == "classes" else "",
        "normalised": published.normalised,
        "bag": False,
        "calibrate": False if spoken else resolved["calibrate"],
    }


def _longest(model: Transformer, published: Published) -> int:
    """Tokens that are read at once.

    Raises:
        HyperparameterError: more are asked for than the model knows positions for.
    """
    name = "context" if published.head in SPOKEN else "max_length"
    wanted, most = getattr(model, name), published.max_length
    if wanted is not None and wanted > most:
        raise HyperparameterError(
            f"{name} must be at most {most:,}, what the published model can see at once; "
            f"got {wanted:,}."
        )
    return min(most, USUAL) if wanted is None else int(wanted)


def _preprocessor(
    published: Published, tokens: Tokens, task: Task, longest: int, pairs: bool
) -> Preprocessor:
    marks = tokens.marks
    needed = {"causal": (marks.end,), "masked": (marks.start, marks.end, marks.mask)}
    if None in needed.get(published.head, ()):
        raise ArtifactError(
            "The tokenizer has no marks that are known, such as [CLS], [SEP] and [MASK], or "
            "<|endoftext|>: name them so in tokenizer.json, or use another model."
        )
    if published.head in SPOKEN:
        nothing = np.zeros(0, np.int64)
        counts = TokenCounts.of(nothing, nothing, len(tokens))
        return CorpusPreprocessor(tokens, longest, task.kind, counts, joined=False)
    edges = [min(SHORTEST, longest)]
    while edges[-1] < longest:
        edges.append(min(2 * edges[-1], longest))
    between = 2 if published.shape.position_offset else 1
    form = StepForm("text", pairs=pairs and published.head == "classes")
    return TextPreprocessor(
        tokens,
        None,
        0,
        longest,
        tuple(edges),
        form,
        Beside("text"),
        frame=frame_of(tokens, between),
    )


def _coder_of(published: Published) -> tuple[Coder, Arrays]:
    """The coder, and the parameters with the classes in its order."""
    parameters = published.parameters
    if published.head in SPOKEN:
        units = len(Tokens.published(published.tokenizer))
        return TokenCoder(SPOKEN[published.head], units), parameters
    if published.head == "none":
        return VectorCoder(published.shape.width), parameters
    names = np.array(published.labels)
    kernel, bias = parameters["head/output/kernel"], parameters["head/output/bias"]
    if published.task == "regression":
        count = len(names)
        zeros, ones = np.zeros(count), np.ones(count)
        return TargetCoder(
            TASKS["regression"], names[:0], zeros, ones, count == 1, count
        ), parameters
    if published.task == "multilabel":
        coder = TargetCoder(TASKS["multilabel"], flat=False, units=len(names))
        return coder, parameters
    order = np.argsort(names)
    kernel, bias, names = kernel[:, order], bias[order], names[order]
    units = len(names)
    if units == 2:  # one logit: how much more the second class has
        kernel, bias, units = kernel[:, 1:] - kernel[:, :1], bias[1:] - bias[:1], 1
    task = TASKS["binary" if units == 1 else "multiclass"]
    return TargetCoder(task, names, units=units), parameters | {
        "head/output/kernel": kernel,
        "head/output/bias": bias,
    }


def _lines(
    published: Published,
    name: str,
    task: Task,
    model: Transformer,
    preprocessor: Preprocessor,
    coder: Coder,
    resolved: dict[str, Any],
) -> tuple[tuple[str, str], ...]:
    network = model._line_about_network(preprocessor.spec, coder.spec, resolved)
    return (
        ("data", f"none: the weights of {name} ({published.kind})"),
        *(("", note) for note in published.notes),
        ("task", f"{task.kind}: {REASONS[published.head]}"),
        (model._label_of_network, network),
    )
