"""A graph as a module of Flax NNX: a file that is read, owned and changed like any other."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ranvier.export.graph import Constant, Graph, Step
from ranvier.export.programs.program import Program
from ranvier.export.source.dialect import Layer, Lengths
from ranvier.export.source.expressions import Text
from ranvier.export.source.flax_layers import flax_layer, tuple_of
from ranvier.export.source.flax_operations import flax_operation
from ranvier.export.source.function import function
from ranvier.export.source.heading import heading
from ranvier.export.source.simple import simple
from ranvier.export.source.writing import Parts, block_of, pair, signature, used, written

RESERVED = frozenset(
    ["eval", "iter_children", "iter_modules", "perturb", "set_attributes", "sow", "train", "rngs"]
)
BUFFER = '''
class Buffer(nnx.Variable):
    """Numbers that are known and not learned."""

'''
GRU = '''
def gru(inputs: int, units: int, rngs: nnx.Rngs) -> nnx.GRUCell:
    """A GRU whose product with the state has a bias, as in cuDNN, PyTorch and Keras."""
    cell = nnx.GRUCell(inputs, units, rngs=rngs)
    cell.dense_h = nnx.Linear(units, 3 * units, rngs=rngs)
    return cell

'''
READ = '''
def read(
    layer: nnx.RNN,
    x: jax.Array,
    lengths: jax.Array | None = None,
    backward: bool = False,
) -> tuple[jax.Array, jax.Array]:
    """All states of a recurrent layer, and the state behind each row's last step.

    Only the first lengths[i] steps of row i are read, the states of the others are 0.
    Backward a row is read from its last step to its first.
    """
    if lengths is None:
        lengths = jnp.full(x.shape[0], x.shape[1])
    real = (jnp.arange(x.shape[1]) < lengths[:, None])[:, :, None]  # (batch, steps, 1)
    x = jnp.where(real, x, 0.0)
    states = layer(x, seq_lengths=lengths, reverse=backward, keep_order=True)
    states = jnp.where(real, states, 0.0)  # (batch, steps, units)
    ends = jnp.zeros_like(lengths) if backward else jnp.maximum(lengths - 1, 0)
    last = jnp.take_along_axis(states, ends[:, None, None], axis=1)[:, 0]
    return states, last

'''
BLOCK = '''class Block(nnx.Module):
    """One of several that follow each other."""

    def __init__(self, rngs: nnx.Rngs) -> None:
'''
LOAD = '''
def load(path: Path = WEIGHTS) -> Network:
    """The trained network, ready to answer."""
    network = Network(nnx.Rngs(0))
    state = nnx.to_pure_dict(nnx.state(network, nnx.Not(nnx.RngState)))
    weights = load_file(path)
    read = jax.tree_util.tree_map_with_path(
        lambda keys, _: weights.pop(".".join(str(key.key) for key in keys)), state
    )
    if weights:
        raise ValueError(f"The network has no place for {', '.join(weights)}.")
    nnx.update(network, read)
    network.eval()
    return network

'''
MAIN = """
if __name__ == "__main__":
    network = load()
    print(network)
    print(network(**zeros()))
"""


class Flax:
    """Flax NNX, for `function`.

    Attributes:
        counts: how far to count, by the name of the numbers.
    """

    reserved = RESERVED

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    def prepared(self, graph: Graph) -> Graph:
        """As it is, for JAX has its channels last as well."""
        return simple(graph)

    def layer(self, step: Step) -> Layer | None:
        """The layer of a step; None where it is an operation."""
        return flax_layer(step)

    def operation(self, step: Step, operands: list[Text], lengths: Lengths) -> Text:
        """An operation on expressions; `lengths`: how sizes are written that are not known."""
        return flax_operation(step, operands, lengths)

    def held(self, name: str, constant: Constant) -> list[str]:
        """A parameter, where it was learned, and else a buffer."""
        array = constant.array
        kind = "nnx.Param" if constant.name and array.dtype.kind == "f" else "Buffer"
        dtype = "" if array.dtype == np.float32 else f", jnp.{array.dtype}"
        sizes = array.shape[0] if array.ndim == 1 else tuple_of(array.shape)
        return [f"        self.{name} = {kind}(jnp.zeros({sizes}{dtype}))"]

    def counted(self, name: str, count: int) -> list[str]:
        """Nothing is held, for XLA makes them when it compiles."""
        self.counts[name] = count
        return []

    def read(self, name: str) -> Text:
        """The array again."""
        if name in self.counts:
            return Text(f"jnp.arange({self.counts[name]})")
        return Text(f"self.{name}[...]")


def write_flax(program: Program, graph: Graph, path: Path) -> None:
    """Write `path`, a file of Python, and the weights beside it.

    Args:
        program: what the graph was made of.
        graph: of the program.
        path: ends in ".py".

    Raises:
        ExportError: a step has no form in JAX.
    """
    dialect = Flax()
    graph = dialect.prepared(graph)
    made = function(graph, dialect)
    returns = "jax.Array" if len(graph.outputs) == 1 else "dict[str, jax.Array]"
    shapes = [
        (name, f"jnp.zeros({tuple_of(['batch', *tensor.sized(program.usual)])}"
               f"{'' if tensor.dtype == 'float32' else f', jnp.{tensor.dtype}'})")
        for name, tensor in program.inputs.items()
    ]  # fmt: skip
    text, own = "\n".join(made.body), list(made.lines)
    if made.blocks is not None:
        count = len(made.blocks.names)
        own.append(f"        self.blocks = nnx.List(Block(rngs) for _ in range({count}))")
    block = block_of(made.blocks, "jax.Array", BLOCK, "__call__")
    init = "\n".join([*block, *own])
    source = [
        *heading(program, graph, path, "Flax"),
        "from pathlib import Path",
        "",
        "import jax",
        "import jax.numpy as jnp",
        "from flax import nnx",
        "from safetensors.flax import load_file",
        "",
        *_doubles(program, graph),
        'WEIGHTS = Path(__file__).with_suffix(".safetensors")',
        "",
        *used(BUFFER, "= Buffer(", init),
        "",
        *block,
        "class Network(nnx.Module):",
        '    """The network, whose weights `load` reads."""',
        "",
        "    def __init__(self, rngs: nnx.Rngs) -> None:",
        *(own or ["        pass"]),
        "",
        *signature("__call__", program, "jax.Array", returns),
        text,
        "",
        *used(GRU, "gru(", init),
        *used(READ, "read(", "\n".join([*block, text])),
        *LOAD.splitlines(),
        *pair(shapes, "jax.Array"),
        *MAIN.splitlines(),
    ]
    written(Parts(source, made.weights, graph), path)


def _doubles(program: Program, graph: Graph) -> list[str]:
    """JAX computes in 64 bits only where it is told to."""
    values = [*graph.inputs.values(), *(o for step in graph.steps for o in step.outputs)]
    if not any(value.dtype in ("float64", "int64") for value in values):
        return []
    return ['jax.config.update("jax_enable_x64", True)  # some inputs are float64']
