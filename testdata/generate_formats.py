#!/usr/bin/env python3
"""Makes testdata/formats: the images of testdata/idx/strokes-byclass-test once more, in every other
format that datasets come in.

    python3 testdata/generate_formats.py

Needs numpy, pillow and scipy. What a reader must find in each is what it finds in the idx files.

    images/NN.png           upright, grey
    list.csv, list.tsv      of these: with a header, columns in another order and quotes; without
    numbers.csv             a list without a header, labels are class numbers
    strokes-byclass.csv     as EMNIST's on Kaggle: no header, transposed
    header.csv.gz           as MNIST's: a header, upright
    strokes.mat, plain.mat  as NIST's emnist-byclass.mat, compressed and not: the images are its test
                            split, the first seven of them its train split
    doubles.mat             numbers of 8 bytes each, other variables before and behind, writers first,
                            no mapping
    fractions.mat           numbers of 8 bytes each, the pixels divided by 255
    mixed.mat               the same, with 17 in the third row and column 500
    swapped.mat             as plain.mat, written on a big-endian machine
"""
import gzip
import pathlib
import struct

import numpy as np
import scipy.io
from PIL import Image

HERE = pathlib.Path(__file__).parent
FOLDER = HERE / "formats"
STEM = HERE / "idx" / "strokes-byclass-test"
BYCLASS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def save(name, variables, packed):
    """As scipy.io.savemat(), but for the date in the header."""
    scipy.io.savemat(FOLDER / name, variables, do_compression=packed)
    written = (FOLDER / name).read_bytes()
    (FOLDER / name).write_bytes(b"MATLAB 5.0 MAT-file".ljust(116) + written[116:])


def element(kind, data):
    return struct.pack(">2I", kind, len(data)) + data + b"\0" * (-len(data) % 8)


def array(value, name=b""):
    """An array as MATLAB has it on a big-endian machine: numbers, or a dictionary as a struct."""
    def header(code, rows, columns):
        return (element(6, struct.pack(">2I", code, 0)) +
                element(5, struct.pack(">2i", rows, columns)) + element(1, name))

    if isinstance(value, dict):
        names = b"".join(key.encode().ljust(32, b"\0") for key in value)
        body = header(2, 1, 1) + struct.pack(">HHi", 4, 5, 32) + element(1, names)
        return element(14, body + b"".join(array(field) for field in value.values()))
    data = value.astype(value.dtype.newbyteorder(">")).tobytes("F")
    code, kind = (9, 2) if value.dtype == np.uint8 else (11, 4)
    return element(14, header(code, *value.shape) + element(kind, data))


def main():
    stored = np.frombuffer(open(f"{STEM}-images-idx3-ubyte", "rb").read(), np.uint8, offset=16)
    stored = stored.reshape(-1, 784)
    labels = np.frombuffer(gzip.open(f"{STEM}-labels-idx1-ubyte.gz").read(), np.uint8, offset=8)
    upright = stored.reshape(-1, 28, 28).transpose(0, 2, 1)
    (FOLDER / "images").mkdir(parents=True, exist_ok=True)
    for i, image in enumerate(upright):
        Image.fromarray(image).save(FOLDER / "images" / f"{i:02}.png", optimize=True)

    names = [f"images/{i:02}.png" for i in range(len(labels))]
    with open(FOLDER / "list.csv", "w", newline="") as file:
        file.write('number,Label,"the writer, if known",File\r\n')
        for i, (name, label) in enumerate(zip(names, labels)):
            file.write(f'{i},"{BYCLASS[label]}","He said ""{i}""\nand left",{name}\r\n')
    with open(FOLDER / "list.tsv", "w") as file:
        file.writelines(f"{n}\t{BYCLASS[c]}\n" for n, c in zip(names, labels))
    with open(FOLDER / "numbers.csv", "w") as file:
        file.writelines(f"{n},{c}\n" for n, c in zip(names, labels))

    np.savetxt(FOLDER / "strokes-byclass.csv", np.c_[labels, stored], "%d", ",")
    header = "label," + ",".join(f"{y}x{x}" for y in range(1, 29) for x in range(1, 29))
    with open(FOLDER / "header.csv.gz", "wb") as raw, \
            gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as file:
        np.savetxt(file, np.c_[labels, upright.reshape(-1, 784)], "%d", ",", header=header,
                   comments="")

    mapping = np.array([[i, ord(c)] for i, c in enumerate(BYCLASS)], np.uint8)

    def part(n):
        return {"images": stored[:n], "labels": labels[:n, None],
                "writers": np.arange(n, dtype=np.uint16)[:, None]}

    for name, packed in (("strokes.mat", True), ("plain.mat", False)):
        dataset = {"train": part(7), "test": part(len(labels)), "mapping": mapping}
        save(name, {"dataset": dataset}, packed)
    (FOLDER / "swapped.mat").write_bytes(
        b"MATLAB 5.0 MAT-file".ljust(124) + b"\1\0MI" + array(dataset, b"dataset"))
    test = part(len(labels))
    doubles = {"writers": test["writers"], "labels": test["labels"].T.astype(float),
               "images": test["images"].astype(float)}
    save("doubles.mat", {
        "text": "by nobody", "cells": np.array([1, "b"], object), "empty": np.zeros((0, 0)),
        "dataset": {"test": doubles}, "complex": np.array([1j])}, True)
    doubles["images"] /= 255
    save("fractions.mat", {"dataset": {"test": doubles}}, True)
    doubles["images"][2, 499] = 17
    save("mixed.mat", {"dataset": {"test": doubles}}, True)


if __name__ == "__main__":
    main()
