"""The public class of the transformer family."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np

from ranvier.data import Dataset
from ranvier.data.corpus import Corpus, corpus_of
from ranvier.data.pictures import Form
from ranvier.data.steps import StepForm
from ranvier.data.texts import Texts
from ranvier.errors import HyperparameterError
from ranvier.export.formats import PUBLISHED
from ranvier.export.writing import Exported
from ranvier.families.transformer import cost, shaping
from ranvier.families.transformer.builder import CAUSAL, TransformerBuilder
from ranvier.families.transformer.describing import layers, line
from ranvier.families.transformer.explaining import Explaining
from ranvier.families.transformer.lora import trained
from ranvier.families.transformer.pretrained import Pretrained, pretrained_of
from ranvier.families.transformer.recipes import LORA_RATE, own
from ranvier.model.recipes import common
from ranvier.model.steps import as_steps
from ranvier.model.summary import Layer
from ranvier.preprocessing.fitting import Coder
from ranvier.specification import InputSpec, OutputSpec
from ranvier.tasks import TASKS, Task
from ranvier.training.feeds import Rows, Weights
from ranvier.training.learner import Learner, Player


class Transformer(Explaining):
    """Transformer: texts, language, sequences and time series.

    Each token looks at the others and takes from them what it needs (Vaswani et al. 2017). As an
    encoder, like BERT (Devlin et al. 2019): classification and regression of texts, of pairs of
    texts and of words. As a decoder, like GPT (Radford et al. 2018): a model of language that goes
    on with a text. Sequences of numbers and forecasts as `RNN` has them.

    `fit` takes what `RNN` takes; pairs of texts (a list of pairs, or a table with two columns of
    text); and with task="language_model" or "masked_language_model" plain texts without a target,
    or the path of a text file. `pretrained` starts from a model trained before, or from published
    weights.

    Example:
        >>> import ranvier as rv
        >>> text = "the cat sat on the mat. the dog sat on the log. " * 40
        >>> model = rv.Transformer(task="language_model", layers=1, width=32, context=16,
        ...                        epochs=1, steps_per_epoch=20, verbose=0).fit([text])
        >>> len(model.generate("the cat", max_tokens=5))
        5
    """

    family: ClassVar[str] = "transformer"
    _core_products: ClassVar[float] = 2**25  # so few that the cores would wait for each other
    _core_rows: ClassVar[int] = 4
    _of_words: ClassVar[bool] = True
    _pairs: ClassVar[bool] = True
    _last: ClassVar[tuple[str, ...]] = ("head/output", "bag")

    @classmethod
    def from_pretrained(
        cls, folder: str | Path, *, pairs: bool = False, **hyperparameters: Any
    ) -> Self:
        """A fitted model with published weights: a folder in the form of Hugging Face.

        Nothing is downloaded and nothing in the folder is executed. The task is that of the
        weights' own head: a masked or causal language model, a classifier, or "embedding", which
        gives vectors (`embed`). `fit` trains on from the weights.

        Args:
            folder: with config.json, model.safetensors and tokenizer.json, of a BERT, RoBERTa,
                DistilBERT, MiniLM, GPT-2, Llama, Mistral or Qwen2.
            pairs: of a classifier, whether it takes pairs of texts.
            hyperparameters: as the constructor takes them.

        Raises:
            ArtifactError: the folder is incomplete, damaged, or of another kind.
        """
        from ranvier.families.transformer.published.fitted import from_folder

        return from_folder(cls, folder, hyperparameters, pairs=pairs)

    def save_pretrained(self, folder: str | Path) -> None:
        """Write the fitted model in the form of Hugging Face, which its transformers read.

        Args:
            folder: a new or empty one, or one that holds such a model, which is replaced.

        Raises:
            NotFittedError: `fit` was not called.
            ArtifactError: no published form has this model's shape, or it cannot be written.
        """
        from ranvier.families.transformer.published.saved import to_folder

        self._check_fitted()
        to_folder(self, folder)

    def export(self, path: str | Path, format: str | None = None, *, X: Any = None) -> Exported:
        """As `Model.export`; format="huggingface" is what `save_pretrained` writes."""
        if format != PUBLISHED:
            return super().export(path, format, X=X)
        from ranvier.families.transformer import exporting

        self._check_fitted()
        return exporting.published(self, Path(path))

    @property
    def _code(self) -> tuple[str, ...]:  # type: ignore[override]
        """A model that was given as an object is not written into a file."""
        return (
            () if self.pretrained is None or isinstance(self.pretrained, str) else ("pretrained",)
        )

    def _start(self) -> Pretrained | None:
        """What `pretrained` holds; read once for each fit."""
        if self.pretrained is None:
            return None
        kept = vars(self).get("_started")
        if kept is None or kept[0] is not self.pretrained:
            kept = (self.pretrained, pretrained_of(self.pretrained))
            self._started = kept
        found: Pretrained = kept[1]
        return found

    def _fit(self, *arguments: Any, **how: Any) -> Self:
        try:
            return super()._fit(*arguments, **how)
        finally:  # the weights that it began with are not kept beside its own
            vars(self).pop("_started", None)

    def _suited(self, examples: Dataset, form: Form | StepForm | None = None) -> Dataset:
        task = self.task if form is None else self.task_
        if task == "auto" and isinstance(examples.inputs, Corpus):
            task = CAUSAL if examples.target is None else task
        if task not in TASKS or not TASKS[task].is_language:
            return super()._suited(examples, form)
        if isinstance(examples.inputs, Corpus):
            return examples
        assert not isinstance(form, Form)
        texts = as_steps(examples, type(self).__name__, form)
        if not isinstance(texts.inputs, Texts):
            raise HyperparameterError(
                f"task={task!r} learns from texts, and these are "
                f"{getattr(texts.inputs, 'about', 'a table')}: pass texts."
            )
        return replace(texts, inputs=corpus_of(texts.inputs), target=None, target_names=())

    def _input_options(self, resolved: dict[str, Any]) -> Mapping[str, Any]:
        start = self._start()
        longest = None if start is None else start.max_length
        wanted = self.max_length
        if longest is not None and wanted is not None and wanted > longest:
            raise HyperparameterError(
                f"max_length must be at most {longest:,}, the positions that the pretrained model "
                f"knows; got {wanted:,}."
            )
        options = {
            "tokenizer": resolved["tokenizer"],
            "vocabulary_size": resolved["vocabulary_size"],
            "tokens": None if start is None else start.tokens,
        }
        if resolved["language"]:
            return options
        return {
            **options,
            "max_length": wanted if wanted is not None or longest is None else min(longest, 256),
            "special": True,
            "between": 2 if start is not None and start.shape.position_offset else 1,
            "importance": bool(resolved["bag"]),
        }

    def _resolve(self, task: Task, rows: int, inputs: Any = None) -> dict[str, Any]:
        start, texts = self._start(), isinstance(inputs, Texts)
        values = own(self.recipe, task, rows, texts=texts, pretrained=start is not None)
        chosen = common(self.recipe, task, rows) | values
        if self.lora_rank and start is None:
            raise HyperparameterError(
                "lora_rank trains low-rank pairs beside the kernels of a model that was trained "
                "before: give pretrained=, or leave lora_rank out."
            )
        if self.lora_rank:
            chosen["learning_rate"] = LORA_RATE
        if start is not None and start.pooling is not None:
            chosen["pooling"] = start.pooling
        resolved = self._filled(chosen)
        if task.stepwise:  # weighed words are of a whole text
            resolved["bag"] = False
        resolved["language"] = task.kind if task.is_language else ""
        if start is not None:
            shaping.check_untouched(self)
            if task.is_language and resolved["context"] is None:
                resolved["context"] = min(start.max_length, 256)
            causal = task.kind == CAUSAL or (start.shape.causal and not task.is_language)
            resolved["shape"] = replace(
                start.shape,
                causal=causal,
                dropout=resolved["dropout"] > 0,
                rematerialise=bool(resolved["rematerialise"]),
            ).pairs()
        else:
            shaping.check_sizes(resolved)
        return resolved

    def _build(
        self, inputs: InputSpec, outputs: OutputSpec, resolved: dict[str, Any]
    ) -> TransformerBuilder:
        texts = inputs.vocabulary > 0
        return TransformerBuilder(
            inputs=inputs,
            outputs=outputs,
            shape=shaping.shape_of(inputs, resolved),
            language=resolved["language"],
            pooling=resolved["pooling"],
            pooler=resolved.get("pooler", ""),
            bag=texts and bool(resolved["bag"]) and not resolved["language"],
            rank=int(resolved["lora_rank"]),
            patch=shaping.patch_of(inputs, outputs),
            **shaping.fresh(resolved),
        )

    def _learner(self, inputs: InputSpec, outputs: OutputSpec, resolved: dict[str, Any]) -> Learner:
        learner = super()._learner(inputs, outputs, resolved)
        if resolved["language"]:
            loss = self._language_loss(inputs, resolved)
            learner = replace(learner, players=(Player("network", loss),), judge=loss)
        if not resolved["lora_rank"]:
            return learner
        player = learner.players[0]
        return replace(learner, players=(replace(player, parameters=trained(learner.build)),))

    def _observed(
        self, train: Dataset, coder: Coder, resolved: dict[str, Any]
    ) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        resolved, lines = super()._observed(train, coder, resolved)
        if self._start() is not None:
            lines = [*lines, ("", f"begins with the weights of {self._name_of_start()}")]
        return resolved, lines

    def _name_of_start(self) -> str:
        return self.pretrained if isinstance(self.pretrained, str) else "a model trained before"

    def _given(
        self, learner: Learner, resolved: dict[str, Any], rows: Rows, weights: Weights | None
    ) -> dict[str, np.ndarray]:
        del rows, weights
        start = self._start()
        return {} if start is None else shaping.shared(start, learner.build)

    def _products(
        self, parameters: int, inputs: InputSpec, outputs: OutputSpec, resolved: dict[str, Any]
    ) -> float:
        del parameters
        return cost.products(self._build(inputs, outputs, resolved))

    def _rows_at_once(self, inputs: InputSpec) -> int:
        return cost.rows_at_once(inputs)

    def _layers(self) -> list[Layer]:
        return layers(self._builder(), self._outcome.parameters)

    def _line_about_network(
        self, inputs: InputSpec, outputs: OutputSpec, resolved: dict[str, Any]
    ) -> str:
        start = "pretrained " if "shape" in resolved else ""
        return start + line(self._build(inputs, outputs, resolved))
