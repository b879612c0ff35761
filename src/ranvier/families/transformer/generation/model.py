"""What a model of language can write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ranvier.errors import DataError, HyperparameterError
from ranvier.families.transformer.builder import CAUSAL
from ranvier.families.transformer.generation.settings import Asked, stops
from ranvier.families.transformer.speaking import Speaking
from ranvier.preprocessing.corpus import CorpusPreprocessor

if TYPE_CHECKING:
    from ranvier.families.transformer.generation.decoder import Decoder
    from ranvier.families.transformer.generation.next_tokens import NextTokens

AT_ONCE = 16  # texts


class Generating(Speaking):
    """`generate`, `trace` and `next_tokens`."""

    def generate(
        self,
        prompt: str | Sequence[str] = "",
        *,
        max_tokens: int = 200,
        temperature: float = 0.8,
        top_k: int | None = None,
        top_p: float | None = None,
        repetition_penalty: float = 1.0,
        stop: str | Sequence[str] = (),
        seed: int = 0,
        stream: bool = False,
    ) -> Any:
        """Go on with a text.

        Args:
            prompt: the text so far, or a list of several; empty: a new text.
            max_tokens: how many tokens are written, at most.
            temperature: below 1 likelier tokens are preferred, above 1 less; 0: always the
                likeliest.
            top_k: draw from so many of the likeliest tokens; None: from all.
            top_p: draw from the fewest of the likeliest tokens that have so much probability
                together (Holtzman et al. 2020); None: from all.
            repetition_penalty: above 1: what the text has already is drawn less (Keskar et al.
                2019).
            stop: a text or several, before which the writing stops.
            seed: the same gives the same text. The texts of a list are written with this one and
                those that follow it.
            stream: whether the text comes in pieces, as it is written.

        Returns:
            What follows the prompt, a string; of a list of prompts a list of strings; with `stream`
            an iterator of strings, which together are the text.

        Raises:
            HyperparameterError: a setting out of range, or no model of language.
            DataError: a prompt is no text.
        """
        from ranvier.families.transformer.generation import telling

        preprocessor = self._telling("generate")
        asked = Asked(
            max_tokens=max_tokens,
            temperature=temperature,
            top_k=top_k,
            top_p=top_p,
            repetition_penalty=repetition_penalty,
            stop=stops(stop),
            seed=seed,
        )
        if isinstance(prompt, str):
            pieces = telling.pieces(self._decoder(), preprocessor, prompt, asked)
            return pieces if stream else "".join(pieces)
        if stream:
            raise HyperparameterError(
                "stream=True tells one text as it is written; got a list of prompts: pass one "
                "string, or leave stream out."
            )
        prompts = _listed(prompt)
        return telling.texts(self._decoder(), preprocessor, prompts, asked, AT_ONCE)

    def trace(self, prompt: str = "", *, top: int = 5, **how: Any) -> Iterator[NextTokens]:
        """`generate` token by token: before each which might have come, and which did.

        Args:
            prompt: the text so far; empty: a new text.
            top: how many of the likeliest tokens are told.
            how: see `generate`; without `stream`.

        Returns:
            A `NextTokens` for each token, whose `text` is what the token added.
        """
        from ranvier.families.transformer.generation import telling

        preprocessor = self._telling("trace")
        asked = Asked(**{**how, "stop": stops(how.get("stop"))})
        return telling.explained(self._decoder(), preprocessor, prompt, asked, top)

    def next_tokens(self, text: str = "", top: int = 10) -> NextTokens:
        """Which tokens may follow a text, the likeliest first.

        Args:
            text: the text so far; empty: a new text.
            top: how many.

        Returns:
            `NextTokens`, which shows itself in a notebook and in a terminal.

        Raises:
            HyperparameterError: no model of language, or `top` below 1.
            DataError: `text` is no text.
        """
        from ranvier.families.transformer.generation import telling

        preprocessor = self._telling("next_tokens")
        if not isinstance(top, int) or top < 1:
            raise HyperparameterError(f"top must be a whole number of at least 1; got {top!r}.")
        return telling.next_tokens(self._decoder(), preprocessor, text, top)

    def _telling(self, what: str) -> CorpusPreprocessor:
        """What cuts prompts into tokens.

        Raises:
            HyperparameterError: this is no model that tells the next token.
        """
        self._check_fitted()
        preprocessor = self.preprocessor_
        if self.task_ != CAUSAL or not isinstance(preprocessor, CorpusPreprocessor):
            raise HyperparameterError(
                f"{what} needs a model of the next token, and this one's task is {self.task_!r}: "
                "train one from plain texts with task='language_model'."
            )
        return preprocessor

    def _decoder(self) -> Decoder:
        """The model as its programs want it, made once for each fit."""
        from ranvier.families.transformer.generation.decoder import Decoder
        from ranvier.families.transformer.generation.prompts import ending, forbidden

        kept = vars(self).get("_decoding")
        if kept is None or kept[0] is not self._outcome:
            preprocessor = self._telling("generate")
            decoder = Decoder(
                self._builder(),
                self._outcome.parameters,
                self._precision,
                preprocessor.context,
                forbidden(preprocessor),
                ending(preprocessor),
            )
            kept = self._decoding = (self._outcome, decoder)
        found: Decoder = kept[1]
        return found

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        return {name: value for name, value in state.items() if name != "_decoding"}


def _listed(prompts: Any) -> list[str]:
    try:
        return list(prompts)
    except TypeError as error:
        raise DataError(
            f"A prompt must be text or a list of texts; got {type(prompts).__name__}."
        ) from error
