#!/usr/bin/env python3
"""Makes testdata/scans: images in the formats that scanners and phones write.

    python3 testdata/generate_scans.py

Needs numpy and pillow. expected.tsv has the size, the channels, the bits of a sample, and the CRC-32
of the pixels: of what was stored without loss, from the array before it was encoded; of what was not,
as Pillow decodes it. pages.tsv has the same of each page of a file of several. malformed/ holds files each named by its one defect, with status and message, of
which "..." may be anything.
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

    @staticmethod
    def fields(pixels):
        bits = 8 * pixels.dtype.itemsize
        height, width = pixels.shape[:2]
        channels = 1 if pixels.ndim == 2 else pixels.shape[2]
        crc = zlib.crc32(pixels.astype(f"<u{bits // 8}").tobytes())
        return f"{width}\t{height}\t{channels}\t{bits}\t{crc:08x}\n"

    @classmethod
    def add(cls, name, pixels):
        cls.lines.append(f"{name}\t" + cls.fields(pixels))


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

    nothing = np.dstack([COLOR, np.zeros_like(GRAY)])
    put("alpha-0.webp", webp(nothing, lossless=True, exact=True), COLOR)

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


# ------------------------------------------------------------------------------------------- TIFF

SHORT, LONG, LONG8 = 3, 4, 16
NONE, RLE, G3, G4, OLD_JPEG, JPEG, DEFLATE = 1, 2, 3, 4, 6, 7, 8
WHITE_IS_0, BLACK_IS_0, RGB, PALETTE, CMYK, YCBCR, CFA = 0, 1, 2, 3, 5, 6, 32803
SUBFILE, WIDE, HIGH, BITS, COMPRESSION, PHOTOMETRIC, FILL_ORDER = 254, 256, 257, 258, 259, 262, 266
OFFSETS, ORIENTATION, SAMPLES, ROWS, NBYTES, PLANAR = 273, 274, 277, 278, 279, 284
T4_OPTIONS, PREDICTOR, COLORS, TILE_WIDE, TILE_HIGH, TILE_OFFSETS, TILE_NBYTES = \
    292, 317, 320, 322, 323, 324, 325
EXTRA, SAMPLE_FORMAT, YCBCR_SUBSAMPLING, REFERENCE = 338, 339, 530, 532
ASSOCIATED, UNASSOCIATED, UNSPECIFIED = 1, 2, 0


class Tiff:
    """A file that pages are appended to."""

    def __init__(self, order="<", big=False):
        self.order, self.big, self.last = order, big, 4 + 4 * big
        mark = b"II" if order == "<" else b"MM"
        if big:
            self.data = bytearray(mark + struct.pack(order + "HHHQ", 43, 8, 0, 0))
        else:
            self.data = bytearray(mark + struct.pack(order + "HI", 42, 0))

    def patch(self, at, value):
        code = self.order + ("Q" if self.big else "I")
        struct.pack_into(code, self.data, at, value)

    def append(self, content):
        self.data += b"\0" * (len(self.data) % 2)
        self.data += content
        return len(self.data) - len(content)

    def values(self, tag, numbers):
        """Type and packed values of a tag."""
        if tag == REFERENCE:
            return 5, b"".join(struct.pack(self.order + "II", n, 1) for n in numbers)
        wide = tag in (OFFSETS, NBYTES, TILE_OFFSETS, TILE_NBYTES)
        kind = (LONG8 if self.big else LONG) if wide else SHORT if max(numbers) < 65536 else LONG
        code = {SHORT: "H", LONG: "I", LONG8: "Q"}[kind]
        return kind, struct.pack(f"{self.order}{len(numbers)}{code}", *numbers)

    def page(self, strips, tags):
        """Strips (or tiles, where the tags say so) and a directory of the tags and of these."""
        tags = {tag: v if isinstance(v, (list, tuple)) else [v] for tag, v in tags.items()}
        where = (TILE_OFFSETS, TILE_NBYTES) if TILE_WIDE in tags else (OFFSETS, NBYTES)
        if strips is not None:
            tags[where[0]] = [self.append(strip) for strip in strips]
            tags.setdefault(where[1], [len(strip) for strip in strips])
        room, count = (8, "Q") if self.big else (4, "I")
        entries = b""
        for tag in sorted(tags):
            kind, content = self.values(tag, tags[tag])
            if len(content) > room:
                content = struct.pack(self.order + count, self.append(content))
            entries += struct.pack(self.order + "HH" + count, tag, kind, len(tags[tag])) + \
                content.ljust(room, b"\0")
        n = struct.pack(self.order + ("Q" if self.big else "H"), len(tags))
        at = self.append(n + entries + bytes(room))
        self.patch(self.last, at)
        self.last = len(self.data) - room
        return self


def samples(pixels, bits, order="<"):
    """Rows of samples as they are in a file without compression."""
    rows = pixels.reshape(len(pixels), -1)
    if bits == 16:
        return rows.astype(f"{order}u2").tobytes()
    packed = [np.packbits(((row[:, None] >> np.arange(bits - 1, -1, -1)) & 1).astype(np.uint8))
              for row in rows.astype(np.uint16)]
    return b"".join(p.tobytes() for p in packed)


def tags_of(pixels, photometric, bits=8, **more):
    height, width = pixels.shape[:2]
    n = 1 if pixels.ndim == 2 else pixels.shape[2]
    tags = {WIDE: width, HIGH: height, BITS: [bits] * n, COMPRESSION: NONE,
            PHOTOMETRIC: photometric, SAMPLES: n, ROWS: height}
    tags.update({globals()[name]: value for name, value in more.items()})
    return tags


def tiff(pixels, photometric, bits=8, order="<", big=False, rows=None, **more):
    rows = rows or len(pixels)
    strips = [samples(pixels[y:y + rows], bits, order) for y in range(0, len(pixels), rows)]
    return bytes(Tiff(order, big).page(strips, tags_of(pixels, photometric, bits, ROWS=rows,
                                                      **more)).data)


def tiles(pixels, width, height):
    """Tiles of 8-bit samples, those at the edges filled up."""
    h, w = pixels.shape[:2]
    full = np.pad(pixels, [(0, -h % height), (0, -w % width)] + [(0, 0)] * (pixels.ndim - 2),
                  constant_values=77)
    return [full[y:y + height, x:x + width].tobytes()
            for y in range(0, h, height) for x in range(0, w, width)]


BILEVEL = GRAY > 128  # paper


def by_pillow(image, **options):
    out = io.BytesIO()
    image.save(out, "TIFF", **options)
    return out.getvalue()


def fax(compression, paper=BILEVEL, **options):
    """The one strip that Pillow's libtiff makes of a drawing; 0 is white in it."""
    image = Image.open(io.BytesIO(by_pillow(Image.fromarray(~paper), compression=compression,
                                            strip_size=1 << 20, **options)))
    assert image.tag_v2[PHOTOMETRIC] == BLACK_IS_0 and len(image.tag_v2[OFFSETS]) == 1
    data = image.fp.getbuffer()
    return bytes(data[image.tag_v2[OFFSETS][0]:][:image.tag_v2[NBYTES][0]])


def check(data, pixels):
    """Against Pillow."""
    image = Image.open(io.BytesIO(data))
    seen = np.asarray(image.convert({1: "L", 3: "RGB", 4: "RGBA"}[
        1 if pixels.ndim == 2 else pixels.shape[2]]))
    assert (seen == pixels).all()


def put_tiff(name, data, pixels, pillow=True):
    if pillow:
        check(data, pixels)
    put(name, data, pixels)


def make_bilevel():
    shown = np.where(BILEVEL, 255, 0).astype(np.uint8)
    bits = BILEVEL.astype(np.uint8)
    put_tiff("bilevel.tif", tiff(bits, BLACK_IS_0, 1), shown)
    put_tiff("bilevel-white-is-0.tif", tiff(1 - bits, WHITE_IS_0, 1, rows=7), shown)
    for name in ("packbits", "tiff_lzw", "tiff_adobe_deflate"):
        data = by_pillow(Image.fromarray(BILEVEL), compression=name)
        put_tiff(f"bilevel-{name.split('_')[-1]}.tif", data, shown)

    # Of a fax, 0 is white, for its runs begin with white; where 0 is called black, it is a negative.
    for name, compression, number, more in (
            ("rle", "tiff_ccitt", RLE, {}), ("g3", "group3", G3, {}),
            ("g3-2d", "group3", G3, {"T4_OPTIONS": 1}), ("g4", "group4", G4, {})):
        info = {T4_OPTIONS: 1} if more else {}
        strip = fax(compression, tiffinfo=info)
        for side, photometric in (("", WHITE_IS_0), ("-negative", BLACK_IS_0)):
            tags = tags_of(bits, photometric, 1, COMPRESSION=number, **more)
            data = bytes(Tiff().page([strip], tags).data)
            put_tiff(f"bilevel-{name}{side}.tif", data, 255 - shown if side else shown)
    strip = fax("group4")
    tags = tags_of(bits, WHITE_IS_0, 1, COMPRESSION=G4)
    del tags[PHOTOMETRIC]
    put_tiff("bilevel-g4-no-photometric.tif", bytes(Tiff().page([strip], tags).data), shown, False)
    turned_bits = bytes(int(f"{b:08b}"[::-1], 2) for b in strip)
    tags = tags_of(bits, WHITE_IS_0, 1, COMPRESSION=G4, FILL_ORDER=2)
    put_tiff("bilevel-g4-lowest-bit-first.tif", bytes(Tiff(">").page([turned_bits], tags).data),
             shown)


def make_gray_and_palette():
    put_tiff("gray8.tif", tiff(GRAY, BLACK_IS_0), GRAY)
    put_tiff("gray8-white-is-0.tif", tiff(255 - GRAY, WHITE_IS_0, rows=11, order=">"), GRAY)
    put_tiff("gray8-bigtiff.tif", tiff(GRAY, BLACK_IS_0, big=True, rows=11), GRAY)
    put_tiff("gray8-bigtiff-big-endian.tif", tiff(GRAY, BLACK_IS_0, big=True, order=">"), GRAY,
             False)
    for bits in (2, 4):
        few = GRAY >> (8 - bits)
        shown = (few * (255 // ((1 << bits) - 1))).astype(np.uint8)
        put_tiff(f"gray{bits}.tif", tiff(few, BLACK_IS_0, bits), shown)
    deep = GRAY.astype(np.uint16) * 16 + np.arange(WIDTH, dtype=np.uint16) % 16
    most = [(bits, deep >> (12 - bits)) for bits in (10, 12)]
    for bits, pixels in most + [(16, deep * 15 + 3)]:
        top = (1 << bits) - 1
        shown = ((pixels.astype(np.uint64) * 65535 + top // 2) // top).astype(np.uint16)
        put_tiff(f"gray{bits}.tif", tiff(pixels, BLACK_IS_0, bits), shown, False)
        put_tiff(f"gray{bits}-big-endian.tif", tiff(pixels, WHITE_IS_0, bits, ">", rows=7),
                 65535 - shown, False)
    colors = np.stack([np.arange(16) * 17, 255 - np.arange(16) * 9, np.arange(16) * 5], 1)
    indices = GRAY // 16
    shown = colors[indices].astype(np.uint8)
    wide = [int(c) * 257 for channel in colors.T for c in channel]
    put_tiff("palette4.tif", tiff(indices, PALETTE, 4, COLORS=wide), shown)
    put_tiff("palette4-of-bytes.tif",
             tiff(indices, PALETTE, 4, COLORS=[c // 257 for c in wide]), shown, False)
    more = [int(c) * 256 for channel in np.repeat(colors, 16, 0).T for c in channel]
    put_tiff("palette8.tif", tiff(GRAY, PALETTE, 8, COLORS=more), shown)


def make_color():
    planes = [np.ascontiguousarray(COLOR[..., c]) for c in range(3)]
    put_tiff("rgb8.tif", tiff(COLOR, RGB, rows=13), COLOR)
    put_tiff("rgb8-planar.tif", bytes(Tiff().page(
        [plane.tobytes() for plane in planes], tags_of(COLOR, RGB, PLANAR=2)).data), COLOR)
    tiled = {"TILE_WIDE": 32, "TILE_HIGH": 16}
    put_tiff("rgb8-tiled.tif", bytes(Tiff().page(
        tiles(COLOR, 32, 16), tags_of(COLOR, RGB, **tiled)).data), COLOR)
    put_tiff("rgb8-tiled-planar.tif", bytes(Tiff(">").page(
        sum((tiles(plane, 32, 16) for plane in planes), []),
        tags_of(COLOR, RGB, PLANAR=2, **tiled)).data), COLOR, False)
    put_tiff("gray8-tile-larger.tif", bytes(Tiff().page(
        tiles(GRAY, 64, 128), tags_of(GRAY, BLACK_IS_0, TILE_WIDE=64, TILE_HIGH=128)).data), GRAY)
    differences = np.diff(COLOR, axis=1, prepend=np.zeros((HEIGHT, 1, 3), np.uint8))
    put_tiff("rgb8-deflate-predictor.tif", bytes(Tiff().page(
        [zlib.compress(differences.astype(np.uint8).tobytes())],
        tags_of(COLOR, RGB, COMPRESSION=DEFLATE, PREDICTOR=2)).data), COLOR)
    put_tiff("rgb16.tif", tiff(COLOR.astype(np.uint16) * 250, RGB, 16, ">"),
             COLOR.astype(np.uint16) * 250, False)
    for orientation in (2, 3, 6, 8):
        stored = np.ascontiguousarray(turned(orientation, COLOR))
        put_tiff(f"rgb8-orientation-{orientation}.tif",
                 tiff(stored, RGB, ORIENTATION=orientation), COLOR, False)

    put_tiff("rgba8.tif", tiff(ALPHA, RGB, EXTRA=UNASSOCIATED), ALPHA)
    put_tiff("rgb8-and-more.tif", tiff(ALPHA, RGB, EXTRA=UNSPECIFIED), COLOR)
    put_tiff("rgba8-second-of-two.tif", tiff(
        np.dstack([COLOR, GRAY, ALPHA[..., 3]]), RGB, EXTRA=[UNSPECIFIED, UNASSOCIATED]), ALPHA,
        False)
    gray_alpha = np.dstack([GRAY, ALPHA[..., 3]])
    put_tiff("gray-alpha8.tif", tiff(gray_alpha, BLACK_IS_0, EXTRA=UNASSOCIATED), gray_alpha, False)
    # Colors that are multiplied by alpha lose what the rounding takes.
    alpha = ALPHA[..., 3:].astype(int)
    darker = (COLOR * alpha + 127) // 255
    back = np.minimum((darker * 255 + alpha // 2) // alpha, 255)
    put_tiff("rgba8-premultiplied.tif", tiff(
        np.dstack([darker, alpha]).astype(np.uint8), RGB, EXTRA=ASSOCIATED),
        np.dstack([back, alpha]).astype(np.uint8), False)

    # Where nothing can be seen, the colors are what was meant.
    nothing = np.dstack([COLOR, np.zeros_like(GRAY)])
    for name, kind in (("", UNASSOCIATED), ("-premultiplied", ASSOCIATED)):
        put_tiff(f"rgba8-alpha-0{name}.tif", tiff(nothing, RGB, EXTRA=kind), COLOR, False)

    ink = np.dstack([255 - COLOR, np.full_like(GRAY, 20)])
    shown = ((255 - ink[..., :3].astype(int)) * (255 - 20) // 255).astype(np.uint8)
    put_tiff("cmyk.tif", tiff(ink, CMYK), shown, False)
    neutral = np.dstack([GRAY, np.full_like(GRAY, 128), np.full_like(GRAY, 128)])
    put_tiff("ycbcr.tif", tiff(neutral, YCBCR, YCBCR_SUBSAMPLING=[1, 1], ORIENTATION=3,
                               REFERENCE=[0, 255, 128, 255, 128, 255]),
             np.dstack([GRAY] * 3)[::-1, ::-1], False)
    for name, image in (("gray", Image.fromarray(GRAY)), ("ycbcr", Image.fromarray(COLOR))):
        data = by_pillow(image, compression="jpeg", quality=90)
        put_tiff(f"jpeg-{name}.tif", data, np.asarray(Image.open(io.BytesIO(data))))


def small(pixels):
    return np.ascontiguousarray(pixels[::4, ::4])


def make_one_of_many():
    """Files of several directories, of which one is an image, and the others belong to it."""
    thumbnail = small(255 - GRAY)
    for name, order, first in (("thumbnail-first.tif", "<", True),
                               ("thumbnail-last.tif", ">", False)):
        file = Tiff(order)
        for is_thumbnail in (first, not first):
            pixels = thumbnail if is_thumbnail else GRAY
            file.page([pixels.tobytes()], tags_of(pixels, BLACK_IS_0, SUBFILE=int(is_thumbnail)))
        put_tiff(name, bytes(file.data), GRAY, False)
    mask = tags_of(GRAY, 4, 1, SUBFILE=4)
    file = Tiff().page([GRAY.tobytes()], tags_of(GRAY, BLACK_IS_0))
    put_tiff("mask.tif", bytes(file.page([bytes(6 * HEIGHT)], mask).data), GRAY)
    file = Tiff(big=True).page([thumbnail.tobytes()], tags_of(thumbnail, BLACK_IS_0, SUBFILE=1))
    put_tiff("thumbnail-only.tif", bytes(file.data), thumbnail)


def sample(name):
    return np.asarray(Image.open(FOLDER.parent / "samples" / name).convert("L"))


def make_pages():
    """Files of several pages, which pages.tsv lists, and damaged ones."""
    two, seven, e = map(sample, ("digit-2-scan.png", "digit-7-bilevel.png", "small-e-tiny.png"))
    paper = seven > 128
    strip = fax("group4", paper)
    color = np.dstack([e, e, 255 - (255 - e) // 2])
    lines = ["# file\tpage\twidth\theight\tchannels\tbits\tcrc32 of the samples, little-endian\n"]

    def add(name, file, *pages):
        (FOLDER / name).write_bytes(bytes(file.data))
        for number, pixels in enumerate(pages, 1):
            lines.append(f"{name}\t{number}\t" + Expected.fields(pixels))

    def built(order="<", big=False):
        file = Tiff(order, big)
        thumbnail = tags_of(small(two), BLACK_IS_0, SUBFILE=1)
        file.page([zlib.compress(two[y:y + 50].tobytes()) for y in range(0, len(two), 50)],
                  tags_of(two, BLACK_IS_0, ROWS=50, SUBFILE=2, COMPRESSION=DEFLATE))
        file.page([small(two).tobytes()], thumbnail)
        file.page([strip], tags_of(paper, WHITE_IS_0, 1, COMPRESSION=G4, SUBFILE=2))
        file.page(sum((tiles(color[..., c], 32, 16) for c in range(3)), []),
                  tags_of(color, RGB, PLANAR=2, TILE_WIDE=32, TILE_HIGH=16))
        return file.page([samples(e.astype(np.uint16) * 200, 16, order)],
                         tags_of(e, BLACK_IS_0, 16))

    shown = (two, np.where(paper, 255, 0).astype(np.uint8), color, e.astype(np.uint16) * 200)
    add("pages.tif", built(), *shown)
    add("pages-big-endian.tif", built(">"), *shown)
    add("pages-bigtiff.tif", built(big=True), *shown)
    (FOLDER / "pages.tsv").write_text("".join(lines))

    damaged = Tiff().page([e.tobytes()], tags_of(e, BLACK_IS_0))
    damaged.page([e.tobytes()], tags_of(e, BLACK_IS_0, NBYTES=1 << 20))
    damaged.page(None, tags_of(e, BLACK_IS_0)).page([strip], tags_of(paper, WHITE_IS_0, 1,
                                                                       COMPRESSION=G4))
    (FOLDER / "pages-damaged.tif").write_bytes(bytes(damaged.data))
    shared = Tiff().page([two.tobytes()], tags_of(two, BLACK_IS_0))
    for _ in range(99):
        shared.page(None, {**tags_of(two, BLACK_IS_0), OFFSETS: 8, NBYTES: two.size})
    (FOLDER / "pages-that-share.tif").write_bytes(bytes(shared.data))


def make_tiff():
    make_pages()
    make_bilevel()
    make_gray_and_palette()
    make_color()
    make_one_of_many()


def malformed_tiff():
    plain = tiff(GRAY, BLACK_IS_0)
    short = "not a valid TIFF: the file is cut short"
    by_libtiff = "not a valid TIFF: ..."  # in its words
    bits = BILEVEL.astype(np.uint8)

    def changed(**more):
        """The plain file with other tags; None leaves one out."""
        tags = tags_of(GRAY, BLACK_IS_0, **{k: v for k, v in more.items() if v is not None})
        for name in (name for name, value in more.items() if value is None):
            tags.pop(globals()[name], None)
        return bytes(Tiff().page([GRAY.tobytes()], tags).data)

    def packed(compression, strip, pixels=GRAY, photometric=BLACK_IS_0, depth=8, **more):
        return bytes(Tiff().page([strip], tags_of(pixels, photometric, depth,
                                                  COMPRESSION=compression, **more)).data)

    circle = Tiff().page([GRAY.tobytes()], tags_of(GRAY, BLACK_IS_0))
    circle.page([GRAY.tobytes()], tags_of(GRAY, BLACK_IS_0))
    circle.patch(circle.last, struct.unpack("<I", circle.data[4:8])[0])
    behind = Tiff().page([GRAY.tobytes()], tags_of(GRAY, BLACK_IS_0))
    behind.patch(behind.last, len(behind.data) + 2)
    pages = Tiff().page([GRAY.tobytes()], tags_of(GRAY, BLACK_IS_0))
    for _ in range(2):
        pages.page([GRAY.tobytes()], tags_of(GRAY, BLACK_IS_0))
    high = np.zeros((HEIGHT + 1, WIDTH), np.uint8)
    g4 = fax("group4")
    lzw = by_pillow(Image.fromarray(GRAY), compression="tiff_lzw")
    lzw_tags = Image.open(io.BytesIO(lzw)).tag_v2
    lzw_strip = lzw[lzw_tags[OFFSETS][0]:][:lzw_tags[NBYTES][0]]
    jpeg_file = io.BytesIO()
    Image.fromarray(GRAY).save(jpeg_file, "JPEG", quality=90)
    jpeg = jpeg_file.getvalue()
    tile = {"ROWS": None, "TILE_WIDE": 64, "TILE_HIGH": 64}
    return (
        ("tiff-cut-in-header.tif", plain[:6], "CORRUPT", short),
        ("tiff-no-directory.tif", plain[:4] + bytes(4), "CORRUPT",
         "not a valid TIFF: it holds no image"),
        ("tiff-directory-behind-end.tif", plain[:4] + b"\xff\xff\xff\x7f" + plain[8:], "CORRUPT",
         short),
        ("tiff-bigtiff-directory-behind-end.tif",
         tiff(GRAY, BLACK_IS_0, big=True)[:8] + b"\xff" * 8 + bytes(100), "CORRUPT", short),
        ("tiff-cut-in-directory.tif", plain[:-20], "CORRUPT", short),
        ("tiff-second-directory-behind-end.tif", bytes(behind.data), "CORRUPT", short),
        ("tiff-pages-in-a-circle.tif", bytes(circle.data), "CORRUPT",
         "not a valid TIFF: its list of pages is circular"),
        ("tiff-strip-behind-end.tif", changed(NBYTES=20000), "CORRUPT", short),
        ("tiff-strip-too-short.tif", tiff(GRAY, BLACK_IS_0, rows=10,
                                              NBYTES=[440, 440, 300, 440, 440, 440]), "CORRUPT", by_libtiff),
        ("tiff-no-strips.tif", bytes(Tiff().page(None, tags_of(GRAY, BLACK_IS_0)).data), "CORRUPT",
         by_libtiff),
        ("tiff-too-few-strips.tif", changed(ROWS=10), "CORRUPT", by_libtiff),
        ("tiff-no-width.tif", changed(WIDE=None), "CORRUPT", by_libtiff),
        ("tiff-zero-height.tif", changed(HIGH=0), "CORRUPT", by_libtiff),
        ("tiff-60000x60000.tif", changed(WIDE=60000, HIGH=60000, ROWS=60000), "LIMIT",
         "image is 60000 pixels wide, the limit is 32768"),
        ("tiff-30000x30000.tif", changed(WIDE=30000, HIGH=30000, ROWS=30000), "LIMIT",
         "image has 900000000 pixels, the limit is 67108864"),
        ("tiff-0-bits.tif", changed(BITS=0), "CORRUPT", by_libtiff),
        ("tiff-32-bits.tif", tiff(GRAY, BLACK_IS_0, 32), "UNSUPPORTED",
         "TIFF with 32 bits per sample is not supported"),
        ("tiff-float.tif", changed(SAMPLE_FORMAT=3), "UNSUPPORTED",
         "TIFF with floating-point samples is not supported"),
        ("tiff-signed.tif", changed(SAMPLE_FORMAT=2), "UNSUPPORTED",
         "TIFF with signed samples is not supported"),
        ("tiff-20-samples.tif", changed(SAMPLES=20, BITS=[8] * 20), "UNSUPPORTED",
         "TIFF with 20 samples per pixel is not supported"),
        ("tiff-1-sample-of-3.tif", changed(PHOTOMETRIC=RGB), "CORRUPT",
         "not a valid TIFF: 1 of 3 colors"),
        ("tiff-no-palette.tif", tiff(GRAY // 16, PALETTE, 4), "CORRUPT", by_libtiff),
        ("tiff-color-filter-array.tif", changed(PHOTOMETRIC=CFA), "UNSUPPORTED",
         "this kind of TIFF is not supported: ..."),
        ("tiff-old-jpeg.tif", packed(OLD_JPEG, GRAY.tobytes()), "UNSUPPORTED",
         "TIFF with compression 6 is not supported"),
        ("tiff-jpeg-2000.tif", packed(34712, GRAY.tobytes()), "UNSUPPORTED",
         "TIFF with compression 34712 is not supported"),
        ("tiff-tile-of-1-gib.tif", changed(**{**tile, "TILE_WIDE": 32768, "TILE_HIGH": 32768}),
         "LIMIT", "TIFF with tiles of 1073741824 bytes"),
        ("tiff-tile-without-height.tif", changed(**{**tile, "TILE_HIGH": 0}), "CORRUPT", by_libtiff),
        ("tiff-tile-too-short.tif", changed(**tile), "CORRUPT", by_libtiff),
        ("tiff-g4-too-few-rows.tif", packed(G4, g4, high, WHITE_IS_0, 1), "CORRUPT", by_libtiff),
        ("tiff-g4-cut.tif", packed(G4, g4[:-30], bits, WHITE_IS_0, 1), "CORRUPT", by_libtiff),
        ("tiff-g4-damaged.tif", packed(G4, g4[:20] + bytes(5) + g4[25:], bits, WHITE_IS_0, 1),
         "CORRUPT", by_libtiff),
        ("tiff-g3-cut.tif", packed(G3, fax("group3")[:-60], bits, WHITE_IS_0, 1), "CORRUPT", by_libtiff),
        ("tiff-g3-damaged.tif", packed(G3, fax("group3")[:100] + b"\x55" * 20 +
                                       fax("group3")[120:], bits, WHITE_IS_0, 1), "CORRUPT", by_libtiff),
        ("tiff-lzw-cut.tif", packed(5, lzw_strip[:-100]), "CORRUPT", by_libtiff),
        ("tiff-lzw-damaged.tif", packed(5, lzw_strip[:100] + b"\xff" * 20 + lzw_strip[120:]),
         "CORRUPT", by_libtiff),
        ("tiff-deflate-cut.tif", packed(DEFLATE, zlib.compress(GRAY.tobytes())[:-200]), "CORRUPT",
         by_libtiff),
        ("tiff-deflate-damaged.tif", packed(DEFLATE, b"\x78\xda" + b"\xff" * 400), "CORRUPT", by_libtiff),
        ("tiff-packbits-cut.tif", packed(32773, b"\x7f" + GRAY.tobytes()[:128]), "CORRUPT", by_libtiff),
        ("tiff-jpeg-cut.tif", packed(JPEG, jpeg[:-150]), "CORRUPT", by_libtiff),
        ("tiff-jpeg-damaged.tif", packed(JPEG, jpeg[:-150] + b"\xff\xd9" + jpeg[-148:]), "CORRUPT",
         by_libtiff),
        ("tiff-jpeg-no-jpeg.tif", packed(JPEG, GRAY.tobytes()), "CORRUPT", by_libtiff),
        ("tiff-three-pages.tif", bytes(pages.data), "PAGES", "a TIFF file of 3 pages, not one image"),
    )


def make_malformed():
    MALFORMED.mkdir(exist_ok=True)
    lines = ["# name\tstatus\tmessage\n"]
    for name, data, code, message in malformed_webp() + malformed_tiff():
        (MALFORMED / name).write_bytes(data)
        lines.append(f"{name}\tEMNIST_ERR_{code}\t{message}\n")
    (MALFORMED / "expected.tsv").write_text("".join(lines))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    make_webp()
    make_tiff()
    (FOLDER / "expected.tsv").write_text("".join(Expected.lines))
    make_malformed()
