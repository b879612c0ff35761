"""A model file that is replaced on disk is taken up, while the old model goes on answering."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from ranvier.errors import RanvierError
from ranvier.serve.hosting import Hosted, Models, again, stamp_of

EVERY = 1.0  # seconds between two looks


class Watcher:
    """Looks at the files of all models in a thread of its own.

    Args:
        models: what is served.
        loop: in which models are exchanged.
        tell: is told what happened, as a dictionary.
        every: seconds between two looks.
    """

    def __init__(
        self,
        models: Models,
        loop: asyncio.AbstractEventLoop,
        tell: Callable[..., None],
        every: float = EVERY,
    ) -> None:
        self._models, self._loop, self._tell, self._every = models, loop, tell, every
        self._ended = threading.Event()
        self._seen: dict[str, Any] = {model.name: model.stamp for model in models}
        self._tried = dict(self._seen)
        self._thread = threading.Thread(target=self._watch, name="ranvier-watch", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more; a model that is being loaded is not waited for."""
        self._ended.set()

    def _watch(self) -> None:
        while not self._ended.wait(self._every):
            for model in self._models:
                self._look(model)

    def _look(self, model: Hosted) -> None:
        stamp = stamp_of(model.path)
        settled, self._seen[model.name] = self._seen[model.name] == stamp, stamp
        # A file that is still being written has another size at the next look.
        if not settled or stamp == self._tried[model.name] or not stamp[0]:
            return
        self._tried[model.name] = stamp
        try:
            fresh = again(model)
        except Exception as error:  # whatever is wrong with the new file, the old model answers
            expected = isinstance(error, (RanvierError, OSError, MemoryError))
            self._tell(
                event="model not taken up",
                model=model.name,
                error=" ".join(str(error).split()) if expected else repr(error),
            )
            return
        if not self._ended.is_set():
            self._loop.call_soon_threadsafe(self._exchange, fresh)

    def _exchange(self, fresh: Hosted) -> None:
        self._models.exchange(fresh)
        self._tell(event="model taken up", model=fresh.name, version=fresh.version)
