"""Explanations, which are computed in a thread of their own beside the predictions."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ranvier.serve.calls import Response, as_json
from ranvier.serve.faults import Fault
from ranvier.serve.hosting import Hosted

MOST_EXPLAINED = 8  # explanations that wait


class Explainer:
    """The thread, and what waits for it.

    Args:
        timeout: seconds in which an explanation must be there.
    """

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._thread = ThreadPoolExecutor(1, "ranvier-explain")
        self._explaining = 0

    def refuse(self) -> None:
        """Refuse one more where too many wait.

        Raises:
            Fault: with 429.
        """
        if self._explaining >= MOST_EXPLAINED:
            raise Fault(429, "Too many explanations wait already: try again later.", retry_after=5)

    async def answer(self, hosted: Hosted, rows: Any) -> Response:
        """What moved the answer for the first row.

        Raises:
            Fault: too many wait, or it took too long.
        """
        self.refuse()
        self._explaining += 1
        loop = asyncio.get_running_loop()
        computed = loop.run_in_executor(self._thread, hosted.service.explained, rows)
        computed.add_done_callback(self._explained)
        try:
            async with asyncio.timeout(self._timeout):
                found = await asyncio.shield(computed)
        except TimeoutError:
            raise Fault(
                504, "The explanation took too long: try again later.", retry_after=5
            ) from None
        return Response(200, as_json({"model": hosted.name} | found))

    def close(self) -> None:
        """End the thread; what it does is not waited for."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _explained(self, computed: asyncio.Future[Any]) -> None:
        self._explaining -= 1
        if not computed.cancelled():
            computed.exception()  # seen, also where nobody waits any longer
