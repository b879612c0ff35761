"""The same network as ONNX behind MLServer, as a runtime of one's own in a few lines.

python -m benchmarks.serving.mlserver_peer FILE.onnx WORKERS PORT

Its settings are its own, but that it logs no debugging. WORKERS are the processes that compute;
MLServer's own choice is 1, and 0 computes in the process that also serves.
"""

from __future__ import annotations

import asyncio
import socket
import sys
import tempfile

import onnxruntime
from mlserver import MLModel, MLServer, ModelSettings, Settings
from mlserver.codecs import NumpyCodec
from mlserver.settings import ModelParameters
from mlserver.types import InferenceRequest, InferenceResponse
from mlserver.utils import install_uvloop_event_loop

NAME = "model"


class Network(MLModel):
    async def load(self) -> bool:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(
            self.settings.parameters.uri, options, providers=["CPUExecutionProvider"]
        )
        wanted = self.session.get_inputs()[0]
        self.wanted, self.dtype = wanted.name, "f8" if "double" in wanted.type else "f4"
        self.given = [output.name for output in self.session.get_outputs()]
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        rows = NumpyCodec.decode_input(payload.inputs[0]).astype(self.dtype)
        found = self.session.run(None, {self.wanted: rows})
        outputs = [
            NumpyCodec.encode_output(name, array)
            for name, array in zip(self.given, found, strict=True)
        ]
        return InferenceResponse(model_name=self.name, outputs=outputs)


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


async def serve(onnx: str, workers: int, port: int, metrics: str) -> None:
    settings = Settings(
        debug=False, parallel_workers=workers, host="127.0.0.1", http_port=port,
        grpc_port=_free(), metrics_port=_free(), metrics_dir=metrics,
    )  # fmt: skip
    model = ModelSettings(
        # By its name, which the processes that compute import.
        implementation="benchmarks.serving.mlserver_peer.Network",
        name=NAME,
        parameters=ModelParameters(uri=onnx),
    )
    await MLServer(settings).start([model])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        install_uvloop_event_loop()
        asyncio.run(serve(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), folder))
