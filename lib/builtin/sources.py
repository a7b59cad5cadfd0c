#!/usr/bin/env python3
"""Makes datasets for the built-in model that `emnist train` does not read as they are.

    sources.py case IMAGES LABELS KNOWN.csv PREFIX
        a dataset of letters of unknown case, as EMNIST Letters, with the case that is known of some:
        KNOWN.csv has a header and lines "image number,class of ByClass"
    sources.py fonts FONTS.tsv USE ROOT PREFIX
        the 62 characters of the fonts of FONTS.tsv with that USE, whose packages are unpacked as
        ROOT/PACKAGE, as bilevel pictures for lib/bench/export_originals
    sources.py originals BITS LABELS PLAIN-images IMAGES PREFIX
        those of the bilevel originals whose conversion, in PLAIN, is an image of IMAGES: of the others
        it is not known whether they are images that are held out
    sources.py clean STROKES ANSWERS.csv... -o CLEAN.jsonl.gz
        pen strokes without those that are likely to be labeled or cut wrongly: whose label, ignoring
        case, has a probability of less than 0.003 in ANSWERS.csv, while another character has more than
        0.5. The files are what `emnist classify -f csv --probabilities` prints of the strokes in their
        order, one file per group of donors, each by a model that learned other donors; each is given
        as DONORS=FILE, and strokes of donors in none of them are left out
    sources.py link STROKES -o LINKED.jsonl.gz [--donors LIST]
        the same characters, but small letters have the strokes that link them to their neighbors in a
        word, before, behind or on both sides, as if they were cut out of joined-up writing
    sources.py mean A.safetensors B.safetensors C.safetensors
        C, the mean of the weights of A and B, of which one was trained on from the other

Needs numpy; fonts needs Pillow as well."""

import argparse
import csv
import glob
import gzip
import json
import os
import string
import sys

import numpy as np

CLASSES = string.digits + string.ascii_uppercase + string.ascii_lowercase
SIDE = 128
INK_SIDE = 96  # the longer side of a rendered character: more than any drawing has
N_FILES = 3  # of a package: regular, bold, italic...
NOT_LETTERS = ("LinBiolinum_K", "Titling")  # in names: pictures of keys, small capitals
LEAST_OF_LABEL, MOST_OF_OTHER = 0.003, 0.5
TALL, DEEP = "bdfhklt", "gjpqy"  # small letters that reach above the others, or below the line
SIDE_OF_STROKES = 1000


def read_idx(path):
    data = (gzip.open if path.endswith(".gz") else open)(path, "rb").read()
    n_dims = data[3]
    dims = np.frombuffer(data, ">u4", n_dims, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * n_dims).reshape(dims)


def write_idx(path, array):
    with open(path, "wb") as file:
        file.write(bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes())


def write_lines(path, lines):
    with open(path, "wb") as file, gzip.GzipFile("", "wb", mtime=0, fileobj=file) as packed:
        packed.writelines(line.encode() + b"\n" for line in lines)


# ------------------------------------------------------------------------ case


def case(options):
    images, labels = read_idx(options.images), read_idx(options.labels)
    mixed = (61 + labels.astype(int)).astype(np.uint8)  # letter i, from 1, in either case: 61 + i
    with open(options.known) as file:
        known = [(int(number), int(label)) for number, label in list(csv.reader(file))[1:]]
    for number, label in known:
        if CLASSES[label].lower() != string.ascii_lowercase[labels[number] - 1]:
            sys.exit(f"sources.py: image {number}: '{CLASSES[label]}' is not letter {labels[number]}")
        mixed[number] = label
    write_idx(options.prefix + "-images-idx3-ubyte", images)
    write_idx(options.prefix + "-labels-idx1-ubyte", mixed)
    with open(options.prefix + "-mapping.txt", "w") as file:
        for label, character in enumerate(CLASSES):
            print(label, ord(character), file=file)
        for i, letter in enumerate(string.ascii_uppercase):
            print(62 + i, ord(letter), ord(letter.lower()), file=file)


# ----------------------------------------------------------------------- fonts


def render(font, character):
    """The character as (128, 128) ink, or None if the font has no outline for it."""
    from PIL import Image

    mask = font.getmask(character, mode="L")
    picture = Image.frombytes("L", mask.size, bytes(mask)) if min(mask.size) > 0 else None
    box = picture.getbbox() if picture else None
    if not box:
        return None
    picture = picture.crop(box)
    scale = INK_SIDE / max(picture.size)
    size = [max(1, round(scale * side)) for side in picture.size]
    ink = np.array(picture.resize(size, Image.Resampling.BOX)) > 90
    if not ink.any():
        return None
    canvas = np.zeros((SIDE, SIDE), bool)
    top, left = (SIDE - ink.shape[0]) // 2, (SIDE - ink.shape[1]) // 2
    canvas[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return canvas


def difference(a, b):
    return (a != b).sum() / (a | b).sum()


def render_all(path, with_small):
    """Pictures by character; none if the file is not of Latin letters. with_small: small letters are not
    capitals in another size."""
    from PIL import ImageFont

    try:
        font = ImageFont.truetype(path, 400)
    except OSError:
        return {}
    missing = render(font, "\uf8fe")  # of the private use area: the sign for what is not there
    pictures = {c: render(font, c) for c in CLASSES}
    if any(p is None or (missing is not None and difference(p, missing) < 0.02) for p in pictures.values()):
        return {}
    if not with_small:
        pictures = {c: p for c, p in pictures.items() if not c.islower()}
    return pictures


def files_of(root, package):
    """The font files of a package, without links to them."""
    paths = sorted(glob.glob(f"{root}/{package}/usr/share/fonts/**/*.[ot]tf", recursive=True))
    return [path for path in paths if not os.path.islink(path) and not any(part in path for part in NOT_LETTERS)]


def fonts(options):
    bits, labels, missing = [], [], []
    with open(options.fonts) as file:
        packages = [row for row in csv.DictReader(file, delimiter="\t") if row["use"] == options.use]
    for package in packages:
        paths = files_of(options.root, package["package"])
        rendered = [render_all(path, package["case"] == "both") for path in paths]
        usable = [pictures for pictures in rendered if pictures]
        chosen = [usable[i * len(usable) // min(len(usable), N_FILES)] for i in range(min(len(usable), N_FILES))]
        if not chosen:
            missing.append(package["package"])
        for pictures in chosen:
            for character, picture in pictures.items():
                bits.append(np.packbits(picture, axis=1))
                labels.append(CLASSES.index(character))
    if missing:
        sys.exit(f"sources.py: no font of {', '.join(missing)} below {options.root}")
    write_idx(options.prefix + "-bits-idx3-ubyte", np.array(bits))
    write_idx(options.prefix + "-labels-idx1-ubyte", np.array(labels, np.uint8))
    print(f"{len(packages)} packages, {len(labels)} characters")


# ------------------------------------------------------------------- originals


def originals(options):
    images = {image.tobytes() for image in read_idx(options.images)}
    chosen = [image.tobytes() in images for image in read_idx(options.plain)]
    write_idx(options.prefix + "-bits-idx3-ubyte", read_idx(options.bits)[chosen])
    write_idx(options.prefix + "-labels-idx1-ubyte", read_idx(options.labels)[chosen])
    print(f"{sum(chosen)} of {len(chosen)} originals")


# ----------------------------------------------------------------------- clean


def doubtful(path, labels):
    """Whether each of the characters, in the order of the answers, is likely to be wrong."""
    with open(path, newline="") as file:
        rows = csv.reader(file)
        names = [name[2:] for name in next(rows)[4:]]
        probabilities = np.array([row[4:] for row in rows], float)
    if len(probabilities) != len(labels):
        sys.exit(f"sources.py: '{path}': {len(probabilities)} answers for {len(labels)} characters")
    folded = np.array([name.lower() for name in names])
    of_label = np.array([p[folded == label.lower()].sum() for p, label in zip(probabilities, labels)])
    return (of_label < LEAST_OF_LABEL) & (probabilities.max(1) > MOST_OF_OTHER)


def clean(options):
    lines = gzip.open(options.strokes, "rt").readlines()
    characters = [json.loads(line) for line in lines]
    keep = np.zeros(len(lines), bool)  # of other donors nothing
    for group in options.answers:
        donors, path = group.split("=", 1)
        rows = [i for i, c in enumerate(characters) if c["donor"] in donors.split(",")]
        keep[rows] = ~doubtful(path, [characters[i]["label"] for i in rows])
        print(f"{donors}: {(~keep[rows]).sum()} of {len(rows)} left out")
    write_lines(options.output, [line.rstrip("\n") for line, good in zip(lines, keep) if good])


# ------------------------------------------------------------------------ link


def curve(*points):
    """Six points of the quadratic Bezier curve of three."""
    start, control, end = np.array(points)
    t = np.linspace(0, 1, 6)[:, None]
    return (1 - t) ** 2 * start + 2 * t * (1 - t) * control + t**2 * end


def linked(character, rng):
    """A small letter with a link before its longest stroke, behind it, or both; others as they are."""
    if not character["label"].islower():
        return character
    strokes = [np.array(stroke, float).reshape(-1, 2) for stroke in character["strokes"]]
    (left, top), (right, bottom) = np.vstack(strokes).min(0), np.vstack(strokes).max(0)
    longest = max(range(len(strokes)), key=lambda i: np.hypot(*np.diff(strokes[i], axis=0).T).sum())
    stroke = strokes[longest]
    height = bottom - top
    small = height / 2 if character["label"] in TALL + DEEP else height  # of a letter such as x
    line = bottom - 0.4 * height if character["label"] in DEEP else bottom
    side = rng.integers(3)
    if side != 1:
        x, y = stroke[0]
        reach = small * rng.uniform(0.15, 0.7)
        start = min(x, left + 0.2 * (right - left)) - reach, line - small * rng.uniform(-0.05, 0.2)
        control = x - reach * rng.uniform(0.2, 0.8), line if x - left < (right - left) / 2 else y
        stroke = np.vstack([curve(start, control, (x, y)), stroke])
    if side != 0:
        x, y = stroke[-1]
        is_high = y < line - 0.6 * small  # as of o or v: the link sags
        end = max(x, right - 0.2 * (right - left)) + small * rng.uniform(0.15, 0.7), line - small * rng.uniform(0.3, 0.6)
        if is_high:
            end = end[0], y + small * rng.uniform(-0.1, 0.1)
        control = (x + end[0]) / 2, y + small * rng.uniform(0.1, 0.3) if is_high else line
        stroke = np.vstack([stroke, curve((x, y), control, end)])
    strokes[longest] = stroke
    least, most = np.vstack(strokes).min(0), np.vstack(strokes).max(0)
    scale = SIDE_OF_STROKES / max(most - least)
    return dict(character, strokes=[np.rint((s - least) * scale).astype(int).ravel().tolist() for s in strokes])


def link(options):
    rng = np.random.default_rng(1)
    donors = options.donors and options.donors.split(",")
    characters = map(json.loads, gzip.open(options.strokes, "rt"))
    write_lines(options.output, [json.dumps(linked(character, rng), separators=(",", ":"))
                                 for character in characters if not donors or character["donor"] in donors])


# ------------------------------------------------------------------------ mean


def read_safetensors(path):
    """The header, and the values, all of which are 32-bit floats."""
    with open(path, "rb") as file:
        data = file.read()
    n = 8 + int.from_bytes(data[:8], "little")
    return data[:n], np.frombuffer(data, "<f4", offset=n)


def mean(options):
    (header, first), (_, second) = (read_safetensors(path) for path in (options.first, options.second))
    with open(options.output, "wb") as file:
        file.write(header + ((first + second) / 2).tobytes())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("case")
    for name in ("images", "labels", "known", "prefix"):
        command.add_argument(name)
    command = commands.add_parser("fonts")
    for name in ("fonts", "use", "root", "prefix"):
        command.add_argument(name)
    command = commands.add_parser("originals")
    for name in ("bits", "labels", "plain", "images", "prefix"):
        command.add_argument(name)
    command = commands.add_parser("clean")
    command.add_argument("strokes")
    command.add_argument("answers", nargs="+")
    command.add_argument("-o", dest="output", required=True)
    command = commands.add_parser("link")
    command.add_argument("strokes")
    command.add_argument("-o", dest="output", required=True)
    command.add_argument("--donors")
    command = commands.add_parser("mean")
    for name in ("first", "second", "output"):
        command.add_argument(name)
    options = parser.parse_args()
    actions = {"case": case, "fonts": fonts, "originals": originals, "clean": clean, "link": link, "mean": mean}
    actions[options.command](options)


if __name__ == "__main__":
    main()
