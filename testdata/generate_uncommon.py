#!/usr/bin/env python3
"""Makes testdata/uncommon: valid image files as few programs write them, and what their pixels are.

    python3 testdata/generate_uncommon.py     (needs Pillow and OpenCV)

The files are put together here byte by byte. The pixels that the tests expect (uncommon/expected.tsv)
are those that Pillow reads, or, where they are given below, those that were encoded; the table says
of each who of Pillow and OpenCV reads it so. JPEG is to be near to a file of testdata/images.
"""
import io
import pathlib
import random
import struct
import zlib

import cv2
import numpy
from PIL import Image, ImageOps

from generate_images import (GREY, GREY_ALPHA, PALETTE, RGB, RGBA, chunk, pack_row, png,
                             test_pixels, to8)

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


def visible(pixels):
    """Without the colors of what cannot be seen: GIF and palettes have none there."""
    return pixels * (pixels[..., 3:] > 0) if pixels.shape[2] == 4 else pixels


class Expected:
    lines = ["# name\twidth\theight\tchannels\tCRC-32 of the pixels\twho reads them so\twarning\n"]

    @classmethod
    def put(cls, name, data, channels, pixels=None, warning=""):
        """pixels: what was encoded, where Pillow may not read it."""
        readings = {}
        for reader, read in (("Pillow", by_pillow), ("OpenCV", by_opencv)):
            try:
                readings[reader] = read(data, channels)
            except (OSError, ValueError, AttributeError):
                pass
        if pixels is None:
            pixels = readings["Pillow"]
        readers = [r for r, theirs in readings.items() if numpy.array_equal(visible(theirs),
                                                                            visible(pixels))]
        pixels = numpy.ascontiguousarray(pixels)
        height, width, _ = pixels.shape
        (FOLDER / name).write_bytes(data)
        cls.lines.append(f"{name}\t{width}\t{height}\t{channels}\t{zlib.crc32(pixels.tobytes()):08x}"
                         f"\t{', '.join(readers) or 'nobody'}\t{warning}\n")


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
    put("rgba16-transparent.png", png(clear(deep), 16, RGBA), 3,
        array_of([[tuple(to8(s, 16) for s in p[:3]) for p in row] for row in deep]), TRANSPARENT)
    put("grey-alpha8-transparent.png", png(clear(grey), 8, GREY_ALPHA), 1, warning=TRANSPARENT)
    put("palette2-transparent.png",
        png(indices, 2, PALETTE, before=plte + chunk(b"tRNS", bytes(4))), 3, warning=TRANSPARENT)

    # One pixel that can be seen is what the picture shows; and a page of one color is empty.
    one = clear(color)
    one[3][5] = one[3][5][:3] + (1,)
    put("rgba8-one-pixel.png", png(one, 8, RGBA), 4)
    put("rgba8-empty.png", png([[(255, 255, 255, 0)] * 23] * 31, 8, RGBA), 4)
    put("grey-alpha8-empty.png", png([[(0, 0)] * 23] * 31, 8, GREY_ALPHA), 2)


def make_long_transparency():
    """More alphas than colors; the chunk where it belongs, and where it does not."""
    for bits in (1, 2, 8):
        pixels, palette = test_pixels(PALETTE, bits, 1)
        plte = chunk(b"PLTE", b"".join(bytes(c) for c in palette))
        alphas = bytes((0, 255, 40, 128) + (77,) * 256)[:(1 << bits) + 3]
        trns = chunk(b"tRNS", alphas)
        shown = array_of([[palette[p[0]] + (alphas[p[0]],) for p in row] for row in pixels])
        Expected.put(f"palette{bits}-long-trns.png",
                     png(pixels, bits, PALETTE, before=plte + trns), 4, shown)
    Expected.put("palette8-early-trns.png", png(
        pixels, bits, PALETTE, before=chunk(b"tRNS", alphas[:256]) + plte), 4, shown)


# ------------------------------------------------------------------------------------ BMP

def rows_of_bits(pixels, bits):
    """Rows of numbers of so many bits each, from the bottom."""
    out = []
    for row in pixels[::-1]:
        if bits < 16:
            data = pack_row(row, bits)
        else:
            data = b"".join(value.to_bytes(bits // 8, "little") for value in row)
        out.append(data + bytes(-len(data) % 4))
    return b"".join(out)


def bmp(rows, size, bits, header_nbytes=40, compression=0, masks=(), palette=b"", n_used=0, gap=b"",
        offset=None, top_down=False):
    """masks: inside of a header that is long enough for them, else behind it."""
    width, height = size
    if header_nbytes == 12:
        info = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        info = struct.pack("<IiiHHIIIIII", header_nbytes, width, -height if top_down else height, 1,
                           bits, compression, len(rows), 2835, 2835, n_used, 0)[:header_nbytes]
    packed = struct.pack(f"<{len(masks)}I", *masks)
    if header_nbytes >= 40 + len(packed):
        info += packed + bytes(header_nbytes - 40 - len(packed))
        packed = b""
    info += packed + palette + gap
    if offset is None:
        offset = 14 + len(info)
    return b"BM" + struct.pack("<IHHI", 14 + len(info) + len(rows), 0, 0, offset) + info + rows


def joined(pixels, shifts):
    """Of each pixel its channels in one number: (bits, shift) of each."""
    return [[sum((s >> 8 - n) << shift for s, (n, shift) in zip(p, shifts)) for p in row]
            for row in pixels]


def expected_of(pixels, shifts):
    """What joined() leaves of the channels, as 8 bits."""
    return array_of([[tuple((s >> 8 - n) * 255 // ((1 << n) - 1) for s, (n, _) in zip(p, shifts))
                      for p in row] for row in pixels])


EIGHT = ((8, 16), (8, 8), (8, 0))
FIVE = ((5, 10), (5, 5), (5, 0))
SIX = ((5, 11), (6, 5), (5, 0))
FOUR = ((4, 8), (4, 4), (4, 0), (4, 12))
WITH_ALPHA = EIGHT + ((8, 24),)
MASKS = {shifts: tuple((1 << n) - 1 << shift for n, shift in shifts)
         for shifts in (EIGHT, FIVE, SIX, FOUR, WITH_ALPHA)}
FIVE_MASKS, SIX_MASKS = MASKS[FIVE], MASKS[SIX]


def make_bmp():
    put = Expected.put
    color, _ = test_pixels(RGB, 8, 1)
    alpha, _ = test_pixels(RGBA, 8, 1)
    size = len(color[0]), len(color)
    rows24 = rows_of_bits(joined(color, EIGHT), 24)
    rows32 = rows_of_bits(joined(alpha, WITH_ALPHA), 32)
    rows32_0 = rows_of_bits(joined(color, EIGHT), 32)
    rows555 = rows_of_bits(joined(color, FIVE), 16)
    rows565 = rows_of_bits(joined(color, SIX), 16)
    colors = bytes(range(256)) * 4

    # Something between the header and the pixels.
    put("bmp24-palette.bmp", bmp(rows24, size, 24, palette=colors, n_used=256), 3)
    put("bmp32-palette.bmp", bmp(rows32_0, size, 32, palette=colors[:64], n_used=16), 3)
    put("bmp24-gap.bmp", bmp(rows24, size, 24, gap=b"not a pixel"), 3)
    put("bmp16-gap.bmp", bmp(rows555, size, 16, gap=bytes(7)), 3)
    put("bmp24-offset-0.bmp", bmp(rows24, size, 24, offset=0), 3)

    # Headers of every size.
    put("bmp16-header-52.bmp", bmp(rows565, size, 16, 52, 3, SIX_MASKS), 3)
    put("bmp16-header-56.bmp", bmp(rows555, size, 16, 56, 3, FIVE_MASKS), 3)
    put("bmp32-header-56-alpha.bmp", bmp(rows32, size, 32, 56, 3, MASKS[WITH_ALPHA]), 4)
    put("bmp24-header-52.bmp", bmp(rows24, size, 24, 52, 3, MASKS[EIGHT]), 3)
    put("bmp24-header-108.bmp", bmp(rows24, size, 24, 108), 3)
    put("bmp24-header-124.bmp", bmp(rows24, size, 24, 124), 3)
    put("bmp24-os2.bmp", bmp(rows24, size, 24, 12), 3)
    put("bmp24-os2-64.bmp", bmp(rows24, size, 24, 64), 3)
    put("bmp24-os2-16.bmp", bmp(rows24, size, 24, 16), 3, array_of(color))

    # The fourth byte of 32 bits is alpha only by a mask.
    put("bmp32-no-alpha.bmp", bmp(rows32, size, 32), 3)
    put("bmp32-no-alpha-108.bmp", bmp(rows32, size, 32, 108), 3)
    put("bmp32-no-alpha-mask.bmp", bmp(rows32, size, 32, 40, 3, MASKS[EIGHT]), 3)
    put("bmp32-mask-without-use.bmp", bmp(rows32, size, 32, 124, 0, MASKS[WITH_ALPHA]), 3)
    put("bmp32-alpha-124.bmp", bmp(rows32, size, 32, 124, 3, MASKS[WITH_ALPHA]), 4)
    put("bmp32-alpha-0.bmp", bmp(rows32_0, size, 32, 124, 3, MASKS[WITH_ALPHA]), 3,
        warning=TRANSPARENT)
    rgba = ((8, 0), (8, 8), (8, 16), (8, 24))
    put("bmp32-rgba.bmp", bmp(rows_of_bits(joined(alpha, rgba), 32), size, 32, 108, 3,
                              (0xff, 0xff00, 0xff0000, 0xff000000)), 4)
    put("bmp32-masks-of-0.bmp", bmp(rows32, size, 32, 108, 3, (0, 0, 0, 0)), 4)
    put("bmp32-alpha-masks-behind.bmp", bmp(rows32, size, 32, 40, 6, MASKS[WITH_ALPHA]), 4,
        array_of(alpha))

    # Channels of 4, 5, 6 and 10 bits.
    put("bmp16-555.bmp", bmp(rows555, size, 16), 3)
    put("bmp16-555-masks.bmp", bmp(rows555, size, 16, 40, 3, FIVE_MASKS), 3)
    put("bmp16-565-masks.bmp", bmp(rows565, size, 16, 40, 3, SIX_MASKS), 3)
    put("bmp16-4444.bmp", bmp(rows_of_bits(joined(alpha, FOUR), 16), size, 16, 108, 3, MASKS[FOUR]),
        4, expected_of(alpha, FOUR))
    ten = [[p[0] << 22 | p[1] << 12 | p[2] << 2 | 3 for p in row] for row in color]
    put("bmp32-10-bits.bmp", bmp(rows_of_bits(ten, 32), size, 32, 40, 3,
                                 (0x3ff00000, 0xffc00, 0x3ff)), 3,
        array_of(color))

    # Rows from the top.
    put("bmp32-top-down.bmp", bmp(rows_of_bits(joined(color[::-1], EIGHT), 32), size, 32,
                                  top_down=True), 3)
    put("bmp16-top-down.bmp", bmp(rows_of_bits(joined(color[::-1], FIVE), 16), size, 16,
                                  top_down=True), 3)


def make_indexed_bmp():
    put = Expected.put
    for bits in (1, 2, 4, 8):
        pixels, palette = test_pixels(PALETTE, bits, 1)
        pixels = [[p[0] for p in row] for row in pixels]
        size = len(pixels[0]), len(pixels)
        rows = rows_of_bits(pixels, bits)
        shown = array_of([[palette[i] for i in row] for row in pixels])
        four = b"".join(bytes(c[::-1]) + b"\0" for c in palette)
        three = b"".join(bytes(c[::-1]) for c in palette)
        put(f"bmp{bits}-header-124.bmp", bmp(rows, size, bits, 124, palette=four), 3, shown)
        put(f"bmp{bits}-os2-64.bmp", bmp(rows, size, bits, 64, palette=four), 3, shown)
        put(f"bmp{bits}-gap.bmp", bmp(rows, size, bits, palette=four, n_used=len(palette),
                                      gap=b"gap"), 3, shown)
        put(f"bmp{bits}-os2-gap.bmp", bmp(rows, size, bits, 12, palette=three, gap=b"gap"), 3,
            shown)
        put(f"bmp{bits}-offset-of-palette.bmp", bmp(rows, size, bits, palette=four, offset=54), 3,
            shown)
        if bits == 4:
            used = 1 + max(map(max, pixels))
            put("bmp4-few-colors.bmp", bmp(rows, size, 4, palette=four[:4 * used], n_used=used), 3,
                pixels=shown)


def runs_of(row, four_bits, absolute):
    """A row run-length encoded: runs where pixels repeat, else as they are, where absolute."""
    out, x = b"", 0
    while x < len(row):
        n = 1
        while x + n < len(row) and n < 255 and row[x + n] == row[x]:
            n += 1
        if n < 3 and absolute and len(row) - x >= 3:
            n = min(len(row) - x, 5)
            data = pack_row(row[x:x + n], 4 if four_bits else 8)
            out += bytes((0, n)) + data + bytes(len(data) % 2)
        else:
            out += bytes((n, row[x] * 17 if four_bits else row[x]))
        x += n
    return out


def make_run_length_bmp():
    put = Expected.put
    for bits in (4, 8):
        pixels, palette = test_pixels(PALETTE, bits, 1)
        pixels = [[p[0] for p in row] for row in pixels]
        size = len(pixels[0]), len(pixels)
        table = b"".join(bytes(c[::-1]) + b"\0" for c in palette)
        shown = array_of([[palette[i] for i in row] for row in pixels])
        kind = {8: 1, 4: 2}[bits]

        def put_runs(name, data, pixels=shown):
            put(name, bmp(data, size, bits, compression=kind, palette=table), 3, pixels)

        for absolute in (False, True):
            data = b"".join(runs_of(row, bits == 4, absolute) + b"\0\0" for row in pixels[::-1])
            name = f"bmp{bits}-rle{'-absolute' * absolute}.bmp"
            put_runs(name, data[:-2] + b"\0\1")
            put_runs(name.replace(".", "-no-end."), data[:-2])
        # Steps of (3, 2) over pixels that have index 0 then, and an early end.
        corner = [[0] * size[0] for _ in range(size[1])]
        corner[-1][:4] = [1] * 4
        corner[-3][7:9] = [2] * 2
        step = array_of([[palette[i] for i in row] for row in corner])
        one, two = (b"\x11", b"\x22") if bits == 4 else (b"\1", b"\2")
        put_runs(f"bmp{bits}-rle-step.bmp", b"\4" + one + b"\0\2\3\2" + b"\2" + two + b"\0\1", step)


# ------------------------------------------------------------------------------------ GIF

class Codes:
    """Writes codes, and knows which string each stands for."""

    def __init__(self, root_bits):
        self.root_bits, self.data, self.bits, self.n_bits = root_bits, bytearray(), 0, 0
        self.begin()

    def begin(self):
        roots = 1 << self.root_bits
        self.table = {bytes((i,)): i for i in range(roots)}
        self.n, self.code_bits = roots + 2, self.root_bits + 1

    def put(self, code):
        self.bits |= code << self.n_bits
        self.n_bits += self.code_bits
        while self.n_bits >= 8:
            self.data.append(self.bits & 255)
            self.bits >>= 8
            self.n_bits -= 8

    def add(self, string):
        if self.n == 1 << self.code_bits and self.code_bits < 12:
            self.code_bits += 1
        self.table[string] = self.n
        self.n += 1


def lzw(indices, root_bits, clear_first=True, clear_when_full=True, end=True):
    codes = Codes(root_bits)
    if clear_first:
        codes.put(1 << root_bits)
    string = b""
    for index in indices:
        longer = string + bytes((index,))
        if longer in codes.table:
            string = longer
            continue
        codes.put(codes.table[string])
        if codes.n < 4096:
            codes.add(longer)
        elif clear_when_full:
            codes.put(1 << root_bits)
            codes.begin()
        string = bytes((index,))
    codes.put(codes.table[string])
    if end:
        if codes.n == 1 << codes.code_bits and codes.code_bits < 12:
            codes.code_bits += 1
        codes.put((1 << root_bits) + 1)
    return bytes(codes.data) + (bytes((codes.bits,)) if codes.n_bits else b"")


def blocks(data, nbytes=255):
    return b"".join(bytes((len(data[i:i + nbytes]),)) + data[i:i + nbytes]
                    for i in range(0, len(data), nbytes)) + b"\0"


def table_of(colors):
    """Its flags, and its bytes."""
    bits = max(1, (len(colors) - 1).bit_length())
    return 0x80 | bits - 1, b"".join(map(bytes, colors)) + bytes(3 * ((1 << bits) - len(colors)))


def frame(indices, corner, colors=None, interlaced=False, root_bits=None, nbytes=255,
          **options):
    height, width = len(indices), len(indices[0])
    flags, table = table_of(colors) if colors else (0, b"")
    rows = indices
    if interlaced:
        rows = [row for start, step in ((0, 8), (4, 8), (2, 4), (1, 2)) for row in
                indices[start::step]]
    if root_bits is None:
        root_bits = max(2, max(map(max, indices)).bit_length())
    flat = [i for row in rows for i in row]
    return b"," + struct.pack("<HHHHB", *corner, width, height, flags | 0x40 * interlaced) + table + \
        bytes((root_bits,)) + blocks(lzw(flat, root_bits, **options), nbytes)


def gif(screen, colors, *parts, version=b"89a"):
    flags, table = table_of(colors) if colors else (0, b"")
    return b"GIF" + version + struct.pack("<HHBBB", *screen, flags, 0, 0) + table + \
        b"".join(parts) + b";"


def control(transparent=None):
    return b"!\xf9\4" + bytes((transparent is not None, 0, 0, transparent or 0)) + b"\0"


def page(screen, corner, indices, colors, transparent=None):
    """What is to be seen: RGBA, 0 where there is nothing."""
    shown = numpy.zeros((screen[1], screen[0], 4), numpy.uint8)
    for y, row in enumerate(indices, corner[1]):
        for x, index in enumerate(row, corner[0]):
            if index != transparent:
                shown[y, x] = (*colors[index], 255)
    return shown


def make_gif():
    pixels, colors = test_pixels(PALETTE, 4, 1)
    indices = [[p[0] for p in row] for row in pixels]
    size = len(indices[0]), len(indices)
    shown = page(size, (0, 0), indices, colors)
    others = [tuple(255 - s for s in c) for c in colors]

    def put(name, screen, frames, expected=shown, table=colors, **options):
        Expected.put(name, gif(screen, table, *frames, **options), 4, expected)

    # The screen is not as large as the frame. Where the frame leaves something of it open, Pillow and
    # OpenCV agree that it is transparent if any color is; else they show color 0 there, and browsers
    # what lies behind the picture.
    put("gif-screen-0x0.gif", (0, 0), [frame(indices, (0, 0))])
    put("gif-screen-0-high.gif", (size[0], 0), [frame(indices, (0, 0))])
    put("gif-screen-smaller.gif", (10, 12), [frame(indices, (0, 0))])
    for name, screen, corner, whole in (
            ("gif-screen-larger", (40, 50), (9, 11), (40, 50)),
            ("gif-frame-in-corner", (size[0] + 7, size[1] + 5), (7, 5), (size[0] + 7, size[1] + 5)),
            ("gif-frame-beyond-screen", size, (3, 4), (size[0] + 3, size[1] + 4)),
            ("gif-frame-outside", (5, 6), (5, 6), (size[0] + 5, size[1] + 6))):
        put(name + ".gif", screen, [frame(indices, corner)], page(whole, corner, indices, colors))
        put(name + "-transparent.gif", screen, [control(15), frame(indices, corner)],
            page(whole, corner, indices, colors, 15))

    # How the codes come.
    put("gif-no-clear-code.gif", size, [frame(indices, (0, 0), clear_first=False)])
    put("gif-no-end-code.gif", size, [frame(indices, (0, 0), end=False)])
    put("gif-small-blocks.gif", size, [frame(indices, (0, 0), nbytes=1)])
    put("gif-8-bits.gif", size, [frame(indices, (0, 0), root_bits=8)])
    bits = [[i >> 3 for i in row] for row in indices]
    put("gif-2-bits.gif", size, [frame(bits, (0, 0))], page(size, (0, 0), bits, colors), colors[:2])
    put("gif-interlaced.gif", size, [frame(indices, (0, 0), interlaced=True)])
    put("gif-interlaced-no-clear-code.gif", size,
        [frame(indices, (0, 0), interlaced=True, clear_first=False)])
    for height in (1, 2, 3, 5):
        put(f"gif-interlaced-{height}-high.gif", (size[0], height),
            [frame(indices[12:12 + height], (0, 0), interlaced=True)],
            page((size[0], height), (0, 0), indices[12:12 + height], colors))
    rng = random.Random(7)
    noise = [[rng.randrange(256) for _ in range(120)] for _ in range(100)]
    greys = [(i, i, i) for i in range(256)]
    for name, when_full in (("gif-many-codes", True), ("gif-deferred-clear-code", False)):
        put(name + ".gif", (120, 100), [frame(noise, (0, 0), clear_when_full=when_full)],
            page((120, 100), (0, 0), noise, greys), greys)
    flat = [[5] * 120 for _ in range(100)]
    put("gif-one-color.gif", (120, 100), [frame(flat, (0, 0))],
        page((120, 100), (0, 0), flat, colors))

    # Tables, and what lies between blocks.
    put("gif-local-table.gif", size, [frame(indices, (0, 0), colors=others)],
        page(size, (0, 0), indices, others))
    put("gif-local-table-only.gif", size, [frame(indices, (0, 0), colors=others)],
        page(size, (0, 0), indices, others), None)
    put("gif-no-table.gif", size, [frame(bits, (0, 0))],
        page(size, (0, 0), bits, [(0,) * 3, (255,) * 3]), None)
    put("gif-87a.gif", size, [frame(indices, (0, 0))], version=b"87a")
    put("gif-extensions.gif", size, [b"!\xfe" + blocks(b"a comment, " * 40), b"!\xff\x0bNETSCAPE2.0"
                                     b"\3\1\0\0\0", control(), frame(indices, (0, 0))])
    put("gif-padding.gif", size, [b"\0", control(), b"\0\0", frame(indices, (0, 0)), b"\0"])
    put("gif-transparent-beyond-table.gif", size, [control(200), frame(indices, (0, 0))])
    put("gif-second-control.gif", size, [control(15), control(), frame(indices, (0, 0))])
    put("gif-first-frame.gif", size, [control(), frame(indices, (0, 0)), control(3),
                                      frame(indices[::-1], (2, 2), colors=others)])


# ------------------------------------------------------------------------------------ TGA

def bgr(pixel, bits):
    if bits == 16:
        return struct.pack("<H", 0x8000 | pixel[0] >> 3 << 10 | pixel[1] >> 3 << 5 | pixel[2] >> 3)
    return bytes(pixel[2::-1]) + bytes(pixel[3:])


def runs(pixels, pixel_nbytes):
    """Pixels of so many bytes, in runs that go on from row to row."""
    pixels = [pixels[i:i + pixel_nbytes] for i in range(0, len(pixels), pixel_nbytes)]
    out, i = b"", 0
    while i < len(pixels):
        n = 1
        while i + n < len(pixels) and n < 128 and pixels[i + n] == pixels[i]:
            n += 1
        if n == 1:
            n = min(3, len(pixels) - i)
            out += bytes((n - 1,)) + b"".join(pixels[i:i + n])
        else:
            out += bytes((0x80 | n - 1,)) + pixels[i]
        i += n
    return out


def tga(size, kind, bits, pixels, descriptor=0x20, rle=False, table=b"", map_type=None, map_start=0,
        map_length=0, map_bits=0, behind=b""):
    data = b"".join(pixels)
    return struct.pack("<BBBHHBHHHHBB", 0, bool(table) if map_type is None else map_type,
                       kind + 8 * rle, map_start, map_length, map_bits, 0, 0, *size, bits,
                       descriptor) + table + (runs(data, bits // 8) if rle else data) + behind


def version_2(length, alpha_type):
    """The extension area of a file of that length, and the footer."""
    area = struct.pack("<H", 495) + bytes(492) + bytes((alpha_type,))
    return area + struct.pack("<II", length, 0) + b"TRUEVISION-XFILE.\0"


def make_tga():
    put = Expected.put
    color, _ = test_pixels(RGB, 8, 1)
    alpha, _ = test_pixels(RGBA, 8, 1)
    grey, _ = test_pixels(GREY, 8, 1)
    grey_alpha, _ = test_pixels(GREY_ALPHA, 8, 1)
    indices, palette = test_pixels(PALETTE, 8, 1)
    size = len(color[0]), len(color)
    flat = [[p for row in image for p in row]
            for image in (color, alpha, grey, grey_alpha, indices)]
    rgb, rgba, greys, with_alpha, index = (
        [bgr(p, 24) for p in flat[0]], [bgr(p, 32) for p in flat[1]], [bytes(p) for p in flat[2]],
        [bytes(p) for p in flat[3]], [bytes(p) for p in flat[4]])
    unused = [bgr(p, 24) + b"\0" for p in flat[0]]
    opaque = array_of([[p[:3] for p in row] for row in alpha])
    five = array_of([[tuple((s >> 3) * 255 // 31 for s in p) for p in row] for row in color])
    only_grey = array_of([[p[:1] for p in row] for row in grey_alpha])

    # Attribute bits. Pillow, as other readers, takes the fourth byte for alpha whatever they are.
    put("tga32-no-attribute-bits.tga", tga(size, 2, 32, rgba), 3, opaque)
    put("tga32-no-attribute-bits-rle.tga", tga(size, 2, 32, rgba, rle=True), 3, opaque)
    put("tga32-unused.tga", tga(size, 2, 32, unused), 3, array_of(color))
    put("tga32-transparent.tga", tga(size, 2, 32, unused, 0x28), 3, array_of(color), TRANSPARENT)
    put("tga32-alpha.tga", tga(size, 2, 32, rgba, 0x28), 4)
    put("tga32-alpha-rle.tga", tga(size, 2, 32, rgba, 0x28, rle=True), 4)
    put("tga24-attribute-bits.tga", tga(size, 2, 24, rgb, 0x28), 3)
    put("tga24-attribute-bits-rle.tga", tga(size, 2, 24, rgb, 0x08, rle=True), 3)
    put("tga8-attribute-bits.tga", tga(size, 3, 8, greys, 0x28), 1)
    put("tga8-attribute-bits-rle.tga", tga(size, 3, 8, greys, 0x28, rle=True), 1)
    put("tga16-grey-alpha.tga", tga(size, 3, 16, with_alpha, 0x28), 2)
    put("tga16-grey-no-attribute-bits.tga", tga(size, 3, 16, with_alpha), 1, only_grey)
    put("tga16-attribute-bit.tga", tga(size, 2, 16, [bgr(p, 16) for p in flat[0]], 0x21), 3, five)
    put("tga16-rle.tga", tga(size, 2, 16, [bgr(p, 16) for p in flat[0]], 0x20, rle=True), 3, five)
    put("tga15.tga", tga(size, 2, 15, [bgr(p, 16) for p in flat[0]]), 3, five)

    # Version 2 says what they are for.
    length = 18 + len(rgba) * 4
    for kind, channels, shown in ((0, 3, opaque), (2, 3, opaque), (3, 4, array_of(alpha))):
        put(f"tga32-extension-{kind}.tga",
            tga(size, 2, 32, rgba, 0x28, behind=version_2(length, kind)), channels, shown)
    put("tga32-no-extension.tga",
        tga(size, 2, 32, rgba, 0x28, behind=bytes(8) + b"TRUEVISION-XFILE.\0"), 4)
    put("tga32-extension-beyond-end.tga",
        tga(size, 2, 32, rgba, 0x28, behind=version_2(length + 400, 0)[495:]), 4, array_of(alpha))

    # Fields of a map that is not there, or is not used.
    for bits in (16, 24, 32):
        put(f"tga24-left-over-{bits}.tga", tga(size, 2, 24, rgb, map_type=0, map_bits=bits), 3)
    put("tga8-left-over.tga", tga(size, 3, 8, greys, map_type=0, map_length=256, map_bits=24), 1)
    put("tga32-left-over.tga",
        tga(size, 2, 32, rgba, 0x28, map_type=0, map_length=9, map_bits=32), 4)
    table = b"".join(bytes(c[::-1]) for c in palette)
    put("tga24-unused-map.tga", tga(size, 2, 24, rgb, table=table, map_length=256, map_bits=24), 3,
        array_of(color))

    # Maps of all depths; one that does not begin at 0; indices of 16 bits.
    shown = array_of([[palette[p[0]] for p in row] for row in indices])
    five = array_of([[tuple((s >> 3) * 255 // 31 for s in palette[p[0]]) for p in row]
                     for row in indices])
    put("tga8-map-24.tga", tga(size, 1, 8, index, table=table, map_length=256, map_bits=24), 3,
        shown)
    put("tga8-map-24-attribute-bits.tga",
        tga(size, 1, 8, index, 0x28, table=table, map_length=256, map_bits=24), 3, shown)
    put("tga8-map-16.tga", tga(size, 1, 8, index, table=b"".join(bgr(c, 16) for c in palette),
                               map_length=256, map_bits=16), 3, five)
    alphas = [(i * 7) % 256 for i in range(256)]
    table32 = b"".join(bgr(c + (a,), 32) for c, a in zip(palette, alphas))
    put("tga8-map-32.tga", tga(size, 1, 8, index, 0x28, table=table32, map_length=256, map_bits=32),
        4, array_of([[palette[p[0]] + (alphas[p[0]],) for p in row] for row in indices]))
    put("tga8-map-32-no-attribute-bits.tga",
        tga(size, 1, 8, index, table=table32, map_length=256, map_bits=32), 3, shown)
    first = min(p[0] for p in flat[4])
    put("tga8-map-start.tga", tga(size, 1, 8, index, rle=True, table=table[3 * first:],
                                  map_start=first, map_length=256 - first, map_bits=24), 3, shown)
    put("tga16-map-start.tga",
        tga(size, 1, 16, [struct.pack("<H", 1000 + p[0]) for p in flat[4]], table=table,
            map_start=1000, map_length=256, map_bits=24), 3, shown)

    # The four corners that pixels may begin at.
    for descriptor, name in ((0, "bottom-left"), (0x10, "bottom-right"), (0x20, "top-left"),
                             (0x30, "top-right")):
        rows = [color[y][::-1] if descriptor & 0x10 else color[y] for y in range(size[1])]
        if not descriptor & 0x20:
            rows = rows[::-1]
        put(f"tga24-{name}.tga", tga(size, 2, 24, [bgr(p, 24) for row in rows for p in row],
                                     descriptor), 3, array_of(color))


# ------------------------------------------------------------------------------------ EXIF

IMAGES = FOLDER.parent / "images"


def tiff(*entries, at=8):
    """EXIF data with the directory at that offset; entries are (tag, value)."""
    directory = struct.pack(">H", len(entries)) + b"".join(
        struct.pack(">HHIHH", tag, 3, 1, value, 0) for tag, value in entries) + bytes(4)
    return b"MM\0*" + struct.pack(">I", at) + bytes(at - 8) + directory


def app1(data, name=b"Exif\0\0"):
    return b"\xff\xe1" + struct.pack(">H", 2 + len(name) + len(data)) + name + data


def make_exif():
    near = Image.open(IMAGES / "near-rgb.ppm")
    stored = {k: (IMAGES / f"exif-{k}.jpg").read_bytes() for k in (1, 6)}
    turned, upright = tiff((0x0112, 6)), tiff((0x0112, 1))
    silent = tiff((0x0100, 6))
    late = tiff((0x010f, 7), (0x0112, 6), at=300)
    cases = (
        # name, orientation as stored, segments before the image
        ("split-behind-directory", 6, (turned + bytes(50), bytes(90))),
        ("split-before-directory", 6, (late[:200], late[200:])),
        ("split-in-entry", 6, (late[:320], late[320:])),
        ("split-in-three", 6, (late[:9], late[9:305], late[305:] + bytes(60))),
        ("first-turns", 6, (turned, upright)),
        ("first-does-not-turn", 1, (upright, turned)),
        ("first-says-nothing", 1, (silent, turned)),
        ("first-is-empty", 6, (b"", turned)),
    )

    def put(name, orientation, segments):
        data = stored[orientation]
        length = struct.unpack(">H", data[22:24])[0]
        assert data[20:22] == b"\xff\xe1"
        data = data[:20] + b"".join(segments) + data[22 + length:]
        theirs = {
            "Pillow": ImageOps.exif_transpose(Image.open(io.BytesIO(data))),
            "OpenCV": cv2.imdecode(numpy.frombuffer(data, numpy.uint8), cv2.IMREAD_COLOR_RGB)}
        readers = [r for r, pixels in theirs.items()
                   if numpy.asarray(pixels).shape == (near.height, near.width, 3) and
                   abs(numpy.asarray(pixels, float) - numpy.asarray(near)).mean() < 2.5]
        (FOLDER / f"exif-{name}.jpg").write_bytes(data)
        Expected.lines.append(f"exif-{name}.jpg\t{near.width}\t{near.height}\t3\tnear-rgb.ppm"
                              f"\t{', '.join(readers) or 'nobody'}\t\n")

    for name, orientation, parts in cases:
        put(name, orientation, [app1(part) for part in parts])
    xmp = app1(b"<x:xmpmeta/>", b"http://ns.adobe.com/xap/1.0/\0")
    put("behind-xmp", 6, (xmp, app1(turned)))
    put("with-xmp-between", 6, (app1(late[:200]), xmp, app1(late[200:])))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    make_transparent_png()
    make_long_transparency()
    make_bmp()
    make_indexed_bmp()
    make_run_length_bmp()
    make_gif()
    make_tga()
    make_exif()
    (FOLDER / "expected.tsv").write_text("".join(Expected.lines))
