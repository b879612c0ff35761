"""BERT (Devlin et al. 2019), and RoBERTa (Liu et al. 2019), which is built like it."""

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

_BERT = (
    "hidden_size",
    "num_hidden_layers",
    "num_attention_heads",
    "intermediate_size",
    "hidden_act",
)


def _bert_shape(fields: Fields) -> Shape:
    segments = fields.whole("type_vocab_size", default=2)
    return encoder_shape(fields, _BERT, 0, segments, fields.real("layer_norm_eps", EPSILON))


def _roberta_shape(fields: Fields) -> Shape:
    fields.only("hidden_act", "gelu")  # which its head has in any case
    segments = fields.whole("type_vocab_size", default=2)
    offset = fields.whole("pad_token_id", default=1, least=0) + 1  # positions begin behind padding
    if fields.whole("max_position_embeddings") <= offset:
        raise fields.wrong("max_position_embeddings", f"be above {offset}", "is not")
    return encoder_shape(fields, _BERT, offset, segments, fields.real("layer_norm_eps", EPSILON))


def _layers() -> list[Part]:
    own = "encoder.layer.{}.attention.self"
    return [
        *dense("stack/attend", f"{own}.query", f"{own}.key", f"{own}.value"),
        *dense("stack/merge", "encoder.layer.{}.attention.output.dense"),
        *norm("stack/attention_norm", "encoder.layer.{}.attention.output.LayerNorm"),
        *dense("stack/up", "encoder.layer.{}.intermediate.dense"),
        *dense("stack/down", "encoder.layer.{}.output.dense"),
        *norm("stack/hidden_norm", "encoder.layer.{}.output.LayerNorm"),
    ]


def _bert_parts(shape: Shape, head: str, pooled: bool) -> list[Part]:
    output = "cls.predictions.decoder"
    parts = embedding(f"{output}.weight", True, shape.tied) + _layers()
    if pooled or head == "classes":
        parts += dense("pooler", "pooler.dense")
    if head == "masked":
        before = "cls.predictions.transform"
        bias = "cls.predictions.bias"
        parts += masked_head(f"{before}.dense", f"{before}.LayerNorm", bias, output, shape.tied)
    return parts + (dense("head/output", "classifier") if head == "classes" else [])


def _roberta_parts(shape: Shape, head: str, pooled: bool) -> list[Part]:
    output = "lm_head.decoder"
    parts = embedding(f"{output}.weight", True, shape.tied) + _layers()
    if head == "masked":
        names = ("lm_head.dense", "lm_head.layer_norm", "lm_head.bias")
        parts += masked_head(*names, output, shape.tied)
    if head == "classes":
        return [*parts, *dense("pooler", "classifier.dense"),
                *dense("head/output", "classifier.out_proj")]  # fmt: skip
    return parts + (dense("pooler", "pooler.dense") if pooled else [])


def _bert_settings(shape: Shape, vocabulary: int) -> dict[str, Any]:
    return {
        **encoder_settings(shape, vocabulary, _BERT),
        "type_vocab_size": max(shape.segments, 1),
        "layer_norm_eps": shape.epsilon,
    }


def _roberta_settings(shape: Shape, vocabulary: int) -> dict[str, Any]:
    return _bert_settings(shape, vocabulary) | {"pad_token_id": shape.position_offset - 1}


def _bert_unfit(shape: Shape) -> str | None:
    return encoder_unfit(shape) or differing(shape, position_offset=0)


def _roberta_unfit(shape: Shape) -> str | None:
    if shape.position_offset < 1:
        return "its first position is not 0, and this model's is"
    return encoder_unfit(shape) or differing(shape, activation="gelu")


BERT = Form(
    "bert", ("bert",), "bert.",
    heads={"masked": "cls.predictions.transform.dense.weight", "classes": "classifier.weight"},
    classes="classifier.weight",
    names={"masked": "BertForMaskedLM", "classes": "BertForSequenceClassification",
           "none": "BertModel"},
    shape=_bert_shape, parts=_bert_parts, settings=_bert_settings, unfit=_bert_unfit,
    apart=OTHERS, silent=SILENT, pooler="pooler.dense.weight",
    older={".gamma": ".weight", ".beta": ".bias"},
)  # fmt: skip
ROBERTA = Form(
    "roberta", ("roberta", "xlm-roberta"), "roberta.",
    heads={"masked": "lm_head.dense.weight", "classes": "classifier.out_proj.weight"},
    classes="classifier.out_proj.weight",
    names={"masked": "RobertaForMaskedLM", "classes": "RobertaForSequenceClassification",
           "none": "RobertaModel"},
    shape=_roberta_shape, parts=_roberta_parts, settings=_roberta_settings,
    unfit=_roberta_unfit, apart=OTHERS, silent=SILENT, pooler="pooler.dense.weight",
)  # fmt: skip
