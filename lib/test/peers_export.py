#!/usr/bin/env python3
"""Checks that NumPy reads what `emnist dataset export` wrote of a ByClass dataset.

    python3 lib/test/peers_export.py STEM IMAGES LABELS

STEM.csv, STEM.npz and STEM.npy are what was exported; IMAGES and LABELS the idx files, unpacked,
that they are of. Without arguments it makes them itself, with build/emnist, of testdata/idx; Pillow,
where it is there, reads the PNG files then.
"""
import gzip
import os
import subprocess
import sys
import tempfile

import numpy as np

BYCLASS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def check(stem, images_path, labels_path):
    with open(images_path, "rb") as file:
        stored = np.frombuffer(file.read()[16:], np.uint8).reshape(-1, 28, 28)
    with open(labels_path, "rb") as file:
        labels = np.frombuffer(file.read()[8:], np.uint8)
    upright = stored.transpose(0, 2, 1)
    with np.load(stem + ".npz") as npz:
        assert sorted(npz) == ["characters", "images", "indices", "labels"]
        assert npz["images"].dtype == np.uint8 and (npz["images"] == upright).all()
        assert npz["labels"].dtype == np.uint8 and (npz["labels"] == labels).all()
        assert list(npz["characters"]) == list(BYCLASS)
        assert list(npz["indices"]) == list(range(62))
    array = np.load(stem + ".npy", mmap_mode="r")
    assert array.dtype == np.uint8 and (array == upright).all()
    assert (np.load(stem + "-labels.npy") == labels).all()
    csv = np.loadtxt(stem + ".csv", delimiter=",", dtype=int)
    assert (csv[:, 0] == labels).all() and (csv[:, 1:] == stored.reshape(-1, 784)).all()
    return upright, labels


def check_png(folder, upright, labels):
    import csv
    from PIL import Image

    with open(os.path.join(folder, "labels.csv"), newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["label"] for row in rows] == [BYCLASS[i] for i in labels]
    for row, pixels in zip(rows, upright):
        image = Image.open(os.path.join(folder, row["path"]))
        assert image.mode == "L" and (np.asarray(image) == pixels).all()


def main():
    if len(sys.argv) == 4:
        check(*sys.argv[1:])
        return
    stem = "testdata/idx/strokes-byclass-test"
    with tempfile.TemporaryDirectory() as folder:
        emnist = [os.environ.get("BUILD", "build") + "/emnist", "dataset", "export", stem]
        for name in ("e.csv", "e.npz", "e.npy", "png"):
            subprocess.run(emnist + [os.path.join(folder, name)], check=True)
        with gzip.open(stem + "-labels-idx1-ubyte.gz") as file:
            with open(os.path.join(folder, "labels"), "wb") as unpacked:
                unpacked.write(file.read())
        arrays = check(os.path.join(folder, "e"), stem + "-images-idx3-ubyte",
                       os.path.join(folder, "labels"))
        print("export: NumPy reads .npz, .npy, .csv")
        try:
            check_png(os.path.join(folder, "png"), *arrays)
            print("export: Pillow reads the PNG files, Python's csv their list")
        except ImportError:
            print("export: SKIP the PNG files: no Pillow")


main()
