"""Which devices share a run, by a rule and not by a stopwatch, so that results repeat.

The rule: what `devices=` asks for; else on accelerators as many as leave each of them at least
`MIN_ROWS` rows of a batch; on CPU, where each core can be a device, as many as leave each of them
as many rows (mostly `CORE_ROWS`) and products as the network's family says. XLA computes a
convolution, and a loop over the steps of a sequence, on one core; larger matrix products take all
cores by themselves, and fully connected networks would become slower.

A run is data-parallel: parameters are the same everywhere, batches are cut along their rows,
and XLA adds the gradients up. Several hosts run after `jax.distributed.initialize()`.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np
from jax.sharding import NamedSharding, PartitionSpec

from ranvier.errors import HyperparameterError

MIN_ROWS = 64
CORE_ROWS = 16
AXIS = "rows"
FORCED = "xla_force_host_platform_device_count"


@dataclass(frozen=True)
class Mesh:
    """The devices of a run, in order."""

    devices: tuple[jax.Device, ...]

    @property
    def is_cpu(self) -> bool:
        """Whether the run is on the host's own processor."""
        return str(self.devices[0].platform) == "cpu"

    def everywhere(self, tree: Any) -> Any:
        """A copy of every array on every device."""
        return self._place(tree, PartitionSpec())

    def by_rows(self, tree: Any) -> Any:
        """Arrays (K, batch, ...) cut along the second axis."""
        return self._place(tree, PartitionSpec(None, AXIS))

    def _place(self, tree: Any, spec: PartitionSpec) -> Any:
        if len(self.devices) == 1:
            return jax.device_put(tree, self.devices[0])
        sharding = NamedSharding(jax.sharding.Mesh(np.array(self.devices), (AXIS,)), spec)
        return jax.tree.map(lambda a: _global_array(np.asarray(a), sharding), tree)

    def __str__(self) -> str:
        kind = "CPU" if self.is_cpu else self.devices[0].device_kind
        replicas = len(self.devices)
        return f"{kind}, one replica" if replicas == 1 else f"{kind}, {replicas} replicas"


def _global_array(array: np.ndarray, sharding: NamedSharding) -> jax.Array:
    # By callback, so that each host of several contributes only its own share.
    return jax.make_array_from_callback(array.shape, sharding, lambda index: array[index])


def choose(
    devices: int | None,
    batch_size: int,
    products: float = 0.0,
    least: float = math.inf,
    fewest: int = CORE_ROWS,
) -> Mesh:
    """The mesh of a run by the rule above.

    `products`: of one row on its way through the network; `least`: of a step, for each core;
    `fewest`: rows of a step, for each core.

    Raises:
        HyperparameterError: more devices were asked for than there are.
    """
    if devices is not None and devices > 1:
        _ask_for_host_devices(devices)
    available = jax.devices()
    if devices is not None:
        if devices > len(available):
            raise HyperparameterError(
                f"devices must be at most {len(available)}, the number of "
                f"{available[0].platform} devices that JAX has; got {devices}; "
                "on CPU, set it before anything else uses JAX in this process."
            )
        return Mesh(tuple(available[:devices]))
    on_cpu = available[0].platform == "cpu"
    if jax.process_count() > 1:
        return Mesh(tuple(_one_of_each_host(available) if on_cpu else available))
    most = batch_size // MIN_ROWS
    if on_cpu:
        most = min(batch_size // fewest, int(products * batch_size / least))
    return Mesh(tuple(available[: max(1, min(len(available), most))]))


def _one_of_each_host(devices: list[jax.Device]) -> list[jax.Device]:
    return list({device.process_index: device for device in reversed(devices)}.values())[::-1]


def _ask_for_host_devices(count: int) -> None:
    """Split the CPU into `count` devices, where JAX has not started yet."""
    try:
        jax.config.update("jax_num_cpu_devices", count)
    except RuntimeError:
        return  # JAX runs already; `choose` says so if that leaves too few


def _offer_cores() -> None:
    """Let JAX see a device in each core, unless it has started or the user chose otherwise."""
    forced = FORCED in os.environ.get("XLA_FLAGS", "")
    if jax.config.values["jax_num_cpu_devices"] < 0 and not forced:
        usable = getattr(os, "sched_getaffinity", None)  # which not every system has
        _ask_for_host_devices(len(usable(0)) if usable else os.cpu_count() or 1)


# On import, so that it does not depend on which of Ranvier's calls starts JAX.
_offer_cores()
