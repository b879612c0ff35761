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

from ranvier.serve import exchange, pages, plain
from ranvier.serve.asking import Asked, asked_of
from ranvier.serve.batching import Batcher
from ranvier.serve.calls import (
    Call,
    Disconnected,
    Message,
    Receive,
    Response,
    Room,
    Scope,
    Send,
    as_json,
    refused,
)
from ranvier.serve.faults import Fault, fault_of
from ranvier.serve.hosting import Hosted, Models
from ranvier.serve.logs import Log
from ranvier.serve.metrics import Metrics
from ranvier.serve.services import Answer

OPEN = ("/v2/health/live", "/v2/health/ready")  # to everyone, for those who watch over processes
ASKING = {"/": pages.page, "/docs": pages.docs}  # pages that ask for the token themselves
LARGE = 1 << 18  # bytes of a body that is read beside the loop
READERS = 2  # threads that read such bodies
MOST_EXPLAINED = 8  # explanations that wait
GONE = 499  # as others call the status of a request whose client has gone
NAMED = b"x-request-id"
PACKED = b"content-encoding"


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
        self._room, self._timeout = room, timeout
        self._token = None if token is None else b"Bearer " + token
        self.stopping = False
        self.cold: Callable[[Scope, Receive, Send], Any] | None = None
        self.requests = 0
        self.active = 0
        server = secrets.token_hex(4)
        self._names = (f"{server}-{n}" for n in itertools.count(1))
        self._readers = ThreadPoolExecutor(READERS, "ranvier-read")
        self._explainer = ThreadPoolExecutor(1, "ranvier-explain")
        self._explaining = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request of ASGI."""
        if scope["type"] != "http":
            return
        call = self._begun(self.call_of(scope, receive))
        status = 0
        try:
            try:
                self._admit(call)
                response = await self.direct(call)
            except Exception as error:
                response = self._refused(call, error)
            if response is not None:
                status = response.status
                await self._send(scope, send, response, call.name)
            elif self.cold is not None:
                status = await self._through(self.cold, call, receive, send)
        except Disconnected:
            status = GONE
        finally:
            self._ended(call, status)

    def at_once(self, whole: Any) -> bool:
        """Begin to answer a request that has come whole, without a task of its own.

        That is the way of most requests for predictions; it does what `__call__` does where nothing
        but the network is to be waited for.

        Args:
            whole: as `exchange` has it.

        Returns:
            Whether it is such a request; if not, nothing has been done.
        """
        asked = asked_of(whole.scope)
        if asked is None or asked.explains or len(whole.body) > LARGE:
            return False
        call = self.call_of(whole.scope, whole.receive)
        if PACKED in call.headers or not asked.is_quick(call):
            return False
        self._begun(call)

        def close(response: Response) -> None:
            headers = self._headers(response, call.name)
            sent = False
            try:
                sent = exchange.answer(whole, response.status, headers, response.body)
            except Exception as error:  # which must not reach the others of its batch
                self.log.failure(error, path=call.scope["path"], model=call.model)
            self._ended(call, response.status if sent else GONE)

        def done(answer: Answer | Fault) -> None:
            try:
                response = refused(answer) if isinstance(answer, Fault) else written(answer)
            except Exception as error:
                response = self._refused(call, error)
            close(response)

        try:
            self._admit(call)
            hosted = self._hosted(call, asked)
            self.batcher.refuse(hosted)
            rows, written = asked.read(call, hosted, call.come() or b"")
            call.rows = count = hosted.service.count(rows)
            self.batcher.submit(hosted, rows, count, done)
        except Exception as error:
            close(self._refused(call, error))
        return True

    async def direct(self, call: Call) -> Response | None:
        """The answer to a request for predictions; None where it is another request.

        Raises:
            Fault: it cannot be answered.
        """
        asked = asked_of(call.scope)
        if asked is None:
            return None
        hosted = self._hosted(call, asked)
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
        self._explainer.shutdown(wait=False, cancel_futures=True)

    def _hosted(self, call: Call, asked: Asked) -> Hosted:
        call.route = asked.route
        hosted = asked.hosted(self.models)
        call.model = hosted.name
        return hosted

    def _begun(self, call: Call) -> Call:
        call.name = self._name(call.headers.get(NAMED))
        self.requests += 1
        self.active += 1
        return call

    def _ended(self, call: Call, status: int) -> None:
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
        self._refuse_explaining()
        body = await self._body(call, hosted)
        service = hosted.service
        beside = not plain.is_document(call)
        rows = await self._read(lambda: plain.read(call, service, body), beside=beside)
        call.rows = 1
        self._refuse_explaining()  # others may have come while this one was read
        self._explaining += 1
        loop = asyncio.get_running_loop()
        computed = loop.run_in_executor(self._explainer, service.explained, rows)
        computed.add_done_callback(self._explained)
        try:
            async with asyncio.timeout(self._timeout):
                found = await asyncio.shield(computed)
        except TimeoutError:
            raise Fault(
                504, "The explanation took too long: try again later.", retry_after=5
            ) from None
        return Response(200, as_json({"model": hosted.name} | found))

    def _refuse_explaining(self) -> None:
        if self._explaining >= MOST_EXPLAINED:
            raise Fault(429, "Too many explanations wait already: try again later.", retry_after=5)

    def _explained(self, computed: asyncio.Future[Any]) -> None:
        self._explaining -= 1
        if not computed.cancelled():
            computed.exception()  # seen, also where nobody waits any longer

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

    def _admit(self, call: Call) -> None:
        if self._token is None or call.scope["path"] in OPEN:
            return
        given = call.headers.get(b"authorization", b"")
        if not hmac.compare_digest(given, self._token):
            raise Fault(401, "This server needs a token: send it as Authorization: Bearer TOKEN.")

    def _refused(self, call: Call, error: Exception) -> Response:
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
        headers = self._headers(response, name)
        whole = scope.get(exchange.KEY)
        if whole is not None and scope["method"] != "HEAD":
            await exchange.drained(whole)
            if not exchange.answer(whole, response.status, headers, response.body):
                raise Disconnected
            return
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await send({"type": "http.response.body", "body": response.body})

    def _headers(self, response: Response, name: str) -> list[tuple[bytes, bytes]]:
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
