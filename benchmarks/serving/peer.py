"""The same network as ONNX behind a plain FastAPI handler, as people write it in ten lines.

python -m benchmarks.serving.peer FILE.onnx THREADS PORT
"""

from __future__ import annotations

import sys

import numpy as np
import onnxruntime
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = int(sys.argv[2])
session = onnxruntime.InferenceSession(sys.argv[1], options, providers=["CPUExecutionProvider"])
wanted = session.get_inputs()[0]
dtype = np.float64 if "double" in wanted.type else np.float32


class Rows(BaseModel):
    rows: list[list[float]]


@app.post("/predict")
async def predict(asked: Rows) -> dict[str, list[object]]:
    found = session.run(None, {wanted.name: np.array(asked.rows, dtype)})
    return {output.name: array.tolist() for output, array in
            zip(session.get_outputs(), found, strict=True)}  # fmt: skip


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[3]), log_level="warning", access_log=False)
