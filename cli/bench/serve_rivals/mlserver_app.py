"""MLServer with a runtime of its own kind, the Open Inference Protocol at /v2/models/emnist/infer.

    mlserver_app.py PORT GRPC_PORT METRICS_PORT

The network runs in the server's own process: to hand 12 us of work to another one costs more.
"""
import asyncio
import sys

import onnx_network
from mlserver import MLModel, MLServer, ModelSettings, Settings
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceResponse


class Network(MLModel):
    async def load(self):
        return True

    async def predict(self, payload):
        vectors = NumpyCodec.decode_input(payload.inputs[0])
        output = NumpyCodec.encode_output("probabilities", onnx_network.run(vectors))
        return InferenceResponse(model_name=self.name, id=payload.id, outputs=[output])


async def main(port, grpc_port, metrics_port):
    settings = Settings(
        host="127.0.0.1",
        http_port=port,
        grpc_port=grpc_port,
        metrics_port=metrics_port,
        parallel_workers=0,
        debug=False,
    )
    await MLServer(settings).start([ModelSettings(name="emnist", implementation=Network)])


asyncio.run(main(*map(int, sys.argv[1:])))
