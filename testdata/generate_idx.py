#!/usr/bin/env python3
"""Makes testdata/idx: small datasets in idx format, and malformed ones named by their defect.

    python3 testdata/generate_idx.py

Needs numpy, pillow and onnx. Writes the same files each time, but for gzip's bytes, which follow
the zlib there is.

The characters are strokes of our own, drawn below as lines and arcs, bent a little at random, and
blurred; none comes from EMNIST. What the tests expect is written here too, from the arrays before
they are stored: contents.tsv for the good datasets, malformed/expected.tsv for the others, and
figures.tsv for what probabilities come to (those of probabilities.f32, and those that the network
nearest.onnx gives), views.tsv for the same where only some classes may be answered or cases are
merged, classes.tsv for what the network does to each letter.
"""
import gzip
import math
import pathlib
import random
import struct
import zlib

import numpy as np
import onnx
from PIL import Image, ImageDraw, ImageFilter

FOLDER = pathlib.Path(__file__).parent / "idx"
MALFORMED = FOLDER / "malformed"
SIDE = 28
BYCLASS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
MERGED = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt"


def arc(cx, cy, rx, ry, start, end, n=24):
    """Points of an ellipse's arc; degrees, 0 is right, 90 is down."""
    angles = [math.radians(start + (end - start) * i / n) for i in range(n + 1)]
    return [(cx + rx * math.cos(a), cy + ry * math.sin(a)) for a in angles]


# Strokes in a square of side 1, x to the right, y down.
GLYPHS = {
    "0": [arc(.5, .5, .32, .48, -90, 270)],
    "1": [[(.35, .2), (.55, .02), (.52, .98)]],
    "2": [arc(.5, .28, .3, .26, 190, 380) + [(.2, .95), (.85, .93)]],
    "3": [arc(.45, .27, .3, .24, 200, 440), arc(.45, .73, .34, .25, -90, 150)],
    "4": [[(.35, .02), (.18, .55), (.85, .52)], [(.68, .1), (.62, .98)]],
    "5": [[(.8, .05), (.3, .05), (.25, .45)], arc(.48, .68, .32, .28, -120, 140)],
    "6": [[(.65, .02), (.35, .4)] + arc(.5, .7, .28, .27, 180, 540)],
    "7": [[(.15, .08), (.85, .05), (.4, .98)]],
    "8": [arc(.5, .27, .26, .24, 90, 450), arc(.5, .74, .32, .25, -90, 270)],
    "9": [arc(.48, .3, .28, .27, 0, 360) + [(.74, .3), (.6, .98)]],
    "A": [[(.12, .98), (.5, .02), (.88, .98)], [(.28, .62), (.74, .6)]],
    "B": [[(.2, .02), (.2, .98)], [(.2, .04)] + arc(.42, .26, .3, .22, -90, 90),
          [(.2, .48)] + arc(.45, .73, .36, .25, -90, 90) + [(.2, .98)]],
    "C": [arc(.58, .5, .42, .46, -50, -310)],
    "D": [[(.2, .03), (.2, .97)], [(.2, .03)] + arc(.36, .5, .5, .47, -90, 90) + [(.2, .97)]],
    "E": [[(.82, .05), (.2, .05), (.2, .95), (.85, .93)], [(.2, .5), (.7, .48)]],
    "F": [[(.85, .05), (.22, .06), (.2, .98)], [(.2, .5), (.68, .47)]],
    "G": [arc(.55, .5, .42, .46, -45, -330), [(.55, .55), (.93, .55), (.92, .95)]],
    "H": [[(.18, .02), (.16, .98)], [(.84, .02), (.82, .98)], [(.18, .52), (.83, .48)]],
    "K": [[(.2, .02), (.2, .98)], [(.85, .05), (.22, .55), (.88, .97)]],
    "L": [[(.25, .02), (.22, .95), (.85, .93)]],
    "M": [[(.08, .98), (.18, .03), (.5, .7), (.82, .03), (.92, .98)]],
    "N": [[(.15, .98), (.17, .03), (.8, .95), (.84, .02)]],
    "Q": [arc(.48, .46, .38, .42, -90, 270), [(.6, .65), (.95, .98)]],
    "R": [[(.2, .98), (.2, .04)] + arc(.45, .28, .35, .24, -90, 90) + [(.22, .52), (.88, .97)]],
    "T": [[(.08, .06), (.92, .05)], [(.5, .05), (.48, .98)]],
    "a": [arc(.42, .62, .28, .32, 0, 360), [(.72, .3), (.7, .85), (.85, .97)]],
    "b": [[(.25, .02), (.24, .95)], arc(.5, .7, .28, .26, 180, 540)],
    "d": [arc(.42, .7, .28, .26, 0, 360), [(.74, .02), (.72, .98)]],
    "e": [[(.2, .58), (.8, .55)] + arc(.5, .58, .32, .36, -5, -310)],
    "f": [arc(.62, .25, .2, .22, -10, -180) + [(.4, .98)], [(.15, .5), (.75, .47)]],
    "g": [arc(.45, .3, .28, .27, 0, 360), [(.74, .08), (.74, .75)] +
          arc(.48, .75, .26, .22, 0, 160)],
    "h": [[(.22, .02), (.22, .98)], arc(.48, .66, .26, .22, 180, 360) + [(.75, .98)]],
    "n": [[(.18, .28), (.22, .95)], arc(.5, .58, .28, .3, 180, 360) + [(.8, .95)]],
    "q": [arc(.42, .3, .28, .27, 0, 360), [(.72, .05), (.7, .9), (.92, .8)]],
    "r": [[(.3, .25), (.34, .95)], arc(.58, .58, .24, .3, 180, 310)],
    "t": [[(.5, .02), (.47, .8)] + arc(.63, .8, .16, .16, 180, 40), [(.2, .3), (.8, .28)]],
    "z": [[(.2, .28), (.8, .28), (.2, .92), (.85, .9)]],
    "u": [[(.2, .28), (.22, .7)] + arc(.48, .7, .26, .24, 180, 0) + [(.76, .28), (.8, .95)]],
    "w": [[(.06, .3), (.28, .92), (.5, .42), (.7, .92), (.94, .28)]],
    "y": [[(.18, .05), (.5, .5)], [(.84, .03), (.3, .97)]],
}


def draw(character, rng):
    """One 28x28 image, light on black, upright."""
    scale, big = 8, SIDE * 8
    slant, squeeze = rng.uniform(-.15, .15), rng.uniform(.75, 1)
    turn = math.radians(rng.uniform(-6, 6))
    image = Image.new("L", (big, big), 0)
    pen = ImageDraw.Draw(image)
    width = round(scale * rng.uniform(2.2, 3.2))
    for stroke in GLYPHS[character]:
        points = []
        for x, y in stroke:
            x, y = (x - .5) * squeeze - slant * (y - .5), y - .5
            x, y = x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)
            points.append((big / 2 + x * 19 * scale, big / 2 + y * 19 * scale))
        pen.line(points, fill=255, width=width, joint="curve")
        for x, y in (points[0], points[-1]):
            pen.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=255)
    image = image.filter(ImageFilter.GaussianBlur(scale * .7)).resize((SIDE, SIDE), Image.BOX)
    pixels = np.asarray(image).astype(np.float64)
    return np.round(pixels * 255 / pixels.max()).astype(np.uint8)


def images_bytes(images, transposed):
    images = images.transpose(0, 2, 1) if transposed else images
    return struct.pack(">IIII", 0x803, len(images), SIDE, SIDE) + images.tobytes()


def labels_bytes(labels):
    return struct.pack(">II", 0x801, len(labels)) + bytes(labels)


def pack(data):
    return gzip.compress(data, 9, mtime=0)


def write(path, data):
    path.write_bytes(pack(data) if path.suffix == ".gz" else data)


def mapping(sets, first=0, end="\r\n"):
    lines = [" ".join(str(n) for n in [first + i, *map(ord, s)]) for i, s in enumerate(sets)]
    return "".join(line + end for line in lines).encode()


def letters_label(c):
    return ord(c.upper()) - ord("A") + 1


def good(rng):
    """The datasets that can be read, one for each way of naming and packing."""
    images = np.stack([draw(c, rng) for c in GLYPHS])
    characters = list(GLYPHS)
    is_letter = [not c.isdigit() for c in characters]
    rows = []

    def dataset(stem, chosen, label, sets, images_end, labels_end, transposed=True):
        which = [i for i, yes in enumerate(chosen) if yes]
        labels = [label(characters[i]) for i in which]
        write(FOLDER / (stem + images_end), images_bytes(images[which], transposed))
        write(FOLDER / (stem + labels_end), labels_bytes(labels))
        texts = " ".join(sets[n] for n in labels)
        rows.append((stem, len(which), "%08x" % zlib.crc32(images[which].tobytes()), texts))

    everything = [True] * len(characters)
    dataset("strokes-byclass-test", everything, BYCLASS.index, dict(enumerate(BYCLASS)),
            "-images-idx3-ubyte", "-labels-idx1-ubyte.gz")
    write(FOLDER / "strokes-byclass-mapping.txt", mapping(BYCLASS))

    # Balanced: EMNIST's own mapping names one case of the merged letters, both are meant.
    both = {i: c + c.lower() if c in "CIJKLMOPSUVWXYZ" else c for i, c in enumerate(MERGED)}
    dataset("strokes-balanced-train", everything,
            lambda c: MERGED.index(c if c in MERGED else c.upper()), both,
            "-images-idx3-ubyte.gz", "-labels-idx1-ubyte")
    write(FOLDER / "strokes-balanced-train-mapping.txt", mapping(MERGED))

    cases = {i + 1: BYCLASS[10 + i] + BYCLASS[36 + i] for i in range(26)}
    dataset("strokes-letters", is_letter, letters_label, cases, "-images-idx3-ubyte.gz",
            "-labels-idx1-ubyte.gz")
    write(FOLDER / "strokes-letters-mapping.txt",
          mapping([cases[i + 1] for i in range(26)], 1, "\n"))

    # Sets of our own, for both parts of a dataset.
    sets = {3: "0O\u00d8", 5: "1lI|", 9: "\u20ac\U0001f600"}
    for part, which in (("-test", "018"), ("-train", "1")):
        dataset("strokes-sets" + part, [c in which for c in characters],
                {"0": 3, "1": 5, "8": 9}.get, sets, "-images-idx3-ubyte", "-labels-idx1-ubyte")
    write(FOLDER / "strokes-sets-mapping.txt",
          "".join(" ".join(map(str, [i, *map(ord, s)])) + "\n" for i, s in sets.items()).encode())

    # Without a mapping: from the name, and from the largest label.
    ten = {i: str(i) for i in range(10)}
    digits = [not yes for yes in is_letter]
    dataset("strokes-digits-test", digits, int, ten, "-images-idx3-ubyte", "-labels-idx1-ubyte")
    dataset("unnamed", is_letter, letters_label, cases, "-images-idx3-ubyte",
            "-labels-idx1-ubyte")

    # MNIST's own names: upright.
    dataset("t10k", digits, int, ten, "-images-idx3-ubyte.gz", "-labels-idx1-ubyte.gz", False)
    dataset("train", digits, int, ten, "-images.idx3-ubyte", "-labels.idx1-ubyte", False)

    with open(FOLDER / "contents.tsv", "w", encoding="utf-8") as out:
        out.write("# stem\timages\tCRC-32 of the upright pixels\twhat each image shows\n")
        for row in rows:
            out.write("%s\t%d\t%s\t%s\n" % row)
    return images, {stem: texts.split(" ") for stem, _, _, texts in rows}


def figures_of(probabilities, truth, classes=BYCLASS):
    """What emnist_evaluate() must find: accuracy, top-3, ignoring case, -log likelihood, ECE."""
    n = len(truth)
    match = np.array([[bool(set(c) & set(t)) for c in classes] for t in truth])
    nocase = np.array([[bool(set(c.lower()) & set(t.lower())) for c in classes] for t in truth])
    p = probabilities.astype(np.float64)
    order = np.argsort(-p, axis=1, kind="stable")
    rows = np.arange(n)
    right = match[rows, order[:, 0]]
    confidence = p.max(axis=1)
    edges = np.linspace(0, 1, 16)
    ece = 0
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            ece += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    nll = -np.log(np.maximum((p * match).sum(axis=1), 1e-30)).mean()
    return (n, right.sum(), match[rows[:, None], order[:, :3]].any(axis=1).sum(),
            nocase[rows, order[:, 0]].sum(), "%.9f" % nll, "%.9f" % ece)


def view_of(texts, wanted, merge):
    """What a view makes of classes: the characters of each new class, and its old classes."""
    fold = str.upper if merge else str
    groups = []
    for i, text in enumerate(texts):
        own = {fold(c) for c in text if wanted is None or fold(c) in map(fold, wanted)}
        same = [g for g in groups if merge and g[0] & own]
        if same:
            same[0][0].update(own)
            same[0][1].append(i)
        elif own:
            groups.append((own, [i]))
    return [("".join(sorted(own)) + ("".join(sorted(own)).lower() if merge else ""), members)
            for own, members in groups]


def view_figures(probabilities, texts, wanted, merge):
    """figures_of() for a view of ByClass, and how sure the answers are."""
    view = view_of(BYCLASS, wanted, merge)
    truth = {text: None for text in texts}
    for characters, members in view_of(list(truth), wanted, merge):
        for i in members:
            truth[list(truth)[i]] = characters
    kept = [i for i, text in enumerate(texts) if truth[text]]
    p = np.stack([probabilities[kept][:, m].astype(np.float64).sum(axis=1) for _, m in view], axis=1)
    if sum(len(m) for _, m in view) < len(BYCLASS):
        total = p.sum(axis=1, keepdims=True)
        p = np.where(total > 0, p / np.where(total > 0, total, 1), 1 / len(view))
    own = [truth[texts[i]] for i in kept]
    row = figures_of(p, own, [characters for characters, _ in view])
    right = np.array([view[j][0] for j in p.argmax(axis=1)])
    right = np.array([bool(set(a) & set(b)) for a, b in zip(right, own)])
    answered = p.max(axis=1) >= 0.4
    surest = np.sort(p.max(axis=1))[::-1][round(0.8 * len(kept)) - 1]
    return (len(texts) - len(kept), *row, answered.sum(), right[answered].sum(), "%.9f" % surest)


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def write_classes(path, probabilities, truth):
    """What `emnist eval --per-class --format json` must say of each class, in the mapping's order."""
    taken_for = [BYCLASS[i] for i in probabilities.argmax(axis=1)]
    rows = []
    for label in sorted(set(truth)):
        right = sum(t == label and c in label for t, c in zip(truth, taken_for))
        n_true, n_taken = truth.count(label), sum(c in label for c in taken_for)
        precision = "%.9f" % (right / n_taken) if n_taken else "null"
        rows.append("%s\t%d\t%d\t%.9f\t%s\t%.9f\n" % (
            label, n_true, right, right / n_true, precision, 2 * right / (n_true + n_taken)))
    path.write_text("".join(rows), encoding="utf-8")


def write_network(path, weights, bias):
    """softmax(images weights^T + bias), the weights as half-precision numbers."""
    node, tensor = onnx.helper.make_node, onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        [node("Cast", ["half"], ["weights"], to=onnx.TensorProto.FLOAT),
         node("Gemm", ["images", "weights", "bias"], ["scores"], transB=1),
         node("Softmax", ["scores"], ["probabilities"], axis=1)],
        "nearest", [tensor("images", onnx.TensorProto.FLOAT, ["n", 784])],
        [tensor("probabilities", onnx.TensorProto.FLOAT, ["n", 62])],
        [onnx.numpy_helper.from_array(weights, "half"),
         onnx.numpy_helper.from_array(bias, "bias")])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)],
                                   ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    path.write_bytes(model.SerializeToString())


def figures(images, texts):
    rng = np.random.default_rng(1999)
    truth = texts["strokes-byclass-test"]
    z = rng.normal(0, 1.2, (len(truth), 62))
    for i, c in enumerate(truth):
        z[i, BYCLASS.index(c)] += rng.uniform(0, 7)
        z[i, BYCLASS.index(c.swapcase())] += rng.uniform(0, 7)
    given = softmax(z).astype("<f4")
    given[0] = 0           # all mass elsewhere: the likelihood has a floor
    given[0, 1] = 1
    given[1] = 1 / 62      # all equal: the first one counts
    given.tofile(FOLDER / "probabilities.f32")

    # A network of one layer: which of the images, moved by 2 pixels, is nearest?
    x = images.reshape(len(images), 784) / 255
    weights, bias = np.zeros((62, 784), np.float16), np.full(62, -30, np.float32)
    for image, c in zip(x, truth):
        moved = np.roll(image, 2) / 4
        weights[BYCLASS.index(c)] = moved
        bias[BYCLASS.index(c)] = -2 * (moved ** 2).sum()
    write_network(FOLDER / "nearest.onnx", weights, bias)
    weights = weights.astype(np.float64)
    letters = [i for i, c in enumerate(truth) if not c.isdigit()]
    network = softmax(x @ weights.T + bias)
    write_classes(FOLDER / "classes.tsv", network[letters], texts["strokes-letters"])
    with open(FOLDER / "figures.tsv", "w", encoding="utf-8") as out:
        out.write("# probabilities\tdataset\timages\tright\ttop-3\tignoring case\tnll\tece\n")
        for name, p in (("given", given), ("network", network)):
            for stem, which in (("strokes-byclass-test", slice(None)),
                                ("strokes-balanced-train", slice(None)),
                                ("strokes-letters", letters)):
                row = figures_of(p[which], texts[stem])
                out.write("\t".join([name, stem, *map(str, row)]) + "\n")
    upper = BYCLASS[10:36]
    with open(FOLDER / "views.tsv", "w", encoding="utf-8") as out:
        out.write("# probabilities\tdataset\tset (- for all)\tcases merged\tleft out\timages\tright\t"
                  "top-3\tignoring case\tnll\tece\tanswered at 0.4\tright of them\t"
                  "probability that answers 80 %\n")
        for name, p in (("given", given), ("network", network)):
            for stem, which, text, wanted, merge in (
                    ("strokes-byclass-test", slice(None), "-", None, True),
                    ("strokes-byclass-test", slice(None), "digits", "0123456789", False),
                    ("strokes-byclass-test", slice(None), "upper", upper, False),
                    ("strokes-byclass-test", slice(None), "0-9A-F", "0123456789ABCDEF", True),
                    ("strokes-balanced-train", slice(None), "-", None, True),
                    ("strokes-balanced-train", slice(None), "lower", upper.lower(), False),
                    ("strokes-letters", letters, "upper", upper, False),
                    ("strokes-letters", letters, "b-h", "bcdefgh", True)):
                row = view_figures(p[which], texts[stem], wanted, merge)
                out.write("\t".join([name, stem, text, str(int(merge)), *map(str, row)]) + "\n")


ABC = "0 65\n1 66\n2 67\n"


def malformed(images):
    """Three images each, with one defect; the message is what `emnist eval` must print."""
    whole_images = images_bytes(images, True)
    whole_labels = labels_bytes([0, 1, 2])
    packed = pack(whole_images)
    rows = []

    def case(name, status, message, images=whole_images, labels=whole_labels, text=None,
             images_end="", labels_end=""):
        parts = {"-images-idx3-ubyte" + images_end: images,
                 "-labels-idx1-ubyte" + labels_end: labels, "-mapping.txt": text}
        for end, data in parts.items():
            if data is not None:
                (MALFORMED / (name + end)).write_bytes(data)
        rows.append((name, status, message))

    def about_images(name, status, message, images, **more):
        file = name + "-images-idx3-ubyte" + more.get("images_end", "")
        case(name, status, "'%s': %s" % (file, message), images=images, **more)

    def about_labels(name, status, message, labels, **more):
        file = name + "-labels-idx1-ubyte" + more.get("labels_end", "")
        case(name, status, "'%s': %s" % (file, message), labels=labels, **more)

    def about_mapping(name, status, message, text, **more):
        case(name, status, "'%s-mapping.txt': %s" % (name, message), text=text.encode(), **more)

    def header(magic=0x803, count=3, height=SIDE, width=SIDE):
        return struct.pack(">IIII", magic, count, height, width) + whole_images[16:]

    about_images("empty", "corrupt", "the idx header ends after 0 of 16 bytes", b"")
    about_images("header-cut", "corrupt", "the idx header ends after 10 of 16 bytes",
                 whole_images[:10])
    about_images("magic-of-labels", "format", "no idx file of images: it begins with 0x00000801, "
                 "not with 0x00000803", header(magic=0x801))
    about_images("type-float", "format", "no idx file of images: it begins with 0x00000d03, "
                 "not with 0x00000803", header(magic=0xd03))
    about_images("png-in-disguise", "format", "no idx file of images: it begins with 0x89504e47, "
                 "not with 0x00000803", b"\x89PNG\r\n\x1a\n")
    about_images("count-huge", "limit", "4294967295 images: the limit is 67108864",
                 header(count=0xffffffff))
    about_images("size-32x20", "unsupported", "images of 32x20 pixels: only 28x28 is supported",
                 header(height=20, width=32))
    about_images("size-zero", "unsupported", "images of 28x0 pixels: only 28x28 is supported",
                 header(height=0))
    about_images("images-cut", "corrupt", "the file ends after 2 of 3 images", whole_images[:-1])
    about_images("images-trailing", "corrupt", "trailing bytes after the 3 images",
                 whole_images + b"\0")
    about_images("none-but-trailing", "corrupt", "trailing bytes after the 0 images",
                 header(count=0), labels=labels_bytes([]))
    case("one-label-less", "corrupt", "3 images, but 2 labels in 'one-label-less-labels-idx1-ubyte'",
         labels=labels_bytes([0, 1]))
    case("without-labels", "io", "no labels file 'without-labels-labels-idx1-ubyte', compressed or not: "
         "No such file or directory", labels=None)

    damage = "damaged gzip data: "
    flip = bytearray(packed)
    flip[-6] ^= 1
    about_images("gzip-crc", "corrupt", damage + "incorrect data check", bytes(flip),
                 images_end=".gz")
    flip = bytearray(packed)
    flip[-1] ^= 1
    about_images("gzip-length", "corrupt", damage + "incorrect length check", bytes(flip),
                 images_end=".gz")
    about_images("gzip-cut-in-header", "corrupt", damage + "cut short", packed[:5],
                 images_end=".gz")
    about_images("gzip-cut-in-data", "corrupt", damage + "cut short", packed[:len(packed) // 2],
                 images_end=".gz")
    about_images("gzip-cut-in-checksum", "corrupt", damage + "cut short", packed[:-3],
                 images_end=".gz")
    about_images("gzip-garbage-behind", "corrupt", damage + "other data follow it",
                 packed + b"garbage", images_end=".gz")
    about_images("gzip-second-member-cut", "corrupt", damage + "cut short",
                 packed + pack(b"")[:12], images_end=".gz")
    about_images("gzip-bad-block", "corrupt", damage + "invalid block type",
                 packed[:10] + b"\x07" + packed[11:], images_end=".gz")
    about_images("gzip-bad-method", "corrupt", damage + "unknown compression method",
                 packed[:2] + b"\x07" + packed[3:], images_end=".gz")

    about_labels("labels-empty", "corrupt", "the idx header ends after 0 of 8 bytes", b"")
    about_labels("labels-magic", "format", "no idx file of labels: it begins with 0x00000803, "
                 "not with 0x00000801", whole_images)
    about_labels("labels-cut", "corrupt", "the file ends after 2 of 3 labels", whole_labels[:-1])
    about_labels("labels-trailing", "corrupt", "trailing bytes after the 3 labels",
                 whole_labels + b"\0")
    about_labels("labels-count-huge", "limit", "4294967295 labels: the limit is 67108864",
                 struct.pack(">II", 0x801, 0xffffffff))
    about_labels("labels-promised", "corrupt", "the file ends after 3 of 67108864 labels",
                 struct.pack(">II", 0x801, 1 << 26) + bytes([0, 1, 2]))
    about_labels("labels-gzip-cut", "corrupt", damage + "cut short", pack(whole_labels)[:-1],
                 labels_end=".gz")
    about_labels("label-62-byclass", "corrupt", "image 1 has the label 62, which is none of the 62 "
                 "classes", labels_bytes([61, 62, 0]))
    about_labels("label-0-letters", "corrupt", "image 2 has the label 0, which is none of the 26 "
                 "classes", labels_bytes([1, 26, 0]))
    about_labels("label-200", "unsupported", "the labels go up to 200, which needs a mapping file",
                 labels_bytes([0, 200, 1]))
    about_labels("label-unmapped", "corrupt", "image 0 has the label 3, which is none of the 3 "
                 "classes", labels_bytes([3, 1, 2]), text=ABC.encode())

    about_mapping("mapping-empty", "format", "no entries", "\n \n")
    about_mapping("mapping-no-index", "format", "line 2: expected an index: 'B'", "0 65\nB 66\n")
    about_mapping("mapping-negative", "format", "line 1: expected an index: '-1'", "-1 65\n")
    about_mapping("mapping-index-huge", "format", "line 1: expected an index: '4294967296'",
                  "4294967296 65\n")
    about_mapping("mapping-letter", "format", "line 3: expected a code point: 'x'",
                  "0 65\r\n\r\n1 x\r\n")
    about_mapping("mapping-hexadecimal", "format", "line 1: expected a code point: '0x41'",
                  "0 0x41\n")
    about_mapping("mapping-index-alone", "format", "line 2: no code point after the index: '1'",
                  "0 65\n1\n")
    about_mapping("mapping-falling", "format", "line 2: index is not greater than the one before: '0'",
                  "1 65\n0 66\n")
    about_mapping("mapping-twice", "format", "line 2: index is not greater than the one before: '1'",
                  "1 65\n1 66\n")
    about_mapping("mapping-character-twice", "format", "line 1: code point is listed twice: '65'",
                  "0 65 97 65\n")
    invisible = "not the code point of a visible character"
    about_mapping("mapping-control", "format", "line 1: %s: '27'" % invisible, "0 27\n")
    about_mapping("mapping-space", "format", "line 1: %s: '32'" % invisible, "0 32\n")
    about_mapping("mapping-surrogate", "format", "line 1: %s: '55296'" % invisible, "0 55296\n")
    about_mapping("mapping-beyond-unicode", "format", "line 1: %s: '1114112'" % invisible,
                  "0 1114112\n")
    about_mapping("mapping-binary", "format", "line 1: expected an index: '??????'", "\0\x01é\x7f\x1b")
    about_mapping("mapping-long-word", "format",
                  "line 1: expected an index: 'yyyyyyyyyyyyyyyyyyyyyyy...'", "y" * 300)
    about_mapping("mapping-65-characters", "limit", "line 1: more than 64 characters",
                  "0 " + " ".join(str(256 + i) for i in range(65)) + "\n")

    with open(MALFORMED / "expected.tsv", "w", encoding="utf-8") as out:
        out.write("# stem\tstatus\tmessage\n")
        for row in rows:
            out.write("%s\t%s\t%s\n" % row)


def main():
    MALFORMED.mkdir(parents=True, exist_ok=True)
    images, texts = good(random.Random(1999))
    figures(images, texts)
    malformed(images[:3])


main()
