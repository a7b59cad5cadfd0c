#!/usr/bin/env python3
"""Makes testdata/statistics: two datasets with images that are there more than once, and what
`emnist dataset stats -f json` is to print of them, computed with NumPy.

    python3 testdata/generate_statistics.py

Needs numpy. The images are those of testdata/idx, so generate_idx.py comes first. The second
dataset's classes are EMNIST Letters', which stand for both cases: an image that is an A in the one
and Aa in the other is not labelled differently.
"""
import json
import pathlib
import struct

import numpy as np

HERE = pathlib.Path(__file__).parent
FOLDER = HERE / "statistics"
STROKES = HERE / "idx" / "strokes-byclass-test-images-idx3-ubyte"
BYCLASS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SHOWN = (HERE / "idx" / "contents.tsv").read_text().splitlines()


def group(text):
    kinds = {"digits" if c.isdigit() else "upper" if c.isupper() else "lower" for c in text}
    return kinds.pop() if len(kinds) == 1 else "both cases"


def number(value):
    return "%.9f" % value


def describe(path, images, classes, sets):
    """The JSON of one dataset, its numbers with nine decimals."""
    pixels = images.astype(np.float64) / 255
    counts = np.bincount(classes, minlength=len(sets))
    seen, before, repeated, conflicting = {}, [], 0, 0
    for image, c in zip(images, classes):
        first = seen.setdefault(image.tobytes(), c)
        if image.tobytes() in before:
            repeated += 1
            conflicting += not set(sets[first]) & set(sets[c])
        before.append(image.tobytes())
    text = '{"dataset":%s,"images":%d,"classes":%d' % (json.dumps(path), len(images), len(sets))
    for key, value in [("mean", pixels.mean()), ("deviation", pixels.std()),
                       ("not_zero", (images > 0).mean()), ("ink", (images >= 128).mean())]:
        text += ',"%s":%s' % (key, number(value))
    text += ',"repeated":%d,"repeated_conflicting":%d,"groups":[' % (repeated, conflicting)
    rows = []
    for name in ["digits", "upper", "lower", "both cases"]:
        which = [i for i, s in enumerate(sets) if group(s) == name]
        if which:
            n = int(counts[which].sum())
            rows.append('{"group":"%s","classes":%d,"images":%d,"share":%s}' % (
                name, len(which), n, number(n / len(images))))
    text += ",".join(rows) + '],"per_class":['
    text += ",".join('{"label":"%s","group":"%s","images":%d,"share":%s}' % (
        s, group(s), counts[i], number(counts[i] / len(images))) for i, s in enumerate(sets))
    return text + "]}"


def common(a, a_classes, a_sets, b, b_classes, b_sets):
    """What two datasets share, found by comparing each image with each."""
    same = (a[:, None] == b[None]).all(axis=(2, 3))
    pairs = {}
    for i, k in np.argwhere(same):
        pairs.setdefault(a[i].tobytes(), (i, k))
    conflicting = sum(not set(a_sets[a_classes[i]]) & set(b_sets[b_classes[k]])
                      for i, k in pairs.values())
    return ('{"first":0,"second":1,"distinct":%d,"of_first":%d,"of_second":%d,"conflicting":%d}'
            % (len(pairs), same.any(axis=1).sum(), same.any(axis=0).sum(), conflicting))


def write(stem, images, values):
    stored = images.transpose(0, 2, 1)
    (FOLDER / (stem + "-images-idx3-ubyte")).write_bytes(
        struct.pack(">IIII", 0x803, len(images), 28, 28) + stored.tobytes())
    (FOLDER / (stem + "-labels-idx1-ubyte")).write_bytes(
        struct.pack(">II", 0x801, len(values)) + bytes(values))


def main():
    FOLDER.mkdir(exist_ok=True)
    row = next(line for line in SHOWN if line.startswith("strokes-byclass-test\t"))
    strokes = np.frombuffer(STROKES.read_bytes()[16:], np.uint8).reshape(-1, 28, 28)
    strokes = strokes.transpose(0, 2, 1)
    classes = np.array([BYCLASS.index(c) for c in row.split("\t")[3].split()])

    # All of them once, the first four again, two of these under another label, one thrice; one that
    # differs from its like in a single pixel; two that are blank.
    near = strokes[:1].copy()
    near[0, 27, 27] ^= 1
    blank = np.zeros((2, 28, 28), np.uint8)
    a = np.concatenate([strokes, strokes[:4], strokes[:1], near, blank])
    a_classes = np.concatenate([classes, classes[:2], [10, 11], classes[:1], [0], [5, 5]])
    write("first-byclass", a, [int(c) for c in a_classes])

    # Letters of those again, some under another letter, and a blank one.
    letters = [i for i in range(len(classes)) if classes[i] >= 10][:9]
    sets = [chr(65 + i) + chr(97 + i) for i in range(26)]
    b = np.concatenate([strokes[letters], strokes[letters[:2]], blank[:1]])
    b_classes = np.array([ord(BYCLASS[classes[i]].upper()) - 65 for i in letters + letters[:2]]
                         + [3])
    b_classes[1] = 25
    write("second-letters", b, [int(c) + 1 for c in b_classes])

    stems = ["testdata/statistics/first-byclass", "testdata/statistics/second-letters"]
    (FOLDER / "expected.json").write_text('{"datasets":[%s,%s],"common":[%s]}\n' % (
        describe(stems[0], a, a_classes, BYCLASS), describe(stems[1], b, b_classes, sets),
        common(a, a_classes, BYCLASS, b, b_classes, sets)))


main()
