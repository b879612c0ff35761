"""A request for a prediction that has come whole, and is answered without a task of its own.

That is the way of most of them. It does what `Application.__call__` does where nothing but the
network is to be waited for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ranvier.serve import exchange
from ranvier.serve.asking import Asked, Written, asked_of
from ranvier.serve.calls import GONE, LARGE, Call, Response, refused
from ranvier.serve.faults import Fault
from ranvier.serve.services import Answer

if TYPE_CHECKING:
    from ranvier.serve.application import Application

PACKED = b"content-encoding"


def begin(app: Application, whole: Any) -> bool:
    """Begin to answer a request.

    Args:
        app: that answers.
        whole: as `exchange` has it.

    Returns:
        Whether it is such a request; if not, nothing has been done.
    """
    asked = asked_of(whole.scope)
    if asked is None or asked.explains or len(whole.body) > LARGE:
        return False
    call = app.call_of(whole.scope, whole.receive)
    if PACKED in call.headers or not asked.is_quick(call):
        return False
    _AtOnce(app, whole, app.begun(call)).begin(asked)
    return True


class _AtOnce:
    """One such request."""

    __slots__ = ("_app", "_call", "_whole", "_written")

    def __init__(self, app: Application, whole: Any, call: Call) -> None:
        self._app, self._whole, self._call = app, whole, call
        self._written: Written

    def begin(self, asked: Asked) -> None:
        """Read its rows and put them into the queue, or refuse them."""
        app, call = self._app, self._call
        try:
            app.admit(call)
            hosted = app.hosted(call, asked)
            app.batcher.refuse(hosted)
            rows, self._written = asked.read(call, hosted, call.come() or b"")
            call.rows = count = hosted.service.count(rows)
            app.batcher.submit(hosted, rows, count, self._done)
        except Exception as error:
            self._close(app.refused(call, error))

    def _done(self, answer: Answer | Fault) -> None:
        try:
            response = refused(answer) if isinstance(answer, Fault) else self._written(answer)
        except Exception as error:
            response = self._app.refused(self._call, error)
        self._close(response)

    def _close(self, response: Response) -> None:
        app, call = self._app, self._call
        headers = app.headers(response, call.name)
        sent = False
        try:
            sent = exchange.answer(self._whole, response.status, headers, response.body)
        except Exception as error:  # which must not reach the others of its batch
            app.log.failure(error, path=call.scope["path"], model=call.model)
        app.ended(call, response.status if sent else GONE)
