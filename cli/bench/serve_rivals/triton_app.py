"""Triton by way of PyTriton, the Open Inference Protocol at /v2/models/emnist/infer, JSON and binary.

    triton_app.py PORT GRPC_PORT METRICS_PORT

One instance of the network: a second one makes everything slower on two processors.
"""
import signal
import sys

import numpy as np
import onnx_network
from pytriton.decorators import batch
from pytriton.model_config import ModelConfig, Tensor
from pytriton.triton import Triton, TritonConfig


@batch
def infer(images):
    return [onnx_network.run(images)]


def main():
    port, grpc_port, metrics_port = map(int, sys.argv[1:])
    # Triton itself is another process, which is to end with this one.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    config = TritonConfig(
        http_address="127.0.0.1",
        http_port=port,
        grpc_address="127.0.0.1",
        grpc_port=grpc_port,
        metrics_port=metrics_port,
    )
    with Triton(config=config) as triton:
        triton.bind(
            model_name="emnist",
            infer_func=infer,
            inputs=[Tensor(name="images", dtype=np.float32, shape=(784,))],
            outputs=[Tensor(name="probabilities", dtype=np.float32, shape=(62,))],
            config=ModelConfig(max_batch_size=128),
        )
        triton.serve()


main()
