"""What can be seen of a transformer: what moved an answer, what looks at what, what surprises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ranvier.data.corpus import Corpus
from ranvier.data.texts import Texts
from ranvier.errors import HyperparameterError
from ranvier.families.sequential.forecasting.model import FORECASTING
from ranvier.families.transformer.builder import EMBEDDING
from ranvier.families.transformer.generation.model import Generating
from ranvier.model.steps import as_steps

if TYPE_CHECKING:
    from ranvier.explain.attention import Attention
    from ranvier.explain.series import SequenceExplanation
    from ranvier.explain.surprise import Surprise
    from ranvier.explain.texts import TextExplanation

PASSAGES = 10  # of a book
MOST_WEIGHTS = 1 << 26  # of the attention, that an explanation holds together


class Explaining(Generating):
    """`explain`, `attention` and `surprise`."""

    def explain(  # type: ignore[override]
        self, X: Any, output: int | None = None
    ) -> TextExplanation | SequenceExplanation | Surprise:
        """What moved each prediction; of a model of language what surprised it, see `surprise`.

        Args:
            X: texts, pairs of texts or sequences in a form that `predict` takes.
            output: the unit of the output layer to explain; None: the predicted class, or the
                first number.

        Returns:
            A `TextExplanation`, a `SequenceExplanation` or a `Surprise`. In a notebook it shows
            itself, `show()` prints it in colours and `save("why.html")` writes it.

        Raises:
            HyperparameterError: no such unit, or a model without an answer for each row.
        """
        if self._speaks():
            return self.surprise(X)
        if self.task_ == EMBEDDING:
            raise HyperparameterError(
                "explain needs an answer for each text, and this model gives vectors: fit it to "
                "labels first, or look at attention(X)."
            )
        return super().explain(X, output)

    def attention(self, X: Any) -> Attention:
        """Which tokens take what from which, in every layer and head.

        Args:
            X: texts, pairs of texts or sequences in a form that `predict` takes; plain texts for a
                model of language. Of each what the model reads at once.

        Returns:
            `Attention`; in a notebook it shows itself, `show(token=...)` prints what a token looks
            at, `save("attention.png")` draws the maps.

        Raises:
            DataError: more rows than memory holds the weights of.
            HyperparameterError: a model that forecasts.
        """
        from ranvier.families.transformer import looking

        self._check_fitted()
        if self.task_ == FORECASTING or not (self._speaks() or self.task_ == EMBEDDING):
            return looking.attention(self, *self._rows_and_inputs(X, "attention"))
        texts = as_steps(
            self._examples_of(X), type(self).__name__, self._form_of_texts("attention")
        )
        rows = texts.inputs
        assert isinstance(rows, Texts)
        rows = rows.plain() if isinstance(rows, Corpus) else rows
        return looking.attention(self, rows, looking.told_rows(self, rows))

    def surprise(self, X: Any, most: int = PASSAGES) -> Surprise:
        """How little a model of language expected each token of some texts.

        Args:
            X: texts in a form that `fit` takes; a single one is a book.
            most: so many texts, or passages of a book, from the first.

        Returns:
            `Surprise`; in a notebook it shows itself, `show()` prints it in colours.

        Raises:
            HyperparameterError: no model of language, or `most` below 1.
        """
        from ranvier.families.transformer import surprise

        if not self._speaks():
            raise HyperparameterError(
                f"surprise needs a model of language, and this one's task is {self.task_!r}: look "
                "at explain(X)."
            )
        if not isinstance(most, int) or most < 1:
            raise HyperparameterError(f"most must be a whole number of at least 1; got {most!r}.")
        corpus = self._suited(self._examples_of(X), self.preprocessor_.form).inputs  # type: ignore[attr-defined]
        assert isinstance(corpus, Corpus)
        return surprise.surprise(self, corpus, most)

    def _rows_explained(self, steps: int) -> int:
        shape = self._builder().shape
        each = int(shape.layers * shape.heads * steps * steps)  # weights that a gradient keeps
        return max(1, min(super()._rows_explained(steps), MOST_WEIGHTS // each))

    def _blank(self, inputs: dict[str, Any]) -> dict[str, Any]:
        from ranvier.families.transformer import looking

        return looking.blank(self, inputs)
