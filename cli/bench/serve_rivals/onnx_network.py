"""The network of every rival: the model of $MODEL in ONNX Runtime, on one thread.

One thread is the fastest here: of 784-512-256-62 no batch of up to 128 images gains from a second.
"""
import os

import numpy as np
import onnxruntime

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(os.environ["MODEL"], options, providers=["CPUExecutionProvider"])
name = session.get_inputs()[0].name


def run(vectors):
    """Probabilities (N, 62) of vectors (N, 784), both float32."""
    return session.run(None, {name: vectors})[0]


def run_list(instances):
    """The same of lists, as JSON has them, of any depth: (N, 784) or (N, 28, 28)."""
    return run(np.asarray(instances, np.float32).reshape(-1, 784))
