"""DistilBERT (Sanh et al. 2019): half of BERT's layers, and no segments."""

from __future__ import annotations

from typing import Any

from ranvier.families.transformer.published.encoder import (
    EPSILON,
    OTHERS,
    SILENT,
    embedding,
    encoder_settings,
    encoder_shape,
    encoder_unfit,
    masked_head,
)
from ranvier.families.transformer.published.fields import Fields
from ranvier.families.transformer.published.form import Form, differing
from ranvier.families.transformer.published.parts import Part, dense, norm
from ranvier.families.transformer.shape import Shape

_DISTILBERT = ("dim", "n_layers", "n_heads", "hidden_dim", "activation")


def _distilbert_shape(fields: Fields) -> Shape:
    return encoder_shape(fields, _DISTILBERT, 0, 0, EPSILON)


def _distilbert_parts(shape: Shape, head: str, pooled: bool) -> list[Part]:
    output, own = "vocab_projector", "transformer.layer.{}"
    heads = (f"{own}.attention.q_lin", f"{own}.attention.k_lin", f"{own}.attention.v_lin")
    parts = [
        *embedding(f"{output}.weight", False, shape.tied),
        *dense("stack/attend", *heads),
        *dense("stack/merge", f"{own}.attention.out_lin"),
        *norm("stack/attention_norm", f"{own}.sa_layer_norm"),
        *dense("stack/up", f"{own}.ffn.lin1"),
        *dense("stack/down", f"{own}.ffn.lin2"),
        *norm("stack/hidden_norm", f"{own}.output_layer_norm"),
    ]
    if head == "masked":
        names = ("vocab_transform", "vocab_layer_norm", f"{output}.bias")
        parts += masked_head(*names, output, shape.tied)
    if head == "classes":
        parts += dense("pooler", "pre_classifier") + dense("head/output", "classifier")
    return parts


def _distilbert_settings(shape: Shape, vocabulary: int) -> dict[str, Any]:
    return encoder_settings(shape, vocabulary, _DISTILBERT) | {"sinusoidal_pos_embds": False}


def _distilbert_unfit(shape: Shape) -> str | None:
    # Its norms' epsilon stands in its code, not in config.json.
    return encoder_unfit(shape) or differing(shape, position_offset=0, segments=0, epsilon=EPSILON)


DISTILBERT = Form(
    "distilbert", ("distilbert",), "distilbert.",
    heads={"masked": "vocab_transform.weight", "classes": "pre_classifier.weight"},
    classes="classifier.weight",
    names={"masked": "DistilBertForMaskedLM", "classes": "DistilBertForSequenceClassification",
           "none": "DistilBertModel"},
    shape=_distilbert_shape, parts=_distilbert_parts, settings=_distilbert_settings,
    unfit=_distilbert_unfit, apart=OTHERS, silent=SILENT, activation="relu",
)  # fmt: skip
