"""From a graph to an ONNX file, and what onnxruntime makes of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from ranvier import __version__
from ranvier.errors import ExportError
from ranvier.export.extra import needs
from ranvier.export.graph import Graph
from ranvier.export.kinds import ELEMENTWISE
from ranvier.export.programs.program import Arrays, Program, Trials

OPSET = 20  # of early 2024, the first with GELU
EXTRA = "onnx"


def write(program: Program, graph: Graph, path: Path) -> None:
    """Write the file.

    Raises:
        MissingExtraError: onnx is not installed.
        ExportError: a step has no counterpart.
    """
    needs("onnx", EXTRA)
    import onnx
    from onnx import helper

    from ranvier.export.onnx.layers import LAYERS
    from ranvier.export.onnx.nodes import Nodes
    from ranvier.export.onnx.operations import OPERATIONS, elementwise

    nodes = Nodes(list(graph.inputs.values()))
    for step in graph.steps:
        write_step = LAYERS.get(step.kind) or OPERATIONS.get(step.kind)
        if write_step is None and step.kind in ELEMENTWISE:
            write_step = elementwise
        if write_step is None:
            raise ExportError(f'ONNX is not written with "{step.kind}": use another format.')
        write_step(step, nodes)
    outputs = []
    for name, value in graph.outputs.items():
        nodes.add("Identity", [nodes.name(value)], name)
        outputs.append(helper.make_tensor_value_info(name, _type(value.dtype), _shape(value)))
    inputs = [
        helper.make_tensor_value_info(name, _type(value.dtype), _shape(value))
        for name, value in graph.inputs.items()
    ]
    body = helper.make_graph(nodes.nodes, "ranvier", inputs, outputs, nodes.numbers)
    model = helper.make_model(
        body, producer_name="ranvier", producer_version=__version__,
        opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10,
    )  # fmt: skip
    helper.set_model_props(model, _about(program))
    onnx.checker.check_model(model, full_check=True)
    path.write_bytes(model.SerializeToString())


def run(path: Path, trials: Trials) -> list[Arrays]:
    """What onnxruntime makes of several tables of rows.

    Raises:
        MissingExtraError: onnxruntime is not installed.
        ExportError: it does not take the file.
    """
    needs("onnxruntime", EXTRA)
    import onnxruntime

    try:
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        names = [output.name for output in session.get_outputs()]
        return [dict(zip(names, session.run(names, dict(rows)), strict=True)) for rows in trials]
    except Exception as error:  # onnxruntime's own have no common base
        raise ExportError(f"onnxruntime does not run what was written: {error}") from error


def _type(dtype: str) -> int:
    from onnx import helper

    found: int = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    return found


def _shape(value: Any) -> list[int | str]:
    return list(value.shape)


def _about(program: Program) -> dict[str, str]:
    inputs = {name: tensor.about for name, tensor in program.inputs.items()}
    return {"inputs": json.dumps(inputs), **{k: json.dumps(v) for k, v in program.about.items()}}
