"""Tokens -> text while they come: what can be told already, and where the text stops."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ranvier.preprocessing.decoding import LOST
from ranvier.preprocessing.tokens import Tokens

BEFORE = 8  # tokens before those that are spelled: blanks and halves of characters hang on them
# Whether there is a blank between two words shows when the next ones are there.
UNSETTLED = {"words": 2, "wordpiece": 2}
QUOTE = '"'


class Spelling:
    """One text that is written.

    Args:
        tokens: the tokenizer.
        before: the tokens of the prompt.
        stop: texts before any of which it ends.
        end: the token that ends it; None: there is none.
        most: tokens that it has at most.

    Attributes:
        over: whether it has ended.
    """

    def __init__(
        self,
        tokens: Tokens,
        before: Sequence[int],
        stop: Iterable[str] = (),
        end: int | None = None,
        most: int = 1 << 60,
    ) -> None:
        self._tokens, self._stop, self._end = tokens, tuple(stop), end
        self._left = most
        self._ids = [int(token) for token in before[-BEFORE:]]
        self._read = len(self._ids)  # of them are spelled
        self._anchor = 0  # from which on they are spelled again, with those that follow
        self._text, self._told = "", 0
        self._unsettled = UNSETTLED.get(tokens.kind, 0)
        self.over = False

    def add(self, tokens: Iterable[int]) -> str:
        """What can be told now, after these tokens; nothing once it is over."""
        for token in tokens:
            if self.over:
                break
            if token == self._end:
                self.over = True
                break
            self._ids.append(int(token))
            self._left -= 1
            self.over = self._left <= 0
        self._spell(whole=self.over)
        cut = self._stopped()
        if cut is not None:
            self.over, self._text = True, self._text[:cut]
        return self._tell(whole=self.over)

    def rest(self) -> str:
        """What was held back."""
        self._spell(whole=True)
        self.over = True
        return self._tell(whole=True)

    def _spell(self, *, whole: bool) -> None:
        """Spell tokens that are new; those at the end only where nothing after changes them."""
        upto = len(self._ids) if whole else len(self._ids) - self._unsettled
        if upto <= self._read:
            return
        old = self._tokens.decode(self._ids[self._anchor : self._read])
        new = self._tokens.decode(self._ids[self._anchor : upto])
        if not whole and (new.endswith(LOST) or self._quoting(new)):
            return
        # The tokens before are spelled along, and cut off: a blank between is seen so.
        self._text += new[len(old) :] if new.startswith(old) else new
        self._anchor, self._read = self._read, upto
        self._anchor = max(0, min(self._anchor, upto - BEFORE))

    def _quoting(self, text: str) -> bool:
        """Whether a quotation is open, around whose words the blanks are not settled."""
        return self._tokens.kind == "words" and text.count(QUOTE) % 2 == 1

    def _stopped(self) -> int | None:
        """Where the first stop string begins."""
        found = [place for text in self._stop if (place := self._text.find(text, self._from)) >= 0]
        return min(found, default=None)

    @property
    def _from(self) -> int:
        """Where a stop string can begin that was not found before: none begins in what was told."""
        return self._told

    def _tell(self, *, whole: bool) -> str:
        upto = len(self._text)
        if not whole:
            upto -= max((_begun(self._text[self._told :], text) for text in self._stop), default=0)
        piece = self._text[self._told : upto]
        self._told = max(self._told, upto)
        return piece


def _begun(text: str, stop: str) -> int:
    """How many characters at a text's end may be the beginning of a stop string."""
    longest = min(len(text), len(stop) - 1)
    return next((n for n in range(longest, 0, -1) if stop.startswith(text[-n:])), 0)
