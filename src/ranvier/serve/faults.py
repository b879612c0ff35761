"""What a client is told when a request cannot be answered: a status and one sentence."""

from __future__ import annotations

from ranvier.errors import RanvierError


class Fault(Exception):
    """A request that is not answered as it was asked.

    Attributes:
        status: of HTTP.
        sentence: what was expected, what came, what to do.
        retry_after: seconds after which to try again; None where that would not help.
        closes: whether nothing more is read from this connection.
    """

    def __init__(
        self, status: int, sentence: str, *, retry_after: int | None = None, closes: bool = False
    ) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence
        self.retry_after, self.closes = retry_after, closes


def bad(sentence: str) -> Fault:
    """The request itself is wrong."""
    return Fault(400, sentence)


def fault_of(error: BaseException) -> Fault | None:
    """What a client is told of an error; None where the fault is not the client's."""
    if isinstance(error, Fault):
        return error
    if isinstance(error, RanvierError):
        return bad(" ".join(str(error).split()))
    if isinstance(error, MemoryError):
        return Fault(503, "There is not enough memory for these rows: send fewer.", retry_after=1)
    return None
