"""Llama (Touvron et al. 2023), and those built like it: Mistral and Qwen2."""

from __future__ import annotations

import dataclasses
from typing import Any

from ranvier.families.transformer.published.fields import Fields
from ranvier.families.transformer.published.form import Form, differing
from ranvier.families.transformer.published.parts import Part, dense, norm, output
from ranvier.families.transformer.shape import RotaryScaling, Shape


def _llama_shape(fields: Fields) -> Shape:
    fields.chosen("hidden_act", {"silu": "silu", "swish": "silu"}, "silu")
    fields.only("pretraining_tp", 1)
    fields.only("use_sliding_window", False)
    width, heads = fields.whole("hidden_size"), fields.whole("num_attention_heads")
    keys = fields.whole("num_key_value_heads", default=heads)
    if heads % keys:
        raise fields.wrong("num_attention_heads", f"be a multiple of {keys}", f"is {heads}")
    head_width = fields.whole("head_dim", default=max(width // heads, 1))
    if head_width % 2:
        raise fields.wrong("head_dim", "be even, as rotary positions need", f"is {head_width}")
    queries, merge, first = _biases(fields)
    base, scaling = _rotation(fields)
    return Shape(
        layers=fields.whole("num_hidden_layers"),
        width=width,
        heads=heads,
        key_heads=keys,
        head_width=head_width,
        hidden=fields.whole("intermediate_size"),
        norm="rms",
        positions="rotary",
        activation="swiglu",
        causal=True,
        attend_biases=queries,
        biases=merge or first,
        norm_biases=False,
        epsilon=fields.real("rms_norm_eps", 1e-6),
        rotary_base=base,
        rotary_scaling=scaling,
        tied=fields.switch("tie_word_embeddings", False),
    )


def _biases(fields: Fields) -> tuple[bool, bool, bool]:
    """Whether there are any: of queries, keys and values; of merge; of the dense layers."""
    if fields.values.get("model_type") == "qwen2":
        return True, False, False
    attention = fields.switch("attention_bias", False)
    return attention, attention, fields.switch("mlp_bias", False)


def _llama_zeros(fields: Fields) -> frozenset[str]:
    _, merge, first = _biases(fields)
    names = () if merge else ("merge",)
    return frozenset(f"stack/{name}/bias" for name in (*names, *(() if first else ("up", "down"))))


def _llama_written(shape: Shape) -> Shape:
    some = shape.attend_biases or shape.biases
    return dataclasses.replace(shape, attend_biases=some, biases=some)


def _rotation(fields: Fields) -> tuple[float, RotaryScaling | None]:
    """The base and the scaling, as transformers writes them since version 5, and before."""
    inner = fields.inner("rope_parameters", "rope_scaling")
    base = inner.real("rope_theta", fields.real("rope_theta", 10_000.0))
    kind = inner.values.get("rope_type", inner.values.get("type", "default"))
    if kind == "default":
        return base, None
    if kind != "llama3":
        raise fields.wrong(
            "rope_type", "be 'default' or 'llama3'", f"is {kind!r:.40}", "no other scaling is known"
        )
    length = inner.whole("original_max_position_embeddings")
    low, high = inner.real("low_freq_factor", 1.0), inner.real("high_freq_factor", 4.0)
    if low >= high:
        raise inner.wrong("high_freq_factor", f"be above low_freq_factor {low}", f"is {high}")
    return base, RotaryScaling(inner.real("factor", 8.0), low, high, length)


def _llama_parts(shape: Shape, head: str, pooled: bool) -> list[Part]:
    own, mlp = "layers.{}.self_attn", "layers.{}.mlp"
    twins = ("lm_head.weight",) if shape.tied else ()
    heads = (f"{own}.q_proj", f"{own}.k_proj", f"{own}.v_proj")
    some = shape.biases
    parts = [
        Part("embed/tokens", ("embed_tokens.weight",), twins=twins),
        *norm("stack/attention_norm", "layers.{}.input_layernorm", biased=False),
        *dense("stack/attend", *heads, biased=shape.attend_biases),
        *dense("stack/merge", f"{own}.o_proj", biased=some),
        *norm("stack/hidden_norm", "layers.{}.post_attention_layernorm", biased=False),
        *dense("stack/up", f"{mlp}.gate_proj", f"{mlp}.up_proj", biased=some),
        *dense("stack/down", f"{mlp}.down_proj", biased=some),
        *norm("norm", "norm", biased=False),
    ]
    return parts + output(shape, head)


def _llama_settings(shape: Shape, vocabulary: int) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "vocab_size": vocabulary,
        "hidden_size": shape.width,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.key_heads,
        "head_dim": shape.head_width,
        "intermediate_size": shape.hidden,
        "hidden_act": "silu",
        "rms_norm_eps": shape.epsilon,
        "rope_theta": shape.rotary_base,
        "attention_bias": shape.attend_biases,
        "mlp_bias": shape.biases,
        "tie_word_embeddings": shape.tied,
    }
    if (scaling := shape.rotary_scaling) is not None:
        settings["rope_scaling"] = {
            "rope_type": "llama3",
            "factor": scaling.factor,
            "low_freq_factor": scaling.low,
            "high_freq_factor": scaling.high,
            "original_max_position_embeddings": scaling.length,
        }
    return settings


def _llama_unfit(shape: Shape) -> str | None:
    return differing(
        shape,
        causal=True,
        norm="rms",
        norm_place="pre",
        positions="rotary",
        activation="swiglu",
        embed_norm=False,
        segments=0,
    )


LLAMA = Form(
    "llama", ("llama", "mistral", "qwen2"), "model.",
    heads={"causal": "lm_head.weight"}, classes="",
    names={"causal": "LlamaForCausalLM", "none": "LlamaModel"},
    shape=_llama_shape, parts=_llama_parts, settings=_llama_settings, unfit=_llama_unfit,
    zeros=_llama_zeros, written=_llama_written,
    apart=("score.", "qa_outputs."), silent=(".rotary_emb.inv_freq",),
)  # fmt: skip
