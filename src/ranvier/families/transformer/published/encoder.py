"""What BERT, RoBERTa and DistilBERT have in common."""

from __future__ import annotations

from typing import Any

from ranvier.families.transformer.published.fields import Fields
from ranvier.families.transformer.published.form import (
    ACTIVATIONS,
    WRITTEN,
    differing,
    whole_heads,
)
from ranvier.families.transformer.published.parts import Part, dense, norm
from ranvier.families.transformer.shape import Shape

EPSILON = 1e-12  # of their norms where config.json does not tell


def encoder_shape(
    fields: Fields,
    names: tuple[str, str, str, str, str],
    offset: int,
    segments: int,
    epsilon: float,
) -> Shape:
    """The shape by a config.json.

    Args:
        fields: of config.json.
        names: what it calls width, layers, heads, hidden and activation.
        offset: the number of the first token's position.
        segments: how many kinds of segments have a vector.
        epsilon: of the norms.
    """
    width, layers, heads, hidden, activation = names
    fields.only("is_decoder", False)
    fields.only("add_cross_attention", False)
    fields.only("position_embedding_type", "absolute")
    size, count = fields.whole(width), fields.whole(heads)
    if size % count:
        raise fields.wrong(width, f"be a multiple of {heads} {count}", f"is {size}")
    return Shape(
        layers=fields.whole(layers),
        width=size,
        heads=count,
        key_heads=count,
        head_width=size // count,
        hidden=fields.whole(hidden),
        norm_place="post",
        activation=fields.chosen(activation, ACTIVATIONS, "gelu"),
        epsilon=epsilon,
        longest=fields.whole("max_position_embeddings"),
        position_offset=offset,
        segments=segments,
        embed_norm=True,
        tied=fields.switch("tie_word_embeddings", True),
    )


def embedding(twin: str, segments: bool, tied: bool) -> list[Part]:
    """Of tokens, positions and segments; `twin` may hold the tokens' once more."""
    name = "embeddings.word_embeddings.weight"
    parts = [Part("embed/tokens", (name,), twins=(twin,) if tied else ())]
    parts += [Part("embed/positions", ("embeddings.position_embeddings.weight",))]
    if segments:
        parts += [Part("embed/segments", ("embeddings.token_type_embeddings.weight",))]
    return parts + norm("embed/norm", "embeddings.LayerNorm")


def masked_head(dense_name: str, norm_name: str, bias: str, output: str, tied: bool) -> list[Part]:
    """Of a masked language model: a dense layer, a norm, and the logits of the tokens."""
    parts = dense("head/dense", dense_name) + norm("head/norm", norm_name)
    # Without tying, transformers adds the output layer's own bias and leaves the other unused.
    first, second = (bias, f"{output}.bias") if tied else (f"{output}.bias", bias)
    parts += [Part("head/bias", (first,), twins=() if first == second else (second,))]
    return parts if tied else [*parts, Part("head/kernel", (f"{output}.weight",), turned=True)]


def encoder_settings(shape: Shape, vocabulary: int, names: tuple[str, ...]) -> dict[str, Any]:
    """config.json of a shape, with the same names as in `encoder_shape`."""
    values = (shape.width, shape.layers, shape.heads, shape.hidden, WRITTEN[shape.activation])
    return {
        **dict(zip(names, values, strict=True)),
        "vocab_size": vocabulary,
        "max_position_embeddings": shape.longest,
        "tie_word_embeddings": shape.tied,
    }


def encoder_unfit(shape: Shape) -> str | None:
    """Why a shape is none of an encoder as BERT, or None."""
    return whole_heads(shape) or differing(
        shape,
        causal=False,
        norm="layer",
        norm_place="post",
        positions="learned",
        embed_norm=True,
        activation=tuple(WRITTEN),
    )


OTHERS = ("classifier.", "qa_outputs.", "cls.seq_relationship.", "pooler.", "pre_classifier.")
SILENT = ("embeddings.position_ids", "embeddings.token_type_ids")
