#!/usr/bin/env python3
"""Makes testdata/range: pictures that use a small part of their range, and empty pages.

    python3 testdata/generate_range.py

Needs numpy and pillow. For a picture NAME that shows a character there is stretched-NAME.png, which
NumPy has stretched to 0..255 by its largest value: both must be read alike. expected.tsv says which it
is for each picture, or "blank".
"""
import io
import pathlib

import numpy as np
from PIL import Image

HERE = pathlib.Path(__file__).parent
FOLDER = HERE / "range"
rows = []


def stretch(values):
    values = values.astype(int)
    most = values.max()
    return ((2 * 255 * values + most) // (2 * most)).astype(np.uint8)


def save_pgm(path, values, most):
    sample = ">u2" if most > 255 else "u1"
    height, width = values.shape
    path.write_bytes(b"P5\n%d %d\n%d\n" % (width, height, most) + values.astype(sample).tobytes())


def save(name, values, most=None):
    """most: of a PGM file."""
    path = FOLDER / name
    if path.suffix == ".pgm":
        save_pgm(path, values, most)
    else:
        Image.fromarray(values).save(path, optimize=True)
    return name


def character(name, values, most=None):
    save(name, values, most)
    control = "stretched-" + name.replace(".", "-") + ".png"
    rows.append((name, save(control, stretch(values))))


def faint(name, shares, paper, ink, kind, most=None):
    """Ink of shares 0..1 on paper; the control is stretched from the least value to the largest."""
    values = np.rint(paper + (ink - paper) * shares).astype(kind)
    save(name, values, most)
    control = "stretched-" + name.replace(".", "-") + ".png"
    rows.append((name, save(control, stretch(values - values.min()))))


def scale(values, most, kind):
    """Of 0..255, 0..most."""
    return ((2 * values.astype(int) * most + 255) // 510).astype(kind)


def characters():
    scan = Image.open(HERE / "samples" / "digit-2-scan.png").convert("L")
    scan = np.asarray(scan.resize((64, 64), Image.Resampling.BOX))
    strokes = np.frombuffer((HERE / "idx/strokes-byclass-test-images-idx3-ubyte").read_bytes()[16:],
                            np.uint8).reshape(-1, 28, 28)[14].T
    character("bits-10.png", scale(scan, 1023, np.uint16))
    character("bits-12.png", scale(scan, 3500, np.uint16))
    character("bits-10.pgm", scale(scan, 1023, np.uint16), 65535)
    character("bits-12-of-16.pgm", scale(scan, 4000, np.uint16), 65535)
    character("mask.png", (scan < 140).astype(np.uint8))
    character("mask-of-paper.png", (scan >= 140).astype(np.uint8))
    character("mask-16.png", (scan < 140).astype(np.uint16))
    character("levels-16.png", scale(255 - scan, 16, np.uint8))
    character("levels-16.pgm", scale(255 - scan, 16, np.uint8), 255)
    for divisor in 2, 4, 16, 64:
        character("emnist-%d.png" % divisor, np.rint(strokes / divisor).astype(np.uint8))


def faint_characters():
    letter = Image.frombytes("L", (28, 28), (HERE / "idx/strokes-byclass-test-images-idx3-ubyte")
                             .read_bytes()[16 + 14 * 784:][:784]).transpose(Image.Transpose.TRANSPOSE)
    shares = np.pad(np.asarray(letter.resize((112, 112), Image.Resampling.BILINEAR)) / 255, 12)
    faint("faint-250-243.png", shares, 250, 243, np.uint8)
    faint("faint-100-107.png", shares, 100, 107, np.uint8)
    faint("faint-16-bits.png", shares, 30000, 29000, np.uint16)
    faint("faint-16-bits-light.pgm", shares, 30000, 31000, np.uint16, 65535)
    faint("faint-28x28.png", np.asarray(letter) / 255, 30000, 31000, np.uint16)


def faint_pages(random):
    """Light that falls unevenly, noise, and what JPEG leaves of it, at the levels of faint ink."""
    y, x = np.mgrid[-1:1:64j, -1:1:64j]
    noise = random.normal(size=(64, 64))
    packed = io.BytesIO()
    Image.fromarray(np.rint(246 + 2 * noise).astype(np.uint8)).save(packed, "JPEG", quality=20)
    for name, values in (("noise", 30000 + 100 * noise), ("gradient", 30000 + 500 * x),
                         ("vignette", 30000 - 400 * (x * x + y * y)),
                         ("glare", 30000 + 1000 * np.exp(-4 * (x * x + y * y))),
                         ("jpeg", np.asarray(Image.open(packed))),
                         ("vignette-8-bits", 250 - 5 * (x * x + y * y))):
        kind = np.uint16 if values.max() > 255 else np.uint8
        rows.append((save("page-%s.png" % name, np.rint(values).astype(kind)), "blank"))


def pages():
    random = np.random.default_rng(1)
    for sigma in 1, 2, 3, 4, 5:
        page = np.clip(np.rint(244 + sigma * random.normal(size=(56, 56))), 0, 255).astype(np.uint8)
        for name, values in ("page", page), ("negative", 255 - page):
            rows.append((save("%s-%d.png" % (name, sigma), values), "blank"))
        packed = io.BytesIO()
        Image.fromarray(page).save(packed, "JPEG", quality=40 + 10 * sigma)
        (FOLDER / ("page-%d.jpg" % sigma)).write_bytes(packed.getvalue())
        rows.append(("page-%d.jpg" % sigma, "blank"))
        again = np.asarray(Image.open(packed))
        rows.append((save("page-jpeg-%d.png" % sigma, again), "blank"))
    deep = np.rint(800 + 10 * random.normal(size=(56, 56))).astype(np.uint16)
    rows.append((save("page-10-bits.png", deep), "blank"))
    rows.append((save("page-even.png", np.full((28, 28), 1, np.uint8)), "blank"))
    rows.append((save("page-black.png", np.zeros((28, 28), np.uint16)), "blank"))


FOLDER.mkdir(exist_ok=True)
characters()
pages()
faint_characters()
faint_pages(np.random.default_rng(2))
table = "# a picture, and what it must be read as\n" + "".join("\t".join(row) + "\n" for row in rows)
(FOLDER / "expected.tsv").write_text(table)
