"""The peers, in the order of the tables, and the environment of each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One peer.

    Attributes:
        name: as `--peers` and the JSON call it; its file is `<folder>/<module>.py`.
        title: as the tables call it.
        environment: its requirements are `requirements/<environment>.txt`.
        module: its file, where it shares one with another peer.
        arguments: what tells it from the others that share its file.
        settings: environment variables of its process; "{cache}" is a folder that is empty in a
            cold run, and still as that run left it in the warm one. Without any "{cache}" a peer
            has no cache, and its second process is as cold as its first.
        cold: whether it takes part in the rows of whole processes.
        folder: of `benchmarks`, in which its file is; dots between folders.
    """

    name: str
    title: str
    environment: str
    module: str = ""
    arguments: tuple[str, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    cold: bool = True
    folder: str = "peers"

    @property
    def program(self) -> str:
        """The module that runs it."""
        return f"benchmarks.{self.folder}.{self.module or self.name}"

    @property
    def caches(self) -> bool:
        """Whether a second process finds something that the first one left."""
        return any("{cache}" in value for _, value in self.settings)


_JAX = (("KERAS_BACKEND", "jax"),)
_JAX_CACHE = (
    ("JAX_COMPILATION_CACHE_DIR", "{cache}"),
    ("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0"),
    ("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1"),
)
_TENSORFLOW = (("KERAS_BACKEND", "tensorflow"), ("TF_CPP_MIN_LOG_LEVEL", "3"))
_TORCH = (("KERAS_BACKEND", "torch"),)
_TUNED = ("--tuned",)

ROSTER = (
    Entry(
        "ranvier",
        "Ranvier",
        "ranvier",
        settings=(("RANVIER_CACHE_DIR", "{cache}"),),
    ),
    Entry("sklearn", "scikit-learn MLP", "ranvier"),
    Entry("keras_jax", "Keras on JAX", "jax", "keras_any", settings=_JAX),
    Entry("keras_jax_tuned", "Keras on JAX, tuned", "jax", "keras_any", _TUNED, _JAX, cold=False),
    Entry(
        "keras_jax_cached",
        "Keras on JAX with JAX's cache turned on",
        "jax",
        "keras_any",
        settings=_JAX + _JAX_CACHE,
    ),
    Entry("keras_tensorflow", "Keras on TensorFlow", "tensorflow", "keras_any", (), _TENSORFLOW),
    Entry(
        "keras_tensorflow_tuned",
        "Keras on TensorFlow, tuned",
        "tensorflow",
        "keras_any",
        _TUNED,
        _TENSORFLOW,
        cold=False,
    ),
    Entry("keras_torch", "Keras on PyTorch", "torch", "keras_any", (), _TORCH),
    Entry("torch", "PyTorch", "torch", "torch_plain"),
    Entry(
        "torch_compiled",
        "PyTorch, torch.compile",
        "torch",
        "torch_plain",
        ("--compile",),
        (("TORCHINDUCTOR_CACHE_DIR", "{cache}"),),
    ),
    Entry("skorch", "skorch", "torch"),
    Entry("lightning", "Lightning", "torch"),
)
