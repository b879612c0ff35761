"""Every published form, by kind and by what config.json calls it."""

from __future__ import annotations

from ranvier.errors import ArtifactError, nearest
from ranvier.families.transformer.published.bert import BERT, ROBERTA
from ranvier.families.transformer.published.distilbert import DISTILBERT
from ranvier.families.transformer.published.fields import Fields
from ranvier.families.transformer.published.form import Form
from ranvier.families.transformer.published.gpt2 import GPT2
from ranvier.families.transformer.published.llama import LLAMA
from ranvier.families.transformer.shape import Shape

FORMS = {form.kind: form for form in (BERT, ROBERTA, DISTILBERT, GPT2, LLAMA)}
TYPES = {name: form for form in FORMS.values() for name in form.types}


def form_of(fields: Fields) -> Form:
    """The form that a config.json tells of.

    Raises:
        ArtifactError: it tells of none that is known.
    """
    kind = fields.values.get("model_type")
    if not isinstance(kind, str) or kind not in TYPES:
        raise ArtifactError(
            f"{fields.path}: model_type must be one of {', '.join(TYPES)}, but is {kind!r:.40}; "
            f"use a model of these.{nearest(str(kind), TYPES)}"
        )
    return TYPES[kind]


def form_for(shape: Shape, kind: str | None = None) -> Form:
    """The form that a shape can be written in.

    Raises:
        ArtifactError: there is none, or the one that was asked for is not that, with the reason.
    """
    if kind is not None and kind not in FORMS:
        raise ArtifactError(
            f"kind must be one of {', '.join(FORMS)}, or None, not {kind!r:.40}."
            f"{nearest(str(kind), FORMS)}"
        )
    # DistilBERT is BERT without segments, and is written only where it is asked for.
    wanted = [kind] if kind else ["bert", "roberta", "gpt2", "llama"]
    for name in wanted:
        if FORMS[name].unfit(shape) is None:
            return FORMS[name]
    near = kind or ("bert" if not shape.causal else "llama" if shape.norm == "rms" else "gpt2")
    raise ArtifactError(
        f"This model has no published form; of {near}, which is nearest: "
        f"{FORMS[near].unfit(shape)}. Keep it with model.save."
    )
