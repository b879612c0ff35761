"""GPT-2 (Radford et al. 2019)."""

from __future__ import annotations

from typing import Any

from ranvier.families.transformer.published.fields import Fields
from ranvier.families.transformer.published.form import (
    ACTIVATIONS,
    WRITTEN,
    Form,
    differing,
    whole_heads,
)
from ranvier.families.transformer.published.parts import Part, dense, norm, output
from ranvier.families.transformer.shape import Shape


def _gpt2_shape(fields: Fields) -> Shape:
    fields.only("scale_attn_weights", True)
    fields.only("scale_attn_by_inverse_layer_idx", False)
    fields.only("add_cross_attention", False)
    width, heads = fields.whole("n_embd"), fields.whole("n_head")
    if width % heads:
        raise fields.wrong("n_embd", f"be a multiple of n_head {heads}", f"is {width}")
    return Shape(
        layers=fields.whole("n_layer"),
        width=width,
        heads=heads,
        key_heads=heads,
        head_width=width // heads,
        hidden=fields.whole("n_inner", default=4 * width),
        activation=fields.chosen("activation_function", ACTIVATIONS, "gelu_new"),
        causal=True,
        epsilon=fields.real("layer_norm_epsilon", 1e-5),
        longest=fields.whole("n_positions", "n_ctx", default=1024),
        tied=fields.switch("tie_word_embeddings", True),
    )


def _gpt2_parts(shape: Shape, head: str, pooled: bool) -> list[Part]:
    twins = ("lm_head.weight",) if shape.tied else ()
    parts = [
        Part("embed/tokens", ("wte.weight",), twins=twins),
        Part("embed/positions", ("wpe.weight",)),
        *norm("stack/attention_norm", "h.{}.ln_1"),
        *dense("stack/attend", "h.{}.attn.c_attn", turned=False),
        *dense("stack/merge", "h.{}.attn.c_proj", turned=False),
        *norm("stack/hidden_norm", "h.{}.ln_2"),
        *dense("stack/up", "h.{}.mlp.c_fc", turned=False),
        *dense("stack/down", "h.{}.mlp.c_proj", turned=False),
        *norm("norm", "ln_f"),
    ]
    return parts + output(shape, head)


def _gpt2_settings(shape: Shape, vocabulary: int) -> dict[str, Any]:
    return {
        "vocab_size": vocabulary,
        "n_positions": shape.longest,
        "n_embd": shape.width,
        "n_layer": shape.layers,
        "n_head": shape.heads,
        "n_inner": shape.hidden,
        "activation_function": WRITTEN[shape.activation],
        "layer_norm_epsilon": shape.epsilon,
        "tie_word_embeddings": shape.tied,
    }


def _gpt2_unfit(shape: Shape) -> str | None:
    return whole_heads(shape) or differing(
        shape,
        causal=True,
        norm="layer",
        norm_place="pre",
        positions="learned",
        embed_norm=False,
        segments=0,
        position_offset=0,
        activation=tuple(WRITTEN),
    )


GPT2 = Form(
    "gpt2", ("gpt2",), "transformer.",
    heads={"causal": "lm_head.weight"}, classes="",
    names={"causal": "GPT2LMHeadModel", "none": "GPT2Model"},
    shape=_gpt2_shape, parts=_gpt2_parts, settings=_gpt2_settings, unfit=_gpt2_unfit,
    apart=("score.", "multiple_choice_head.", "classifier."),
    silent=(".attn.bias", ".attn.masked_bias"),
)  # fmt: skip
