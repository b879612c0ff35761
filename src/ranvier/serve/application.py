"""The ASGI application: who may pass, who answers, and what is said of it afterwards.

Requests for predictions are answered here, because each layer between a request and its model
costs more than a small network does. Everything else goes through FastAPI, which describes both.
"""

from __future__ import annotations

import asyncio
import hmac
import itertools
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter, time
from typing import Any

from ranvier.serve import at_once, exchange, pages, plain
from ranvier.serve.asking import Asked, asked_of
from ranvier.serve.batching import Batcher
from ranvier.serve.calls import (
    GONE,
    LARGE,
    Call,
    Disconnected,
    Message,
    Receive,
    Response,
    Room,
    Scope,
    Send,
    refused,
)
from ranvier.serve.explaining import Explainer
from ranvier.serve.faults import Fault, fault_of
from ranvier.serve.hosting import Hosted, Models
from ranvier.serve.logs import Log
from ranvier.serve.metrics import Metrics

OPEN = ("/v2/health/live", "/v2/health/ready")  # to everyone, for those who watch over processes
ASKING = {"/": pages.page, "/docs": pages.docs}  # pages that ask for the token themselves
READERS = 2  # threads that read large bodies
NAMED = b"x-request-id"


class Application:
    """All that one server answers.

    Args:
        models: what is served.
        batcher: through which requests reach the models.
        room: for bodies.
        metrics, log: what is said of requests.
        token: what clients must send; None: nothing.
        timeout: seconds in which an explanation must be there.

    Attributes:
        stopping: whether no further requests are wanted.
        cold: answers what is not answered here.
    """

    def __init__(
        self,
        models: Models,
        batcher: Batcher,
        room: Room,
        metrics: Metrics,
        log: Log,
        token: bytes | None,
        timeout: float,
    ) -> None:
        self.models, self.batcher, self.metrics, self.log = models, batcher, metrics, log
        self._room = room
        self._token = None if token is None else b"Bearer " + token
        self.stopping = False
        self.cold: Callable[[Scope, Receive, Send], Any] | None = None
        self.requests = 0
        self.active = 0
        server = secrets.token_hex(4)
        self._names = (f"{server}-{n}" for n in itertools.count(1))
        self._readers = ThreadPoolExecutor(READERS, "ranvier-read")
        self._explainer = Explainer(timeout)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request of ASGI."""
        if scope["type"] != "http":
            return
        call = self.begun(self.call_of(scope, receive))
        status = 0
        try:
            try:
                self.admit(call)
                response = await self.direct(call)
            except Exception as error:
                response = self.refused(call, error)
            if response is not None:
                status = response.status
                await self._send(scope, send, response, call.name)
            elif self.cold is not None:
                status = await self._through(self.cold, call, receive, send)
        except Disconnected:
            status = GONE
        finally:
            self.ended(call, status)

    def at_once(self, whole: Any) -> bool:
        """Begin to answer a request that has come whole, if that is quickly done: see `at_once`."""
        return at_once.begin(self, whole)

    async def direct(self, call: Call) -> Response | None:
        """The answer to a request for predictions; None where it is another request.

        Raises:
            Fault: it cannot be answered.
        """
        asked = asked_of(call.scope)
        if asked is None:
            return None
        hosted = self.hosted(call, asked)
        if asked.explains:
            return await self._explain(call, hosted)
        body = await self._body(call, hosted)
        beside = len(body) > LARGE or not asked.is_quick(call)
        rows, written = await self._read(lambda: asked.read(call, hosted, body), beside=beside)
        call.rows = count = hosted.service.count(rows)
        response: Response = written(await self.batcher.answer(hosted, rows, count))
        return response

    def call_of(self, scope: Scope, receive: Receive) -> Call:
        """A request as `direct` takes it."""
        return Call(scope, receive, self._room)

    def close(self) -> None:
        """End the threads; what they do is not waited for."""
        self._readers.shutdown(wait=False, cancel_futures=True)
        self._explainer.close()

    def hosted(self, call: Call, asked: Asked) -> Hosted:
        """The model that is asked.

        Raises:
            Fault: there is none such.
        """
        call.route = asked.route
        hosted = asked.hosted(self.models)
        call.model = hosted.name
        return hosted

    def begun(self, call: Call) -> Call:
        """Count it, and give it its name."""
        call.name = self._name(call.headers.get(NAMED))
        self.requests += 1
        self.active += 1
        return call

    def ended(self, call: Call, status: int) -> None:
        """Say how it went."""
        self.active -= 1
        call.close()
        seconds = perf_counter() - call.began
        self.metrics.answered(call.route, status, seconds)
        self.log.add({
            "time": time(), "method": call.scope["method"], "path": call.scope["path"],
            "status": status, "ms": round(1e3 * seconds, 3), "rows": call.rows,
            "model": call.model, "request": call.name,
        })  # fmt: skip

    async def _explain(self, call: Call, hosted: Hosted) -> Response:
        self._explainer.refuse()  # before the body is read, and again once it is
        body = await self._body(call, hosted)
        beside = not plain.is_document(call)
        rows = await self._read(lambda: plain.read(call, hosted.service, body), beside=beside)
        call.rows = 1
        return await self._explainer.answer(hosted, rows)

    async def _body(self, call: Call, hosted: Hosted) -> bytes:
        self.batcher.refuse(hosted)
        self.batcher.receiving += 1
        try:
            return await call.body()
        finally:
            self.batcher.received()

    async def _read(self, read: Callable[[], Any], *, beside: bool) -> Any:
        """Rows of a body; what takes long is read in another thread."""
        if beside:
            return await asyncio.get_running_loop().run_in_executor(self._readers, read)
        return read()

    def admit(self, call: Call) -> None:
        """Refuse a request without the token.

        Raises:
            Fault: with 401.
        """
        if self._token is None or call.scope["path"] in OPEN:
            return
        given = call.headers.get(b"authorization", b"")
        if not hmac.compare_digest(given, self._token):
            raise Fault(401, "This server needs a token: send it as Authorization: Bearer TOKEN.")

    def refused(self, call: Call, error: Exception) -> Response:
        """What a client is told of an error.

        Raises:
            Disconnected: the client has gone.
        """
        if isinstance(error, Disconnected):
            raise error
        fault = fault_of(error)
        if fault is not None and fault.status == 401 and call.scope["path"] in ASKING:
            return ASKING[call.scope["path"]](401)
        if fault is None:
            self.log.failure(error, path=call.scope["path"], model=call.model)
            fault = Fault(500, "The server failed, which is not your fault: its log says more.")
        return refused(fault)

    async def _send(self, scope: Scope, send: Send, response: Response, name: str) -> None:
        headers = self.headers(response, name)
        whole = scope.get(exchange.KEY)
        if whole is not None and scope["method"] != "HEAD":
            await exchange.drained(whole)
            if not exchange.answer(whole, response.status, headers, response.body):
                raise Disconnected
            return
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await send({"type": "http.response.body", "body": response.body})

    def headers(self, response: Response, name: str) -> list[tuple[bytes, bytes]]:
        """All that go with an answer to the request of that name."""
        headers = [
            (b"content-type", response.kind),
            (b"content-length", b"%d" % len(response.body)),
            (NAMED, name.encode("ascii")),
            *response.headers,
        ]
        if self.stopping:
            headers.append((b"connection", b"close"))
        return headers

    async def _through(self, cold: Any, call: Call, receive: Receive, send: Send) -> int:
        """Have FastAPI answer; the status."""
        status = 500

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                more = [(NAMED, call.name.encode("ascii"))]
                if self.stopping:
                    more.append((b"connection", b"close"))
                message["headers"] = [*message.get("headers", ()), *more]
            await send(message)

        await cold(call.scope, receive, sent)
        route = call.scope.get("route")
        if route is not None:
            call.route = f"{call.scope['method']} {route.path}"
        return status

    def _name(self, given: bytes | None) -> str:
        """The request's name: the client's own, where it is one."""
        if given is not None and given.isascii() and 0 < len(given) <= 128:
            word = given.decode("ascii")
            if word.isprintable():
                return word
        return next(self._names)
