"""Writes tiny models as transformers saves them, and what they answer.

`python -m benchmarks.language.published --make` runs it in an environment that has transformers;
the tests need neither. Each folder holds the model's files, and expected.safetensors: the tokens
that go in, and the numbers that transformers makes of them.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import tokenizers as hf
import torch
import transformers as tf
from safetensors.torch import save_file
from tokenizers import decoders, models, normalizers, pre_tokenizers, processors

HERE = Path(__file__).parent
MARKS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
PIECES = ("a", "b", "c", "the", "cat", "sat", "on", "mat", ".", ",", "##s", "##ing", "##ed", "run")
PAIRS = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
LETTERS = "abcdefghimnorstu.Ġ"
MERGES = [("t", "h"), ("th", "e"), ("Ġ", "the"), ("a", "t"), ("Ġ", "c"), ("Ġc", "at"), ("o", "n")]
TEXTS = ("the cat sat on the mat .", "a cat runs, the cats sat", "cats")
BERT = {
    "vocab_size": 24, "hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2,
    "intermediate_size": 12, "max_position_embeddings": 20, "initializer_range": 0.4,
}  # fmt: skip
ROBERTA = BERT | {"vocab_size": 40, "type_vocab_size": 1, "layer_norm_eps": 1e-5}
DISTILBERT = {
    "vocab_size": 24, "dim": 8, "n_layers": 2, "n_heads": 2, "hidden_dim": 12,
    "max_position_embeddings": 20, "initializer_range": 0.4,
}  # fmt: skip
GPT2 = {
    "vocab_size": 40, "n_embd": 8, "n_layer": 2, "n_head": 2, "n_positions": 20,
    "initializer_range": 0.4, "bos_token_id": 0, "eos_token_id": 0,
}  # fmt: skip
LLAMA = {
    "vocab_size": 40, "hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "head_dim": 4, "intermediate_size": 12,
    "max_position_embeddings": 64, "initializer_range": 0.4, "bos_token_id": 0, "eos_token_id": 2,
}  # fmt: skip
SCALED = {
    "rope_type": "llama3", "rope_theta": 500.0, "factor": 4.0, "low_freq_factor": 1.0,
    "high_freq_factor": 4.0, "original_max_position_embeddings": 16,
}  # fmt: skip


def cases() -> dict[str, tuple[Any, str]]:
    """Each folder's model and tokenizer."""
    three = {"num_labels": 3, "id2label": {0: "bad", 1: "fair", 2: "good"}}
    untied = {"tie_word_embeddings": False}
    return {
        "bert-masked": (tf.BertForMaskedLM(tf.BertConfig(**BERT)), "pieces"),
        "bert-untied": (tf.BertForMaskedLM(tf.BertConfig(**BERT, **untied)), "pieces"),
        "bert-pretraining": (tf.BertForPreTraining(tf.BertConfig(**BERT)), "pieces"),
        "bert-classes": (
            tf.BertForSequenceClassification(tf.BertConfig(**BERT, **three, hidden_act="relu")),
            "pieces",
        ),
        "bert-sentences": (tf.BertModel(tf.BertConfig(**BERT)), "pieces"),
        "roberta-masked": (tf.RobertaForMaskedLM(tf.RobertaConfig(**ROBERTA)), "pairs"),
        "roberta-classes": (
            tf.RobertaForSequenceClassification(tf.RobertaConfig(**ROBERTA, **three)),
            "pairs",
        ),
        "distilbert-masked": (
            tf.DistilBertForMaskedLM(tf.DistilBertConfig(**DISTILBERT)),
            "pieces",
        ),
        "distilbert-classes": (
            tf.DistilBertForSequenceClassification(tf.DistilBertConfig(**DISTILBERT, **three)),
            "pieces",
        ),
        "gpt2": (tf.GPT2LMHeadModel(tf.GPT2Config(**GPT2)), "plain"),
        "gpt2-untied": (
            tf.GPT2LMHeadModel(tf.GPT2Config(**GPT2, **untied, n_inner=20)), "plain",
        ),
        "llama": (
            tf.LlamaForCausalLM(tf.LlamaConfig(**LLAMA, rope_parameters=SCALED)), "plain",
        ),
        "llama-tied": (
            tf.LlamaForCausalLM(
                tf.LlamaConfig(**LLAMA, tie_word_embeddings=True, attention_bias=True)
            ),
            "plain",
        ),
        "mistral": (tf.MistralForCausalLM(tf.MistralConfig(**LLAMA)), "plain"),
        "qwen2": (
            tf.Qwen2ForCausalLM(
                tf.Qwen2Config(**{k: v for k, v in LLAMA.items() if k != "head_dim"})
            ),
            "plain",
        ),
    }  # fmt: skip


def word_pieces() -> hf.Tokenizer:
    names = (*MARKS, *PIECES)
    made = hf.Tokenizer(models.WordPiece({n: i for i, n in enumerate(names)}, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.decoder = decoders.WordPiece()
    made.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    made.add_special_tokens([hf.AddedToken(name, special=True) for name in MARKS])
    return made


def byte_pairs(marks: tuple[str, ...], *, around: bool) -> hf.Tokenizer:
    names = (*marks, *LETTERS, *("".join(pair) for pair in MERGES))
    made = hf.Tokenizer(models.BPE({n: i for i, n in enumerate(names)}, MERGES))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    if around:
        made.post_processor = processors.RobertaProcessing(
            ("</s>", 2), ("<s>", 0), add_prefix_space=False
        )
    flags = {"special": True}
    made.add_special_tokens([hf.AddedToken(n, lstrip=n == "<mask>", **flags) for n in marks])
    return made


def tokenizer(kind: str) -> hf.Tokenizer:
    if kind == "pieces":
        return word_pieces()
    return byte_pairs(PAIRS if kind == "pairs" else ("<|endoftext|>",), around=kind == "pairs")


def shaken(model: Any) -> Any:
    """No bias zero, no norm one, so that each array counts."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.2 * torch.randn(parameter.shape))
    return model.eval()


def questions(model: Any, seed: int) -> dict[str, torch.Tensor]:
    """Two rows of tokens, the second of which is shorter."""
    size, padding = model.config.vocab_size, model.config.pad_token_id or 0
    tokens = torch.randint(5, size, (2, 9), generator=torch.Generator().manual_seed(seed))
    lengths = torch.tensor([9, 6])
    tokens = torch.where(torch.arange(9)[None] < lengths[:, None], tokens, padding)
    segments = torch.zeros_like(tokens)
    if model.config.model_type == "bert":
        segments[:, 4:] = 1
    return {"tokens": tokens.int(), "lengths": lengths.int(), "segments": segments.int()}


def answers(model: Any, asked: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """What the model makes of them."""
    mask = (torch.arange(9)[None] < asked["lengths"][:, None]).long()
    given = {"input_ids": asked["tokens"].long(), "attention_mask": mask}
    if model.config.model_type == "bert":
        given["token_type_ids"] = asked["segments"].long()
    with torch.no_grad():
        out = model(**given, output_hidden_states=True)
    found = {"hidden": out.hidden_states[-1]}
    for name in ("logits", "prediction_logits"):
        if getattr(out, name, None) is not None:
            found["logits"] = getattr(out, name)
    if getattr(out, "pooler_output", None) is not None:
        weights = mask[..., None].float()
        mean = (found["hidden"] * weights).sum(1) / weights.sum(1)
        found["embedding"] = torch.nn.functional.normalize(mean, dim=-1)
    return {name: array.contiguous().clone() for name, array in found.items()}


def sentences(folder: Path) -> None:
    """What sentence-transformers writes beside a model."""
    names = ("Transformer", "Pooling", "Normalize")
    places = ("", "1_Pooling", "2_Normalize")
    modules = [
        {"idx": i, "name": str(i), "path": place, "type": f"sentence_transformers.models.{name}"}
        for i, (name, place) in enumerate(zip(names, places, strict=True))
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "1_Pooling").mkdir()
    flags = {"pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True}
    settings = {"word_embedding_dimension": 8, **flags, "pooling_mode_max_tokens": False}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(settings))
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 16}))


def main() -> None:
    torch.manual_seed(0)
    for number, (name, (fresh, kind)) in enumerate(cases().items()):
        folder = HERE / name
        shutil.rmtree(folder, ignore_errors=True)
        dtype = {"mistral": torch.bfloat16, "distilbert-classes": torch.float16}.get(name)
        shaken(fresh).to(dtype or torch.float32).save_pretrained(
            folder, max_shard_size="3KB" if name == "qwen2" else "5GB"
        )
        made = tokenizer(kind)
        if name == "bert-classes":
            (folder / "vocab.txt").write_text("".join(f"{n}\n" for n in (*MARKS, *PIECES)))
        elif name == "roberta-classes":
            made.model.save(str(folder))
        else:
            made.save(str(folder / "tokenizer.json"))
        if name == "bert-sentences":
            sentences(folder)
        (folder / "generation_config.json").unlink(missing_ok=True)
        model = type(fresh).from_pretrained(folder, dtype=torch.float32).eval()
        asked = questions(model, number)
        save_file(asked | answers(model, asked), folder / "expected.safetensors")
        cuts = [made.encode(text).ids for text in TEXTS]
        pair = made.encode(TEXTS[0], TEXTS[1])
        cut = {"texts": TEXTS, "ids": cuts, "pair": pair.ids, "segments": pair.type_ids}
        (folder / "expected.json").write_text(json.dumps(cut) + "\n")


if __name__ == "__main__":
    main()
