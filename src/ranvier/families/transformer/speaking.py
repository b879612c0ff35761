"""What a model of language answers: how well it tells tokens, and which come next."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import jax
import numpy as np

from ranvier.data.corpus import Corpus
from ranvier.data.steps import StepForm
from ranvier.data.texts import Texts
from ranvier.errors import HyperparameterError
from ranvier.families.sequential.model import Sequential
from ranvier.families.transformer import cost
from ranvier.families.transformer.builder import CAUSAL
from ranvier.families.transformer.hyperparameters import TransformerHyperparameters
from ranvier.families.transformer.learning import HiddenToken, NextToken
from ranvier.model.language_scoring import Told, language_scores
from ranvier.model.predicting import in_blocks
from ranvier.model.steps import as_steps
from ranvier.preprocessing.corpus import CorpusPreprocessor
from ranvier.specification import InputSpec
from ranvier.tasks import TASKS
from ranvier.training.blueprint import blueprint_of
from ranvier.training.step import with_precision


class Speaking(TransformerHyperparameters, Sequential):
    """`evaluate`, `score` and `predict` of models of language, and `told`."""

    def evaluate(self, X: Any, y: Any = None, sample_weight: Any = None) -> dict[str, float]:
        """The task's metrics by name, and the loss; see `Model.evaluate`.

        Of a model of language: perplexity, bits_per_character (of one that tells the next token),
        accuracy, and the loss in nats a token. Texts are cut into windows of the context's
        length, of which each token is told from those before it in its window.
        """
        if not self._speaks():
            return super().evaluate(X, y, sample_weight)
        return language_scores(self.told(X))

    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        """See `Model.score`; of a model of language minus the loss, in nats a token."""
        if not self._speaks():
            return super().score(X, y, sample_weight)
        return -self.evaluate(X)["loss"]

    def told(self, X: Any) -> Told:
        """How well the tokens of texts are told: sums over them."""
        self._check_fitted()
        preprocessor = self.preprocessor_
        assert isinstance(preprocessor, CorpusPreprocessor)
        corpus = self._suited(self._examples_of(X), preprocessor.form).inputs
        assert isinstance(corpus, Corpus)
        inputs = preprocessor.transform(corpus, whole=True)
        shape, outcome = self._builder(), self._outcome
        judged = _judge(shape, self._language_loss(shape.inputs, self.resolved_), self._precision)
        weights = jax.device_put((outcome.parameters, outcome.variables))
        most = cost.rows_at_once(shape.inputs, shape.outputs.units)
        sums = in_blocks(lambda block: judged(*weights, block), inputs, most)
        nats, right, tokens = (float(part.astype(np.float64).sum()) for part in sums)
        return Told(nats, right, tokens, corpus.characters if self.task_ == CAUSAL else 0)

    def embed(
        self, X: Any, *, pooling: str | None = None, normalised: bool | None = None
    ) -> np.ndarray:
        """A vector for each text, by which texts can be compared and searched.

        Args:
            X: texts in a form that `fit` takes; a list of one for a single text.
            pooling: of the tokens' vectors: "mean", "first", "last" or "max"; None: the one the
                model was published or trained with.
            normalised: whether each vector is made one long; None: as the model was published.

        Returns:
            Float32 (N, width).

        Raises:
            HyperparameterError: the model did not learn from texts, or an unknown pooling.
        """
        from ranvier.families.transformer import vectors

        self._check_fitted()
        texts = as_steps(self._examples_of(X), type(self).__name__, self._form_of_texts("embed"))
        assert isinstance(texts.inputs, Texts)
        plain = texts.inputs.plain() if isinstance(texts.inputs, Corpus) else texts.inputs
        return vectors.embed(self, plain, pooling, normalised)

    def fill_mask(self, text: str | list[str], top: int = 5) -> list[Any]:
        """The likeliest words for the gaps of a text, each written [MASK].

        Args:
            text: one text, or a list of them.
            top: how many for each gap.

        Returns:
            For one gap a list of `Filled`, with "token", "probability" and "text", best first; for
            several gaps a list of such; for several texts a list of what each gives.

        Raises:
            HyperparameterError: a model of another task than masked_language_model.
            DataError: no gap, or a text that is too long.
        """
        from ranvier.families.transformer import filling

        self._check_fitted()
        if isinstance(text, list):
            return [self.fill_mask(one, top) for one in text]
        found = filling.fill(self, text, top)
        return found[0] if len(found) == 1 else list(found)

    def _form_of_texts(self, what: str) -> StepForm:
        form = getattr(self.preprocessor_, "form", None)
        if not isinstance(form, StepForm) or form.kind != "text":
            raise HyperparameterError(
                f"{what} needs a model of texts, and this {type(self).__name__} learned from "
                "numbers."
            )
        return form

    def _speaks(self) -> bool:
        self._check_fitted()
        return self.task_ in TASKS and TASKS[self.task_].is_language

    @property
    def _precision(self) -> str:
        return str(self.resolved_["precision"])

    def _language_loss(
        self, inputs: InputSpec, resolved: dict[str, Any]
    ) -> NextToken | HiddenToken:
        if resolved["language"] == CAUSAL:
            return NextToken(inputs.steps)
        mask, marks = resolved["marks"]
        share = float(resolved["mask_share"])
        return HiddenToken(inputs.steps, share, mask, tuple(marks), inputs.vocabulary)


@functools.lru_cache(maxsize=32)
def _judge(build: Any, loss: Any, precision: str) -> Callable[..., Any]:
    blueprint = blueprint_of(build)

    def judged(parameters: Any, variables: Any, inputs: Any) -> Any:
        network = blueprint.assemble(with_precision(parameters, precision), variables)
        return loss.of_rows(network, inputs)

    return jax.jit(judged)
