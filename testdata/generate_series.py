#!/usr/bin/env python3
"""Makes testdata/series: image files one after the other, some of them JPEG files of several pictures.

    python3 testdata/generate_series.py     (needs Pillow)

Pillow writes the files of several pictures, and counts those in each, as MPO. expected.tsv lists the
files that each series is to be taken apart into, with the CRC-32 of their bytes.
"""
import io
import pathlib
import struct
import zlib

from PIL import Image

HERE = pathlib.Path(__file__).parent
FOLDER = HERE / "series"
PNG = (HERE / "samples" / "digit-7-bilevel.png").read_bytes()


def picture(name):
    return Image.open(HERE / "samples" / name).convert("L").resize((64, 64))


THREE, A, D = (picture(name) for name in
               ("digit-3-photo.jpg", "capital-a-chalk.jpg", "small-d-phone.jpg"))


def jpeg(*pictures):
    out = io.BytesIO()
    pictures[0].save(out, "MPO" if len(pictures) > 1 else "JPEG", save_all=len(pictures) > 1,
                     append_images=pictures[1:], quality=60)
    return out.getvalue()


def frames(data):
    image = Image.open(io.BytesIO(data))
    return (image.format, getattr(image, "n_frames", 1))


def first_end(data):
    """Where the first picture ends: at the first end-of-image marker, since none has a thumbnail."""
    return data.index(b"\xff\xd9") + 2


def index(data):
    """Where the directory of pictures begins, and how many bytes it has."""
    at = data.index(b"MPF\0")
    return at + 4, struct.unpack(">H", data[at - 2:at])[0] - 6


def big_endian(data):
    """The directory in the other byte order: entries of 12 bytes, then one of 16 for each picture."""
    at, nbytes = index(data)
    old = data[at:at + nbytes]
    n_entries, = struct.unpack("<H", old[8:10])
    new = b"MM\0*" + struct.pack(">I", 8) + struct.pack(">H", n_entries)
    for i in range(n_entries):
        tag, kind, count, value = struct.unpack("<HHII", old[10 + 12 * i:22 + 12 * i])
        # The version stands in its entry as it is.
        value = old[18 + 12 * i:22 + 12 * i] if tag == 0xB000 else struct.pack(">I", value)
        new += struct.pack(">HHI", tag, kind, count) + value
    new += bytes(4)
    for i in range(len(new), nbytes, 16):
        new += struct.pack(">IIIHH", *struct.unpack("<IIIHH", old[i:i + 16]))
    assert len(new) == nbytes
    return data[:at] + new + data[at + nbytes:]


def main():
    FOLDER.mkdir(exist_ok=True)
    two, three, plain = jpeg(THREE, A), jpeg(THREE, A, D), jpeg(D)
    big = big_endian(two)
    assert frames(two) == frames(big) == ("MPO", 2) and frames(three) == ("MPO", 3)
    assert frames(plain) == ("JPEG", 1)
    end = first_end(two)
    alone, other = two[:end], two[end:]
    at, nbytes = index(two)
    blind = two[:at] + b"XX" + two[at + 2:]
    series = {
        "pictures-png": (two, PNG),
        "pictures-big-endian-png": (big, PNG),
        "pictures-pictures-jpeg": (two, three, plain),
        "png-pictures": (PNG, two),
        # What a program leaves that drops the others and keeps what says where they are.
        "pictures-dropped-jpeg": (alone, plain),
        # Where nobody can say which pictures belong together, each is one.
        "pictures-unknown-png": (blind[:end], blind[end:], PNG),
    }
    lines = ["# series\tfile in it\tCRC-32 of its bytes\n"]
    for name, files in series.items():
        (FOLDER / name).write_bytes(b"".join(files))
        lines += [f"{name}\t{i}\t{zlib.crc32(data):08x}\n" for i, data in enumerate(files, 1)]
    (FOLDER / "expected.tsv").write_text("".join(lines))
    (FOLDER / "pictures.jpg").write_bytes(two)


if __name__ == "__main__":
    main()
