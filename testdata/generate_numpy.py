#!/usr/bin/env python3
"""Makes testdata/formats/numpy: the images of testdata/idx/strokes-byclass-test once more, as NumPy
writes arrays.

    python3 testdata/generate_numpy.py

Needs numpy. What a reader must find in each is what it finds in the idx files.

    types.npz            the last ten images once for each type, order, shape and version; NAME_x and
                         NAME_y for each NAME in types.tsv, which has what is said of them
    keras.npz            as Keras has MNIST: x_train, y_train, the first seven, x_test, y_test; stored
    positional.npz       of the last ten, without names: arr_0, arr_1
    objects.npz          of the first three, labels are Python objects
    unpaired.npz         arrays of names that say nothing
    folder/              test-images.npy, test-labels.npy; x_train.npy.gz, y_train.npy, the first seven
"""
import gzip
import io
import pathlib
import zipfile

import numpy as np

HERE = pathlib.Path(__file__).parent
FOLDER = HERE / "formats" / "numpy"
STEM = HERE / "idx" / "strokes-byclass-test"
BYCLASS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def array(values, version=None):
    file = io.BytesIO()
    np.lib.format.write_array(file, values, version)
    return file.getvalue()


def save(name, arrays, method=zipfile.ZIP_DEFLATED):
    """As numpy.savez(), but in any version of its format."""
    with zipfile.ZipFile(FOLDER / name, "w", method) as archive:
        for key, value in arrays.items():
            archive.writestr(zipfile.ZipInfo(key + ".npy"),
                             value if isinstance(value, bytes) else array(value), method)


def types(images, labels):
    """Name, images, labels, and what is said of them."""
    fractions = ", fractions of 0 to 1 times 255"
    for kind in "u1 i2 u2 i4 u4 i8 u8 f2 f4 f8".split():
        for order in "<>" if kind != "u1" else "|":
            yield ((order == ">") * "big-" + kind, images.astype(order + kind),
                   labels.astype(order + kind), "")
    for kind in ("f2", "f4", "f8"):
        yield "fractions-" + kind, (images / 255).astype(kind), labels, fractions
    yield "bits-b1", images > 127, labels, ", pixels of 0 to 1 stretched to 255"
    yield "bits-i1", (images > 127).astype("i1"), labels, ", pixels of 0 to 1 stretched to 255"
    yield "rows", images.reshape(-1, 784), labels[:, None], ""
    yield "channels-last", images[..., None], labels[None], ""
    yield "channels-first", images[:, None], labels, ""
    for name, shape in (("square", (-1, 28, 28)), ("rows", (-1, 784)), ("channels", (-1, 1, 28, 28))):
        yield "fortran-" + name, np.asfortranarray(images.reshape(shape)), labels, ""
    yield "fortran-f4", np.asfortranarray(images / np.float32(255)), labels, fractions
    characters = [BYCLASS[label] for label in labels]
    for kind in ("<U1", ">U1", "S1"):
        yield ("characters-" + {"<": "", ">": "big-", "S": ""}[kind[0]] + kind[-2:].lower(), images,
               np.array(characters, kind), "")
    yield "version-2", array(images, (2, 0)), array(labels, (2, 0)), ""
    yield "version-3", array(images, (3, 0)), labels, ""


def main():
    stored = np.frombuffer(open(f"{STEM}-images-idx3-ubyte", "rb").read(), np.uint8, offset=16)
    labels = np.frombuffer(gzip.open(f"{STEM}-labels-idx1-ubyte.gz").read(), np.uint8, offset=8)
    images = np.ascontiguousarray(stored.reshape(-1, 28, 28).transpose(0, 2, 1))
    (FOLDER / "folder").mkdir(parents=True, exist_ok=True)

    arrays, lines = {}, []
    for name, x, y, said in types(images[30:], labels[30:]):
        arrays[name + "_x"], arrays[name + "_y"] = x, y
        lines.append(f"{name}\tNumPy, {name}_x and {name}_y{said}\n")
    save("types.npz", arrays)
    (FOLDER / "types.tsv").write_text("".join(lines))
    save("keras.npz", {"x_train": images[:7], "y_train": labels[:7], "x_test": images,
                       "y_test": labels}, zipfile.ZIP_STORED)
    np.savez_compressed(FOLDER / "positional.npz", images[30:], labels[30:])
    save("objects.npz", {"X": images[:3], "y": np.array([*labels[:3]], object)})
    save("unpaired.npz", {"left": images[:3], "right": labels[:3]})

    np.save(FOLDER / "folder" / "test-images.npy", images)
    np.save(FOLDER / "folder" / "test-labels.npy", labels)
    np.save(FOLDER / "folder" / "y_train.npy", labels[:7])
    with open(FOLDER / "folder" / "x_train.npy.gz", "wb") as raw, \
            gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as file:
        file.write(array(images[:7]))


if __name__ == "__main__":
    main()
