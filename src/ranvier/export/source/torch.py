"""A graph as a module of PyTorch: a file that is read, owned and changed like any other."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ranvier.export.graph import Constant, Graph, Step
from ranvier.export.programs.program import Program
from ranvier.export.source.channels import channels_first
from ranvier.export.source.dialect import Layer, Lengths
from ranvier.export.source.expressions import Text, tuple_of
from ranvier.export.source.function import function
from ranvier.export.source.heading import heading
from ranvier.export.source.simple import simple
from ranvier.export.source.torch_layers import torch_layer
from ranvier.export.source.torch_operations import torch_operation
from ranvier.export.source.writing import Parts, block_of, pair, signature, used, written

# What a module of PyTorch is asked for by these names, no layer may bear.
METHODS = """
add_module apply bfloat16 buffers children compile cpu cuda double eval extra_repr float forward
get_buffer get_extra_state get_parameter get_submodule half load_state_dict modules mtia
named_buffers named_children named_modules named_parameters parameters register_buffer
register_module register_parameter requires_grad_ set_extra_state set_submodule share_memory
state_dict to to_empty train training type xpu zero_grad
"""
READ = '''
def read(
    layer: nn.Module,
    x: torch.Tensor,
    lengths: torch.Tensor | None = None,
    backward: bool = False,
) -> tuple[torch.Tensor, torch.Tensor]:
    """All states of a recurrent layer, and the state behind each row's last step.

    Only the first lengths[i] steps of row i are read, the states of the others are 0.
    Backward a row is read from its last step to its first.
    """
    if lengths is None:
        lengths = torch.full(x.shape[:1], x.shape[1], device=x.device)
    lengths = lengths.long()[:, None]  # (batch, 1)
    steps = torch.arange(x.shape[1], device=x.device)  # (steps,)
    real = (steps < lengths)[:, :, None]  # (batch, steps, 1)
    mirrored = torch.where(steps < lengths, lengths - 1 - steps, steps)[:, :, None]
    x = torch.where(real, x, 0.0)
    if backward:
        x = torch.take_along_dim(x, mirrored, dim=1)
    states = torch.where(real, layer(x)[0], 0.0)  # (batch, steps, units)
    ends = (lengths - 1).clamp(min=0)[:, :, None]  # (batch, 1, 1)
    last = torch.take_along_dim(states, ends, dim=1)[:, 0]  # (batch, units)
    if backward:
        states = torch.take_along_dim(states, mirrored, dim=1)
    return states, last

'''
BLOCK = '''class Block(nn.Module):
    """One of several that follow each other."""

    def __init__(self) -> None:
        super().__init__()
'''
LOAD = '''
def load(path: Path = WEIGHTS) -> Network:
    """The trained network, ready to answer."""
    network = Network()
    network.load_state_dict(load_file(path))
    return network.eval()

'''
MAIN = """
if __name__ == "__main__":
    network = load()
    print(network)
    with torch.no_grad():
        print(network(**zeros()))
"""


class Torch:
    """PyTorch, for `function`."""

    reserved = frozenset(METHODS.split())

    def prepared(self, graph: Graph) -> Graph:
        """With channels first around convolutions."""
        return channels_first(simple(graph))

    def layer(self, step: Step) -> Layer | None:
        """The layer of a step; None where it is an operation."""
        return torch_layer(step)

    def operation(self, step: Step, operands: list[Text], lengths: Lengths) -> Text:
        """An operation on expressions; `lengths`: how sizes are written that are not known."""
        return torch_operation(step, operands, lengths)

    def held(self, name: str, constant: Constant) -> list[str]:
        """A parameter, where it was learned, and else a buffer."""
        array = constant.array
        dtype = "" if array.dtype == np.float32 else f", dtype=torch.{array.dtype}"
        room = f"torch.zeros({tuple_of(list(array.shape))}{dtype})"
        if constant.name and array.dtype.kind == "f":
            return [f"        self.{name} = nn.Parameter({room})"]
        return [f'        self.register_buffer("{name}", {room})']

    def counted(self, name: str, count: int) -> list[str]:
        """A buffer that is not stored."""
        return [f'        self.register_buffer("{name}", torch.arange({count}), persistent=False)']

    def read(self, name: str) -> Text:
        """The array again."""
        return Text(f"self.{name}")


def write_torch(program: Program, graph: Graph, path: Path) -> None:
    """Write `path`, a file of Python, and the weights beside it.

    Args:
        program: what the graph was made of.
        graph: of the program.
        path: ends in ".py".

    Raises:
        ExportError: a step has no form in PyTorch.
    """
    dialect = Torch()
    graph = dialect.prepared(graph)
    made = function(graph, dialect)
    body = ["        super().__init__()", *made.lines]
    if made.blocks is not None:
        count = len(made.blocks.names)
        body.append(f"        self.blocks = nn.ModuleList(Block() for _ in range({count}))")
    returns = "torch.Tensor" if len(graph.outputs) == 1 else "dict[str, torch.Tensor]"
    shapes = [
        (name, f"torch.zeros({', '.join(['batch', *map(str, tensor.sized(program.usual))])}"
               f"{'' if tensor.dtype == 'float32' else f', dtype=torch.{tensor.dtype}'})")
        for name, tensor in program.inputs.items()
    ]  # fmt: skip
    text = "\n".join(made.body)
    block = block_of(made.blocks, "torch.Tensor", BLOCK, "forward")
    whole = "\n".join([*block, text])
    imports = ["from pathlib import Path", "", "import torch"]
    imports += used("import torch.nn.functional as F", "F.", whole)
    imports += ["from safetensors.torch import load_file", "from torch import nn", ""]
    source = [
        *heading(program, graph, path, "PyTorch"),
        *imports,
        'WEIGHTS = Path(__file__).with_suffix(".safetensors")',
        "",
        "",
        *block,
        "class Network(nn.Module):",
        '    """The network, whose weights `load` reads."""',
        "",
        "    def __init__(self) -> None:",
        *body,
        "",
        *signature("forward", program, "torch.Tensor", returns),
        text,
        "",
        *used(READ, "read(", whole),
        *LOAD.splitlines(),
        *pair(shapes, "torch.Tensor"),
        *MAIN.splitlines(),
    ]
    written(Parts(source, made.weights, graph), path)
