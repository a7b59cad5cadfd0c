"""Image files to CSV in Python: a decoder reads them, ONNX Runtime runs them in batches.

    rival_files.py DECODER WORKERS MODEL.onnx LIST

DECODER: skimage, pillow or opencv. LIST names one 28x28 grey PNG a line. Prints CSV lines
"path,label,probability", in the order of the list.

Written for speed: batches of 1024 go to WORKERS processes, each with its own session of one thread;
results come back as text, so that nothing but names and text crosses between processes. One worker
does all in the program itself.
"""
import multiprocessing
import sys

import numpy as np
import onnxruntime

LABELS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BATCH = 1024


def decoder(name):
    """Only what is used is imported: it takes its time."""
    if name == "skimage":
        from skimage.io import imread

        return imread
    if name == "pillow":
        from PIL import Image

        return lambda path: np.asarray(Image.open(path))
    import cv2

    cv2.setNumThreads(1)
    return lambda path: cv2.imread(path, cv2.IMREAD_GRAYSCALE)


def prepare(name, model):
    global read, session, buffer
    read = decoder(name)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    buffer = np.empty((BATCH, 28, 28), np.float32)


def classify(paths):
    n = len(paths)
    for i, path in enumerate(paths):
        buffer[i] = read(path)
    vectors = buffer[:n].reshape(n, 784)
    vectors *= np.float32(1 / 255)
    scores = session.run(None, {session.get_inputs()[0].name: vectors})[0]
    best = scores.argmax(1)
    shown = scores[np.arange(n), best].tolist()
    return "".join(
        f"{path},{LABELS[label]},{score:.6f}\n"
        for path, label, score in zip(paths, best.tolist(), shown)
    )


def main():
    name, workers, model, listing = sys.argv[1:]
    with open(listing) as file:
        paths = file.read().splitlines()
    batches = [paths[start : start + BATCH] for start in range(0, len(paths), BATCH)]
    sys.stdout.write("path,label,probability\n")
    if int(workers) == 1:
        prepare(name, model)
        sys.stdout.writelines(map(classify, batches))
    else:
        with multiprocessing.Pool(int(workers), prepare, (name, model)) as pool:
            sys.stdout.writelines(pool.imap(classify, batches))


main()
