"""Pictures of any size to CSV with OpenCV, and ONNX Runtime in batches, on one thread.

    rival_pictures.py MODEL.onnx LIST

LIST names one picture a line. Prints CSV lines "path,label,probability", in the order of the list.

What such scripts do, with care: grey as it is decoded, Otsu's threshold, the darker side as the ink
unless most of the border is dark, the ink's bounding box brought to EMNIST's size with its aspect kept,
blurred and stretched as EMNIST's images are.
"""
import sys

import cv2
import numpy as np
import onnxruntime

LABELS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BATCH = 128
SIDE, INK_SIDE = 28, 22


def normalize(image):
    mask = cv2.threshold(image, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1]
    height, width = mask.shape
    bright = sum(map(cv2.countNonZero, (mask[0], mask[-1], mask[:, 0], mask[:, -1])))
    if bright > height + width:
        image, mask = cv2.bitwise_not(image), cv2.bitwise_not(mask)
    left, top, width, height = cv2.boundingRect(mask)
    scale = INK_SIDE / max(width, height, 1)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    ink = cv2.resize(
        image[top : top + height, left : left + width], size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    )
    vector = np.zeros((SIDE, SIDE), np.uint8)
    x, y = (SIDE - size[0]) // 2, (SIDE - size[1]) // 2
    vector[y : y + size[1], x : x + size[0]] = ink
    return cv2.normalize(cv2.GaussianBlur(vector, (3, 3), 0.6), None, 0, 255, cv2.NORM_MINMAX)


def main():
    cv2.setNumThreads(1)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(sys.argv[1], options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    vectors = np.empty((BATCH, SIDE, SIDE), np.float32)
    with open(sys.argv[2]) as file:
        paths = file.read().splitlines()
    sys.stdout.write("path,label,probability\n")
    for start in range(0, len(paths), BATCH):
        batch = paths[start : start + BATCH]
        for i, path in enumerate(batch):
            vectors[i] = normalize(cv2.imread(path, cv2.IMREAD_GRAYSCALE))
        scores = session.run(None, {name: vectors[: len(batch)].reshape(-1, SIDE * SIDE) * np.float32(1 / 255)})[0]
        best = scores.argmax(1)
        shown = scores[np.arange(len(batch)), best].tolist()
        sys.stdout.writelines(f"{path},{LABELS[k]},{p:.6f}\n" for path, k, p in zip(batch, best.tolist(), shown))


if __name__ == "__main__":
    main()
