"""Tokenizers that others made: the `tokenizer.json` of HF `tokenizers`, kept as it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ranvier.errors import ArtifactError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MOST_CHARACTERS = 100_000_000  # of such a file; the largest in use have about 35,000,000
MOST_TOKENS = 10_000_000


def opened(source: dict[str, Any] | str) -> tuple[dict[str, Any], Tokenizer, dict[str, int]]:
    """The content of a `tokenizer.json`, the tokenizer that it describes, and each token's number.

    The tokenizer neither cuts texts short nor fills them up, whatever the file says.

    Raises:
        ArtifactError: it is none, or larger than any in use.
    """
    from tokenizers import Tokenizer

    try:
        text = source if isinstance(source, str) else json.dumps(source, allow_nan=False)
        state = json.loads(text) if isinstance(source, str) else source
    except (TypeError, ValueError, RecursionError) as error:
        raise _refused(f"it is not JSON: {str(error)[:80]}") from error
    if len(text) > MOST_CHARACTERS:
        raise _refused(f"it has {len(text):,} characters, and {MOST_CHARACTERS:,} are read at most")
    if not isinstance(state, dict) or not isinstance(state.get("model"), dict):
        raise _refused("it has no model")
    try:
        tokenizer = Tokenizer.from_str(text)
        tokenizer.no_truncation()
        tokenizer.no_padding()
        vocabulary = tokenizer.get_vocab(with_added_tokens=True)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of its Rust code is no Exception
        raise _refused(f"HF tokenizers says: {str(error)[:80]}") from error
    if not vocabulary or max(vocabulary.values()) >= MOST_TOKENS:
        raise _refused(f"it must have between 1 and {MOST_TOKENS:,} tokens")
    return state, tokenizer, vocabulary


def _refused(why: str) -> ArtifactError:
    return ArtifactError(
        f"The tokenizer is damaged or foreign ({why}): pass the tokenizer.json of a published "
        "model, or save the model again."
    )
