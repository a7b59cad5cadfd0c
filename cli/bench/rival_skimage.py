"""The way of the blog series: scikit-image reads the files, ONNX Runtime runs batches of 128.

    rival_skimage.py MODEL.onnx LIST

LIST names one 28x28 grey PNG a line. Prints CSV lines "path,label,probability".
"""
import sys

import numpy as np
import onnxruntime
from skimage.io import imread

LABELS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BATCH = 128


def main():
    session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    with open(sys.argv[2]) as file:
        paths = file.read().splitlines()
    out = sys.stdout
    out.write("path,label,probability\n")
    for start in range(0, len(paths), BATCH):
        batch = paths[start : start + BATCH]
        images = np.stack([imread(path) for path in batch])
        vectors = images.reshape(len(batch), -1).astype(np.float32) / 255
        scores = session.run(None, {name: vectors})[0]
        best = scores.argmax(1)
        for path, label, score in zip(batch, best, scores[np.arange(len(batch)), best]):
            out.write(f"{path},{LABELS[label]},{score:.6f}\n")


main()
