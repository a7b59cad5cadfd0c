#!/usr/bin/env python3
"""Makes testdata/scans: images in the formats that scanners and phones write.

    python3 testdata/generate_scans.py

Needs numpy and pillow. expected.tsv has the size, the channels, the bits of a sample, and the CRC-32
of the pixels: of what was stored without loss, from the array before it was encoded; of what was not,
as Pillow decodes it. malformed/ holds files each named by its one defect, with status and message.
"""
import io
import pathlib
import struct
import zlib

import numpy as np
from PIL import Image, ImageDraw

FOLDER = pathlib.Path(__file__).parent / "scans"
MALFORMED = FOLDER / "malformed"
WIDTH, HEIGHT = 44, 60


def drawing():
    """A 4 on paper that is darker to the right, gray."""
    over = 8
    image = Image.new("L", (WIDTH * over, HEIGHT * over))
    canvas = ImageDraw.Draw(image)
    for stroke in ([(13, 9), (9, 36), (36, 37)], [(28, 22), (26, 52)]):
        canvas.line([(x * over, y * over) for x, y in stroke], fill=255, width=5 * over,
                    joint="curve")
    ink = np.asarray(image.resize((WIDTH, HEIGHT), Image.BOX), dtype=float) / 255
    paper = 240 - np.arange(WIDTH) * 1.5
    return np.round(paper * (1 - ink) + 30 * ink).astype(np.uint8)


GRAY = drawing()
COLOR = np.stack([GRAY, np.minimum(GRAY.astype(int) + 9, 255), 255 - GRAY // 2], 2).astype(np.uint8)
# Ink whose alpha is its darkness, partly transparent, over nothing.
ALPHA = np.dstack([COLOR, 255 - GRAY])


class Expected:
    lines = ["# name\twidth\theight\tchannels\tbits\tcrc32 of the samples, little-endian\n"]

    @classmethod
    def add(cls, name, pixels):
        bits = 8 * pixels.dtype.itemsize
        height, width = pixels.shape[:2]
        channels = 1 if pixels.ndim == 2 else pixels.shape[2]
        crc = zlib.crc32(pixels.astype(f"<u{bits // 8}").tobytes())
        cls.lines.append(f"{name}\t{width}\t{height}\t{channels}\t{bits}\t{crc:08x}\n")


def put(name, data, pixels):
    (FOLDER / name).write_bytes(data)
    Expected.add(name, pixels)


# ------------------------------------------------------------------------------------------- WebP

def webp(pixels, **options):
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "WebP", method=6, **options)
    return out.getvalue()


def chunk(name, content):
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def riff(*chunks):
    content = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(content)) + content


def u24(value):
    return struct.pack("<I", value)[:3]


ANIMATION, EXIF, TRANSPARENT = 2, 8, 16


def vp8x(flags, width=WIDTH, height=HEIGHT):
    return chunk(b"VP8X", bytes((flags, 0, 0, 0)) + u24(width - 1) + u24(height - 1))


def frame(image, left=0, top=0, width=WIDTH, height=HEIGHT):
    """ANMF of the bitstream of a WebP file of one picture; left and top are even."""
    return chunk(b"ANMF", u24(left // 2) + u24(top // 2) + u24(width - 1) + u24(height - 1) +
                 u24(100) + b"\2" + image)


def bitstream(file):
    """The chunks of a WebP file that are its picture."""
    at = 12
    if file[at:at + 4] == b"VP8X":
        at += 18
    return file[at:]


def exif(orientation):
    return b"II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0" + bytes((orientation,)) + bytes(7)


def turned(orientation, pixels):
    """The pixels as they are stored, that EXIF orientation turns upright."""
    return {2: pixels[:, ::-1], 3: pixels[::-1, ::-1], 6: np.rot90(pixels),
            8: np.rot90(pixels, -1)}[orientation]


def make_webp():
    def decoded(data):
        image = Image.open(io.BytesIO(data))
        return np.asarray(image.convert("RGBA" if image.mode == "RGBA" else "RGB"))

    lossless = webp(COLOR, lossless=True)
    clear = webp(ALPHA, lossless=True, exact=True)
    assert (decoded(lossless) == COLOR).all() and (decoded(clear) == ALPHA).all()
    put("lossless.webp", lossless, COLOR)
    put("lossless-alpha.webp", clear, ALPHA)
    for name, pixels in (("lossy", COLOR), ("lossy-alpha", ALPHA), ("lossy-gray", GRAY)):
        data = webp(pixels, quality=80)
        put(f"{name}.webp", data, decoded(data))

    for orientation in (2, 3, 6, 8):
        stored = np.ascontiguousarray(turned(orientation, COLOR))
        picture = bitstream(webp(stored, lossless=True))
        head = vp8x(EXIF, stored.shape[1], stored.shape[0])
        put(f"exif-{orientation}.webp", riff(head, picture, chunk(b"EXIF", exif(orientation))),
            COLOR)
        if orientation == 6:  # as some programs write it, as in JPEG; and a second that counts nothing
            put("exif-6-prefix.webp", riff(head, picture, chunk(b"EXIF", b"Exif\0\0" + exif(6)),
                                           chunk(b"EXIF", exif(3))), COLOR)

    # Of an animation the first frame is shown, on a canvas of which the rest is transparent.
    other = bitstream(webp(255 - COLOR, lossless=True))
    start = vp8x(ANIMATION) + chunk(b"ANIM", bytes(6))
    put("animated.webp", riff(start, frame(bitstream(lossless)), frame(other)), COLOR)
    canvas = np.zeros((HEIGHT + 20, WIDTH + 10, 4), np.uint8)
    canvas[16:16 + HEIGHT, 4:4 + WIDTH] = ALPHA
    part = riff(vp8x(ANIMATION | TRANSPARENT, WIDTH + 10, HEIGHT + 20), chunk(b"ANIM", bytes(6)),
                chunk(b"any ", b"more"), frame(bitstream(clear), 4, 16), frame(other))
    shown = np.asarray(Image.open(io.BytesIO(part)).convert("RGBA"))
    assert (shown[..., 3] == canvas[..., 3]).all()
    assert (shown[canvas[..., 3] > 0] == canvas[canvas[..., 3] > 0]).all()
    put("animated-part.webp", part, canvas)
    put("trailing-bytes.webp", lossless + b"more", COLOR)


def malformed_webp():
    lossless, picture = webp(COLOR, lossless=True), bitstream(webp(COLOR, lossless=True))
    lossy = webp(COLOR, quality=80)
    start = vp8x(ANIMATION) + chunk(b"ANIM", bytes(6))
    wide = struct.pack("<I", 16382 | 16382 << 14)  # VP8L: width - 1, height - 1, alpha, version
    short = "not a valid WebP: the file is cut short"
    corrupt = "not a valid WebP: the data are damaged"
    contradiction = "not a valid WebP: its headers contradict each other"
    return (
        ("webp-cut-in-header.webp", lossless[:14], "CORRUPT", short),
        ("webp-cut-in-pixels.webp", lossless[:-40], "CORRUPT", short),
        ("webp-chunk-behind-end.webp", riff(picture[:4] + b"\xff\xff\0\0" + picture[8:]), "CORRUPT",
         short),
        ("webp-lossy-data-too-few.webp", riff(chunk(b"VP8 ", lossy[20:-200])), "CORRUPT", short),
        ("webp-lossless-data-too-few.webp", riff(chunk(b"VP8L", picture[8:-60])), "CORRUPT",
         corrupt),
        ("webp-damaged.webp", riff(picture[:13] + bytes(b ^ 0x5a for b in picture[13:])), "CORRUPT",
         corrupt),
        ("webp-no-image.webp", riff(vp8x(0)), "CORRUPT", "not a valid WebP: it holds no image"),
        ("webp-empty-frame.webp", riff(start, chunk(b"ANMF", bytes(16))), "CORRUPT", short),
        ("webp-cut-frame.webp", riff(start, chunk(b"ANMF", bytes(9))), "CORRUPT", short),
        ("webp-frame-beyond-canvas.webp", riff(start, frame(picture, 2, 0)), "CORRUPT",
         contradiction),
        ("webp-frame-of-other-size.webp", riff(start, frame(picture, width=WIDTH - 2)), "CORRUPT",
         contradiction),
        ("webp-16383x16383.webp", riff(chunk(b"VP8L", b"\x2f" + wide + bytes(40))), "LIMIT",
         "image has 268402689 pixels, the limit is 67108864"),
        ("webp-canvas-2-24.webp", riff(vp8x(ANIMATION, 1 << 24, 1), frame(picture, height=1)),
         "CORRUPT", contradiction),
    )


def make_malformed():
    MALFORMED.mkdir(exist_ok=True)
    lines = ["# name\tstatus\tmessage\n"]
    for name, data, code, message in malformed_webp():
        (MALFORMED / name).write_bytes(data)
        lines.append(f"{name}\tEMNIST_ERR_{code}\t{message}\n")
    (MALFORMED / "expected.tsv").write_text("".join(lines))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    make_webp()
    (FOLDER / "expected.tsv").write_text("".join(Expected.lines))
    make_malformed()
