"""What `ranvier serve` is told, checked before any work is done."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from ranvier.errors import HyperparameterError

LOOPBACK = ("127.0.0.1", "::1", "localhost")
MOST_TOGETHER = 512  # rows: more would go through the network in larger blocks, with other bits
MEGABYTE = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How to serve.

    Attributes:
        host, port: where to listen; port 0: any that is free.
        max_batch: rows of different requests that go through the network together, at most.
        max_delay_ms: how long a request waits for others that are being received, at most.
        max_body: bytes of a request.
        max_queue: requests that wait for a network; more are refused.
        timeout_s: seconds to receive a request in, and as many to answer it in.
        token_file: holds what clients must send as "Authorization: Bearer ..."; None: anyone may.
        watch: whether a model file that is replaced on disk is taken up.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    max_batch: int = 64
    max_delay_ms: float = 2.0
    max_body: int = 64 * MEGABYTE
    max_queue: int = 1024
    timeout_s: float = 30.0
    token_file: str | Path | None = None
    watch: bool = False

    def __post_init__(self) -> None:
        bounds: dict[str, tuple[float, float]] = {
            "port": (0, 65_535),
            "max_batch": (1, MOST_TOGETHER),
            "max_delay_ms": (0, 1_000),
            "max_body": (1, 1 << 40),
            "max_queue": (1, 1_000_000),
            "timeout_s": (0.1, 86_400),
        }
        for field in fields(self):
            if field.name not in bounds:
                continue
            low, high = bounds[field.name]
            value = getattr(self, field.name)
            if not low <= value <= high:
                raise HyperparameterError(
                    f"{field.name} must be between {low:,} and {high:,}; got {value:,}."
                )

    @property
    def is_loopback(self) -> bool:
        """Whether only programs of this machine can connect."""
        return self.host in LOOPBACK

    @property
    def token(self) -> bytes | None:
        """What the token file holds, without the blanks around it.

        Raises:
            HyperparameterError: it cannot be read, or holds nothing that a header could hold.
        """
        if self.token_file is None:
            return None
        path = Path(self.token_file).expanduser()
        try:
            token = path.read_bytes().strip()
        except OSError as error:
            raise HyperparameterError(
                f"The token file {path} cannot be read ({error.strerror or error}): name a file "
                "that holds the token."
            ) from error
        if not token or any(not 32 < byte < 127 for byte in token):
            raise HyperparameterError(
                f"The token file {path} must hold one word of printable ASCII: put a long random "
                "one in it, such as python -c 'import secrets; print(secrets.token_urlsafe())' "
                "makes."
            )
        return token

    def warnings(self) -> list[str]:
        """What a person should hear before the server listens."""
        if self.is_loopback:
            return []
        if self.token_file is None:
            return [
                f"{self.host} can be reached from other machines, and there is no token: anyone "
                "who reaches it can use these models and read their metrics; give --token-file, "
                "or leave --host out."
            ]
        return [
            f"{self.host} can be reached from other machines, and what passes, the token too, is "
            "not encrypted: put a proxy that speaks TLS before it."
        ]
