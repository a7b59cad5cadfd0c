#!/usr/bin/env python3
"""Makes testdata/uncommon: valid image files as few programs write them, and what their pixels are.

    python3 testdata/generate_uncommon.py     (needs Pillow and OpenCV)

The files are put together here byte by byte. The pixels that the tests expect (uncommon/expected.tsv)
are those that Pillow, OpenCV or both read from them, as the table says of each; where it says
"definition" neither reads the file to the bit, and the pixels are those that were encoded.
"""
import io
import pathlib
import zlib

import cv2
import numpy
from PIL import Image

from generate_images import GREY_ALPHA, PALETTE, RGBA, chunk, png, test_pixels, to8

FOLDER = pathlib.Path(__file__).parent / "uncommon"
TRANSPARENT = "every pixel is transparent; read as if all were opaque"


def by_pillow(data, channels):
    """The pixels of an image file as an array of (height, width, channels)."""
    image = Image.open(io.BytesIO(data))
    mode = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[channels]
    # Colors below an alpha of 0 are lost where Pillow converts palettes in one step.
    if image.mode == "P" and channels < 4:
        image.info.pop("transparency", None)
    if image.mode == "RGBA" and mode == "RGB":
        pixels = numpy.asarray(image)[..., :3]
    elif image.mode == "LA" and mode == "L":
        pixels = numpy.asarray(image)[..., :1]
    else:
        pixels = numpy.asarray(image.convert(mode))
    return pixels.reshape(image.height, image.width, channels)


def by_opencv(data, channels):
    pixels = cv2.imdecode(numpy.frombuffer(data, numpy.uint8), cv2.IMREAD_UNCHANGED)
    pixels = pixels.reshape(*pixels.shape[:2], -1)
    if pixels.shape[2] == 1:
        return numpy.repeat(pixels, 3, 2) if channels == 3 else pixels
    if pixels.shape[2] == 3 and channels == 4:
        pixels = numpy.dstack([pixels, numpy.full(pixels.shape[:2], 255, numpy.uint8)])
    order = [2, 1, 0, 3] if channels == 4 else [2, 1, 0]
    return pixels[..., order]


def array_of(pixels):
    return numpy.array(pixels, numpy.uint8)


class Expected:
    lines = ["# name\twidth\theight\tchannels\tCRC-32 of the pixels\twho reads them so\twarning\n"]

    @classmethod
    def put(cls, name, data, channels, readers="Pillow, OpenCV", warning="", pixels=None):
        """readers: who reads the file as it is; all of them must agree, and with pixels as well
        where these are given."""
        results = [pixels] if pixels is not None else []
        for reader, read in (("Pillow", by_pillow), ("OpenCV", by_opencv)):
            if reader in readers:
                results.append(read(data, channels))
        for other in results[1:]:
            assert numpy.array_equal(results[0], other), (name, results[0], other)
        pixels = numpy.ascontiguousarray(results[0])
        height, width, _ = pixels.shape
        (FOLDER / name).write_bytes(data)
        cls.lines.append(f"{name}\t{width}\t{height}\t{channels}\t{zlib.crc32(pixels.tobytes()):08x}"
                         f"\t{readers}\t{warning}\n")


# ------------------------------------------------------------------------------------ alpha of 0

def clear(pixels):
    return [[p[:-1] + (0,) for p in row] for row in pixels]


def make_transparent_png():
    color, _ = test_pixels(RGBA, 8, 1)
    grey, _ = test_pixels(GREY_ALPHA, 8, 1)
    deep, _ = test_pixels(RGBA, 16, 1)
    indices, palette = test_pixels(PALETTE, 2, 1)
    plte = chunk(b"PLTE", b"".join(bytes(c) for c in palette))
    put = Expected.put
    put("rgba8-transparent.png", png(clear(color), 8, RGBA), 3, warning=TRANSPARENT)
    put("rgba16-transparent.png", png(clear(deep), 16, RGBA), 3, "definition", TRANSPARENT,
        array_of([[tuple(to8(s, 16) for s in p[:3]) for p in row] for row in deep]))
    put("grey-alpha8-transparent.png", png(clear(grey), 8, GREY_ALPHA), 1, "Pillow", TRANSPARENT)
    put("palette2-transparent.png",
        png(indices, 2, PALETTE, before=plte + chunk(b"tRNS", bytes(4))), 3, "Pillow", TRANSPARENT)

    # One pixel that can be seen is what the picture shows; and a page of one color is empty.
    one = clear(color)
    one[3][5] = one[3][5][:3] + (1,)
    put("rgba8-one-pixel.png", png(one, 8, RGBA), 4)
    put("rgba8-empty.png", png([[(255, 255, 255, 0)] * 23] * 31, 8, RGBA), 4)
    put("grey-alpha8-empty.png", png([[(0, 0)] * 23] * 31, 8, GREY_ALPHA), 2, "Pillow")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    make_transparent_png()
    (FOLDER / "expected.tsv").write_text("".join(Expected.lines))
