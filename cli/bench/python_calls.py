"""Calls of the Python package on one thread, from the bytes of files to labels: batches beside the call of
the C library alone, and single images beside OpenCV and ONNX Runtime.

    open_package(build)
    batch(files) -> (package, C)                  seconds of a call
    single(files, model) -> (package, OpenCV)     seconds of an image
"""
import ctypes
import itertools
import os
import statistics
import sys
import time

import numpy as np

# Rounds of calls of each in turn: within a round, caches have what a program that does nothing else finds in
# them.
N_ROUNDS, N_CALLS = 15, 20


def open_package(build):
    global emnist
    os.environ["EMNIST_LIBRARY"] = os.path.abspath(os.path.join(build, "libemnist.so"))
    sys.path.insert(0, "lib/python")
    import emnist


def in_turn(functions):
    times = [[] for _ in functions]
    for _ in range(N_ROUNDS):
        for function, found in zip(functions, times):
            start = time.thread_time()
            for _ in range(N_CALLS):
                function()
            found.append((time.thread_time() - start) / N_CALLS)
    return [statistics.median(found) for found in times]


def batch(files):
    """The C call has its arguments ready, and reads the same bytes."""
    model = emnist.Model.default()
    classifier = emnist._Classifier(model._model, None, False, None)
    inputs, kept = emnist._inputs(files)
    records = (emnist.c.Record * len(files))()
    probabilities = np.empty((len(files), len(model.labels)), np.float32)
    arguments = (classifier, inputs, len(files), ctypes.addressof(records), probabilities.ctypes.data, None)
    found = in_turn([lambda: [record.label for record in model.classify(files)], lambda: emnist.lib.classify(*arguments)])
    del kept
    return found


def single(files, path):
    import cv2
    import onnxruntime
    from rival_pictures import LABELS, normalize

    cv2.setNumThreads(1)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    package, opencv = itertools.cycle(files), itertools.cycle(files)

    def rival():
        image = normalize(cv2.imdecode(np.frombuffer(next(opencv), np.uint8), cv2.IMREAD_GRAYSCALE))
        scores = session.run(None, {name: image.reshape(1, -1) * np.float32(1 / 255)})[0]
        return LABELS[scores[0].argmax()]

    return in_turn([lambda: emnist.classify(next(package))[0].label, rival])
