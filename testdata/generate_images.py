#!/usr/bin/env python3
"""Makes testdata/samples, testdata/images and testdata/malformed.

    python3 testdata/generate_images.py     (needs Pillow; writes the same pixels each time, but for
                                             what another version of Pillow's encoders would change)

The characters are strokes of our own, drawn below, with wobble, slant and a pen whose width varies;
none comes from EMNIST. PNG files are put together here byte by byte, so that every kind and every
defect is exactly what its name says. What the tests expect is written from the arrays before they
are encoded (images/expected.tsv) or stated beside each defect (malformed/expected.tsv), and checked
against Pillow where Pillow reads the kind faithfully.
"""
import io
import math
import pathlib
import random
import struct
import zlib

from PIL import Image, ImageChops, ImageDraw, ImageFilter

FOLDER = pathlib.Path(__file__).parent
SAMPLES, IMAGES, MALFORMED = (FOLDER / n for n in ("samples", "images", "malformed"))


# ------------------------------------------------------------------------------------ characters

def arc(cx, cy, rx, ry, start, end, n=9):
    """Points of an ellipse's arc; degrees, 0 is right, 90 is down."""
    angles = [math.radians(start + (end - start) * i / n) for i in range(n + 1)]
    return [(cx + rx * math.cos(a), cy + ry * math.sin(a)) for a in angles]


# Strokes in a box of side 1, x to the right, y down. A point that is given twice is a corner.
GLYPHS = {
    "2": [arc(.46, .27, .3, .25, 195, 395) + [(.12, .95), (.12, .95), (.45, .9), (.88, .96)]],
    "3": [arc(.42, .27, .28, .25, 205, 430) + [(.42, .5), (.42, .5)] +
          arc(.44, .73, .33, .25, -75, 150)],
    "4": [[(.3, .03), (.12, .56), (.12, .56), (.5, .6), (.88, .57)], [(.66, .25), (.62, .98)]],
    "5": [[(.8, .06), (.28, .05), (.28, .05), (.22, .45), (.22, .45)] +
          arc(.46, .68, .33, .28, -115, 145)],
    "7": [[(.14, .1), (.5, .07), (.84, .06), (.84, .06), (.55, .5), (.38, .98)]],
    "8": [arc(.5, .26, .25, .23, -60, -250) + arc(.5, .73, .31, .25, -70, 250) +
          [(.66, .42), (.7, .2), (.62, .06)]],
    "A": [[(.1, .98), (.32, .45), (.52, .03), (.52, .03), (.7, .45), (.9, .97)],
          [(.24, .64), (.5, .6), (.8, .63)]],
    "B": [[(.2, .04), (.18, .5), (.2, .97)],
          [(.08, .06)] + arc(.42, .26, .3, .2, -90, 90) + [(.2, .48), (.2, .48)] +
          arc(.44, .73, .4, .24, -85, 90) + [(.08, .97)]],
    "E": [[(.84, .05), (.5, .06), (.2, .04), (.2, .04), (.18, .5), (.2, .96), (.2, .96),
           (.5, .95), (.88, .93)], [(.2, .5), (.45, .5), (.72, .47)]],
    "G": [arc(.5, .5, .42, .46, -50, -340, 12) + [(.9, .5), (.9, .5), (.7, .52), (.48, .54)],
          [(.9, .52), (.9, .75), (.88, .98)]],
    "R": [[(.2, .03), (.18, .5), (.2, .98)],
          [(.18, .06)] + arc(.44, .28, .34, .23, -90, 90) + [(.22, .52), (.22, .52), (.5, .72),
                                                            (.9, .97)]],
    "b": [[(.2, .02), (.19, .5), (.2, .95)],
          [(.2, .72)] + arc(.5, .73, .32, .23, -140, 140) + [(.22, .92)]],
    "d": [arc(.44, .7, .28, .26, -35, -325), [(.74, .02), (.73, .5), (.75, .97)]],
    "e": [[(.16, .62), (.5, .57), (.82, .52)] + arc(.5, .6, .34, .36, -20, -310)],
    "h": [[(.22, .02), (.21, .5), (.22, .98)],
          [(.22, .66), (.32, .52), (.5, .45), (.68, .53), (.74, .7), (.76, .97)]],
    "n": [[(.14, .28), (.2, .6), (.2, .96)],
          [(.2, .55), (.34, .36), (.54, .28), (.72, .38), (.78, .62), (.82, .96)]],
    "t": [[(.46, .03), (.44, .5), (.46, .82), (.58, .96), (.78, .9)],
          [(.16, .33), (.45, .31), (.8, .3)]],
}


def smooth(points, n=14):
    """A Catmull-Rom curve through the points; repeated points make corners."""
    padded = [points[0]] + list(points) + [points[-1]]
    curve = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:]):
        for i in range(n):
            t = i / n
            curve.append(tuple(
                .5 * (2 * q + (r - p) * t + (2 * p - 5 * q + 4 * r - s) * t * t +
                      (3 * q - p - 3 * r + s) * t ** 3)
                for p, q, r, s in zip(a, b, c, d)))
    return curve + [points[-1]]


def draw(character, width, height, box, pen=.11, seed=0, slant=.08, wobble=.012):
    """Coverage (mode L, 255 = ink) of a character whose ink fills box = (left, top, right, bottom);
    pen is its mean width as a share of the box's longer side."""
    rng = random.Random(f"{character}{seed}")
    over = 4 if max(width, height) <= 600 else 2
    image = Image.new("L", (width * over, height * over))
    canvas = ImageDraw.Draw(image)
    left, top, right, bottom = (v * over for v in box)
    size = max(right - left, bottom - top)
    phases = [rng.uniform(0, 2 * math.pi) for _ in range(6)]
    for stroke in GLYPHS[character]:
        curve = smooth(stroke)
        for i, (x, y) in enumerate(curve):
            along = i / len(curve)
            u = x + slant * (.5 - y) + wobble * math.sin(9 * y + phases[0]) + \
                wobble * .5 * math.sin(23 * (x + y) + phases[1])
            v = y + wobble * math.sin(8 * x + phases[2]) + \
                wobble * .5 * math.sin(19 * x + phases[3])
            weight = 1 + .16 * math.sin(5 * along + phases[4]) + \
                .08 * math.sin(17 * along + phases[5])
            weight *= 1 - .35 * max(0, along - .85) / .15
            r = max(.5 * over, pen * size * weight / 2)
            cx, cy = left + u * (right - left), top + v * (bottom - top)
            if i:
                thickness = max(1, round(2 * min(r, before[2])))
                canvas.line((*before[:2], cx, cy), fill=255, width=thickness)
            canvas.ellipse((cx - r, cy - r, cx + r, cy + r), fill=255)
            before = (cx, cy, r)
    return image.resize((width, height), Image.BOX)


def noise(width, height, sigma, seed, coarse=1):
    """Normal noise around 128 (mode L), in grains of `coarse` pixels."""
    rng = random.Random(seed)
    w, h = -(-width // coarse), -(-height // coarse)
    grains = bytes(min(255, max(0, round(rng.gauss(128, sigma)))) for _ in range(w * h))
    image = Image.frombytes("L", (w, h), grains)
    return image.resize((width, height), Image.BICUBIC) if coarse > 1 else image


def ramp(width, height, corners):
    """Light that varies over the page: brightness in the four corners, bilinear."""
    small = Image.new("L", (2, 2))
    small.putdata(corners)
    return small.resize((width, height), Image.BICUBIC)


def ink_on(paper, ink, coverage):
    """The color ink where coverage is 255, paper (an image or a color) where it is 0."""
    mode = "L" if isinstance(ink, int) else "RGB"
    if not isinstance(paper, Image.Image):
        paper = Image.new(mode, coverage.size, paper)
    return Image.composite(Image.new(mode, coverage.size, ink), paper.convert(mode), coverage)


def grain(image, sigma, seed):
    bands = [ImageChops.add(band, noise(*image.size, sigma, f"{seed}{i}"), 1, -128)
             for i, band in enumerate(image.split())]
    return Image.merge(image.mode, bands)


# ------------------------------------------------------------------------------------ PNG writing

GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
CHANNELS = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGBA: 4}
SIGNATURE = b"\x89PNG\r\n\x1a\n"
ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
         (0, 1, 1, 2))


def chunk(kind, data=b""):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def header(width, height, depth, kind, interlaced=0, compression=0, filtering=0):
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, compression,
                                      filtering, interlaced))


def pack_row(samples, depth):
    if depth == 16:
        return struct.pack(f">{len(samples)}H", *samples)
    if depth == 8:
        return bytes(samples)
    per = 8 // depth
    samples = list(samples) + [0] * (-len(samples) % per)
    return bytes(sum(s << (8 - depth * (k + 1)) for k, s in enumerate(samples[i:i + per]))
                 for i in range(0, len(samples), per))


def paeth(a, b, c):
    p = a + b - c
    return min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]


def filter_rows(rows, bpp):
    """Each row with the next of the five filters."""
    out, above = bytearray(), bytes(len(rows[0]) if rows else 0)
    for y, row in enumerate(rows):
        kind = y % 5
        out.append(kind)
        for i, value in enumerate(row):
            a = row[i - bpp] if i >= bpp else 0
            b = above[i]
            c = above[i - bpp] if i >= bpp else 0
            out.append((value - (0, a, b, (a + b) // 2, paeth(a, b, c))[kind]) & 255)
        above = row
    return bytes(out)


def raw_rows(pixels, width, height, depth, kind, interlaced):
    """pixels: (height)(width) tuples of samples. The filtered bytes that are to be compressed."""
    bpp = max(1, CHANNELS[kind] * depth // 8)
    passes = ADAM7 if interlaced else ((0, 0, 1, 1),)
    out = b""
    for x0, y0, dx, dy in passes:
        rows = [pack_row([s for x in range(x0, width, dx) for s in pixels[y][x]], depth)
                for y in range(y0, height, dy)]
        if rows and rows[0]:
            out += filter_rows(rows, bpp)
    return out


def png(pixels, depth, kind, interlaced=0, before=b"", n_idat=1):
    width, height = len(pixels[0]), len(pixels)
    data = zlib.compress(raw_rows(pixels, width, height, depth, kind, interlaced), 9)
    step = -(-len(data) // n_idat)
    idat = b"".join(chunk(b"IDAT", data[i:i + step]) for i in range(0, len(data), step))
    return (SIGNATURE + header(width, height, depth, kind, interlaced) + before + idat +
            chunk(b"IEND"))


def rows_of(image):
    """An image of Pillow's as (height)(width) tuples."""
    flat, n = image.tobytes(), len(image.getbands())
    data = [tuple(flat[i:i + n]) for i in range(0, len(flat), n)]
    return [data[i:i + image.width] for i in range(0, len(data), image.width)]


# ------------------------------------------------------------------------------------ samples

def save_sample(name, image, **options):
    image.save(SAMPLES / name, **options)


def make_samples():
    SAMPLES.mkdir(exist_ok=True)

    # A scan at 150 dots an inch: grey, even light, some grain.
    page = ink_on(236, 40, draw("2", 170, 210, (45, 40, 125, 165)))
    save_sample("digit-2-scan.png", grain(page.filter(ImageFilter.GaussianBlur(.7)), 4, 1))

    # A photograph: blue ballpoint, light from the left.
    light = ramp(420, 360, (225, 150, 205, 118)).filter(ImageFilter.GaussianBlur(40))
    yellow = ImageChops.multiply(light, Image.new("L", light.size, 240))
    paper = Image.merge("RGB", [light, light, yellow])
    ink = draw("3", 420, 360, (140, 70, 270, 280), pen=.1)
    dark = ImageChops.multiply(paper, Image.new("RGB", paper.size, (70, 80, 150)))
    photo = Image.composite(dark, paper, ink.filter(ImageFilter.GaussianBlur(1.2)))
    save_sample("digit-3-photo.jpg", grain(photo, 3, 2), quality=80)

    # Pencil: little contrast, rough.
    ink = ImageChops.multiply(draw("4", 240, 260, (60, 50, 170, 205), pen=.085),
                              noise(240, 260, 26, 3, 2).point(lambda v: min(255, v + 90)))
    save_sample("digit-4-pencil.png", grain(ink_on(228, 142, ink), 2, 3))

    # Blue ink on cream paper.
    ink = draw("5", 200, 240, (55, 45, 145, 195), pen=.12)
    save_sample("digit-5-blue-ink.png", ink_on((250, 244, 225), (30, 50, 160), ink))

    # Out of a spreadsheet of scans: nothing but black and white.
    page = ink_on(255, 0, draw("7", 128, 128, (30, 20, 98, 108), pen=.1)).point(
        lambda v: 255 if v > 127 else 0).convert("1")
    save_sample("digit-7-bilevel.png", page)

    # A small one from the web.
    page = ink_on(255, 20, draw("8", 32, 40, (8, 6, 24, 34), pen=.13))
    save_sample("digit-8-small.gif", page)

    # Chalk on a board.
    ink = ImageChops.multiply(draw("A", 360, 360, (80, 70, 280, 290), pen=.09),
                              noise(360, 360, 34, 4, 2).point(lambda v: min(255, v + 70)))
    board = ramp(360, 360, (52, 64, 40, 58))
    save_sample("capital-a-chalk.jpg", grain(ink_on(board, 225, ink), 5, 4), quality=80)

    # A thick red marker.
    ink = draw("B", 300, 300, (65, 50, 235, 250), pen=.15, slant=.02)
    save_sample("capital-b-marker.png", ink_on((255, 255, 255), (200, 30, 40), ink))

    # Drawn on a tablet: ink on nothing, once black, once white.
    for name, character, color in (("capital-r-transparent.png", "R", (0, 0, 0)),
                                   ("capital-e-white-on-transparent.png", "E", (255, 255, 255))):
        ink = draw(character, 180, 180, (35, 30, 145, 150), pen=.14, slant=.02)
        page = Image.new("RGBA", ink.size, color + (0,))
        page.putalpha(ink)
        save_sample(name, page)

    # As EMNIST has them: 28x28, light on black, blurred.
    ink = draw("G", 28, 28, (4, 4, 24, 24), pen=.13, slant=.1).filter(ImageFilter.GaussianBlur(.6))
    most = ink.getextrema()[1]
    save_sample("capital-g-emnist.png", ink.point(lambda v: min(255, v * 255 // most)))

    # A photograph that the phone says to turn by a quarter.
    page = ink_on(ramp(300, 400, (200, 215, 180, 200)), 55, draw("d", 300, 400, (90, 90, 210, 300)))
    turned = page.filter(ImageFilter.GaussianBlur(1)).transpose(Image.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6
    save_sample("small-d-phone.jpg", grain(turned, 3, 5), quality=80, exif=exif)

    # A thumbnail.
    save_sample("small-e-tiny.png", ink_on(250, 30, draw("e", 20, 22, (5, 6, 15, 17), pen=.15)))

    # Cut out without any margin.
    ink = draw("b", 200, 260, (30, 40, 170, 220), pen=.11)
    save_sample("small-b-cropped.png", ink_on(245, 25, ink.crop(ink.getbbox())))

    # Small on a large page.
    save_sample("small-h-wide-margins.png",
         ink_on(252, 35, draw("h", 900, 700, (600, 180, 660, 280), pen=.12)))

    # An indexed image of a screen.
    page = ink_on((255, 255, 224), (90, 0, 110), draw("n", 96, 96, (24, 26, 72, 72), pen=.14))
    save_sample("small-n-palette.png", page.convert("P", palette=Image.ADAPTIVE, colors=8))

    # White on black, uncompressed.
    page = ink_on(0, 255, draw("t", 90, 110, (22, 18, 68, 92), pen=.13))
    save_sample("small-t-inverted.bmp", page)


# ------------------------------------------------------------------------------------ every kind

PNG_KINDS = (
    # name, color type, depth, interlaced
    ("grey1", GREY, 1, 0), ("grey2", GREY, 2, 0), ("grey4", GREY, 4, 0), ("grey8", GREY, 8, 0),
    ("grey16", GREY, 16, 0), ("rgb8", RGB, 8, 0), ("rgb16", RGB, 16, 0),
    ("palette1", PALETTE, 1, 0), ("palette2", PALETTE, 2, 0), ("palette4", PALETTE, 4, 0),
    ("palette8", PALETTE, 8, 0), ("grey-alpha8", GREY_ALPHA, 8, 0),
    ("grey-alpha16", GREY_ALPHA, 16, 0), ("rgba8", RGBA, 8, 0), ("rgba16", RGBA, 16, 0),
)
WIDTH, HEIGHT = 23, 31


class Expected:
    """images/expected.tsv"""
    lines = ["# name\twidth\theight\tchannels\tCRC-32 of the pixels, or a file of near ones\n"]

    @classmethod
    def add(cls, name, pixels, check=None):
        """pixels: (height)(width) tuples of 8-bit samples."""
        flat = bytes(s for row in pixels for pixel in row for s in pixel)
        cls.lines.append(f"{name}\t{len(pixels[0])}\t{len(pixels)}\t{len(pixels[0][0])}\t"
                         f"{check or f'{zlib.crc32(flat):08x}'}\n")


def to8(sample, depth):
    most = (1 << depth) - 1
    return (sample * 510 + most) // (2 * most)


def test_pixels(kind, depth, seed):
    """A character with colored shades in samples of the kind's own depth, and its palette."""
    rng = random.Random(f"{kind}{depth}")
    ink = rows_of(draw("R", WIDTH, HEIGHT, (4, 4, 19, 27), pen=.15, seed=seed))
    most = (1 << depth) - 1
    channels = CHANNELS[kind]
    pixels = []
    for y in range(HEIGHT):
        row = []
        for x in range(WIDTH):
            dark = ink[y][x][0] / 255
            shades = [(1 - dark) * (.7 + .3 * x / WIDTH), (1 - dark) * (.6 + .4 * y / HEIGHT),
                      1 - .6 * dark][:channels - (kind in (GREY_ALPHA, RGBA))]
            if kind in (GREY_ALPHA, RGBA):
                shades.append(.2 + .8 * dark if (x + y) % 3 else 1)
            row.append(tuple(min(most, max(0, round(s * most) + (rng.randrange(-200, 200)
                                                                if depth == 16 else 0)))
                             for s in shades))
        pixels.append(row)
    palette = [(rng.randrange(256), rng.randrange(256), rng.randrange(256))
               for _ in range(1 << min(depth, 8))]
    return pixels, palette


def expand(pixels, kind, depth, palette, alphas=None, key=None):
    """What the pixels are as 8-bit grey, grey and alpha, RGB or RGBA."""
    out = []
    for row in pixels:
        new = []
        for pixel in row:
            if kind == PALETTE:
                value = palette[pixel[0]]
                if alphas is not None:
                    value += (alphas[pixel[0]] if pixel[0] < len(alphas) else 255,)
            else:
                value = tuple(to8(s, depth) for s in pixel)
                if key is not None:
                    value += (0 if pixel == key else 255,)
            new.append(value)
        out.append(new)
    return out


def check_with_pillow(name, data, pixels):
    """Pillow must agree; of 16-bit samples it keeps the high byte, so those may differ by one."""
    image = Image.open(io.BytesIO(data))
    if image.mode.startswith("I"):
        return
    mode = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[len(pixels[0][0])]
    theirs = rows_of(image.convert(mode))
    deep = "16" in name
    for a, b in zip(theirs, pixels):
        for p, q in zip(a, b):
            assert all(abs(s - t) <= deep for s, t in zip(p, q)), (name, p, q)


def write_kind(name, kind, depth, interlaced, before=b"", alphas=None, key_at=None, **options):
    pixels, palette = test_pixels(kind, depth, 1)
    extra = before
    if kind == PALETTE:
        extra += chunk(b"PLTE", b"".join(bytes(c) for c in palette))
        if alphas is not None:
            extra += chunk(b"tRNS", bytes(alphas))
    key = None
    if key_at is not None:
        key = pixels[key_at[1]][key_at[0]]
        extra += chunk(b"tRNS", struct.pack(f">{len(key)}H", *key))
    data = png(pixels, depth, kind, interlaced, extra, **options)
    expected = expand(pixels, kind, depth, palette, alphas, key)
    if key is None or depth == 8:  # Pillow compares a key of another depth with 8-bit samples
        check_with_pillow(name, data, expected)
    (IMAGES / name).write_bytes(data)
    Expected.add(name, expected)


def make_png_kinds():
    for name, kind, depth, _ in PNG_KINDS:
        write_kind(f"{name}.png", kind, depth, 0)
        write_kind(f"{name}-interlaced.png", kind, depth, 1)
    for depth in (1, 2, 4, 8):
        alphas = [0, 255, 40, 128, 200, 90][:min(6, 1 << depth)]
        write_kind(f"palette{depth}-trns.png", PALETTE, depth, 0, alphas=alphas)
    for depth in (1, 2, 4, 8, 16):
        write_kind(f"grey{depth}-trns.png", GREY, depth, 0, key_at=(0, 0))
    for depth in (8, 16):
        write_kind(f"rgb{depth}-trns.png", RGB, depth, 0, key_at=(1, 1))

    # What speaks of color and gamma must change nothing; nor must text, however much.
    gamma = chunk(b"gAMA", struct.pack(">I", 100000)) + chunk(b"cHRM", struct.pack(
        ">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000))
    write_kind("rgb8-gamma.png", RGB, 8, 0, gamma)
    write_kind("grey8-gamma.png", GREY, 8, 0, chunk(b"gAMA", struct.pack(">I", 20000)))
    write_kind("grey16-gamma.png", GREY, 16, 0, chunk(b"gAMA", struct.pack(">I", 250000)))
    write_kind("rgb8-srgb.png", RGB, 8, 0, chunk(b"sRGB", b"\0"))
    write_kind("rgb8-iccp.png", RGB, 8, 0, chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(500))))
    write_kind("rgba8-background.png", RGBA, 8, 0, chunk(b"bKGD", struct.pack(">3H", 255, 0, 0)))
    write_kind("grey8-text.png", GREY, 8, 0, chunk(b"tEXt", b"Comment\0" + b"any " * 50) +
               chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"any " * 5000)))
    write_kind("grey8-unknown-chunk.png", GREY, 8, 0, chunk(b"prIV", b"private"))
    write_kind("grey8-many-idat.png", GREY, 8, 0, n_idat=40)
    write_kind("grey8-significant-bits.png", GREY, 8, 0, chunk(b"sBIT", b"\5"))

    # An animated PNG shows its default image; a file that goes on behind its end is whole.
    plain = (IMAGES / "grey8.png").read_bytes()
    first = chunk(b"acTL", struct.pack(">II", 2, 0)) + chunk(b"fcTL", struct.pack(
        ">IIIIIHHBB", 0, WIDTH, HEIGHT, 0, 0, 1, 10, 0, 0))
    second = chunk(b"fcTL", struct.pack(">IIIIIHHBB", 1, WIDTH, HEIGHT, 0, 0, 1, 10, 0, 0)) + \
        chunk(b"fdAT", struct.pack(">I", 2) + zlib.compress(bytes((WIDTH + 1) * HEIGHT)))
    pixels, _ = test_pixels(GREY, 8, 1)
    for name, data in (
            ("grey8-animated.png", plain[:33] + first + plain[33:-12] + second + plain[-12:]),
            ("grey8-trailing-bytes.png", plain + b"more, which is none of the image")):
        (IMAGES / name).write_bytes(data)
        Expected.add(name, pixels)

    for name, width, height in (("1x1.png", 1, 1), ("1x300.png", 1, 300), ("300x1.png", 300, 1),
                                ("2x2000.png", 2, 2000), ("3000x3.png", 3000, 3)):
        pixels = [[((x * 7 + y * 13) % 256,) for x in range(width)] for y in range(height)]
        (IMAGES / name).write_bytes(png(pixels, 8, GREY))
        Expected.add(name, pixels)


def bmp(pixels, bits, palette=(), top_down=False, core=False, header_nbytes=40, masks=b"",
        compression=0, n_colors=None, lie_size=None):
    width, height = len(pixels[0]), len(pixels)
    rows = b""
    for row in pixels if top_down else pixels[::-1]:
        if bits <= 8:
            packed = pack_row([p[0] for p in row], bits)
        elif bits == 16:
            packed = b"".join(struct.pack("<H", p[0] >> 3 << 10 | p[1] >> 3 << 5 | p[2] >> 3)
                              for p in row)
        else:
            packed = b"".join(bytes(p[2::-1]) + bytes(p[3:4] or b"\0" * (bits == 32)) for p in row)
        rows += packed + bytes(-len(packed) % 4)
    table = b"".join(bytes(c[::-1]) + (b"" if core else b"\0") for c in palette[:n_colors])
    if core:
        info = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        info = struct.pack("<IiiHHIIIIII", header_nbytes, width, -height if top_down else height, 1,
                           bits, compression, len(rows), 2835, 2835, len(table) // 4, 0)
    info += masks
    offset = 14 + len(info) + len(table)
    size = offset + len(rows) if lie_size is None else lie_size
    return b"BM" + struct.pack("<IHHI", size, 0, 0, offset) + info + table + rows


def tga(pixels, kind, bits, rle=False, descriptor=0x20, palette=(), identifier=b""):
    width, height = len(pixels[0]), len(pixels)

    def one(p):
        if kind == 2 and bits == 16:
            return struct.pack("<H", p[0] >> 3 << 10 | p[1] >> 3 << 5 | p[2] >> 3)
        return bytes(p[2::-1]) + bytes(p[3:]) if kind == 2 else bytes(p)

    rows = pixels if descriptor & 0x20 else pixels[::-1]
    data = b""
    for row in rows:
        row = row[::-1] if descriptor & 0x10 else row
        if not rle:
            data += b"".join(map(one, row))
            continue
        x = 0
        while x < width:
            n = 1
            while x + n < width and n < 128 and row[x + n] == row[x]:
                n += 1
            if n > 1:
                data += bytes((0x80 | n - 1,)) + one(row[x])
            else:
                while x + n < width and n < 128 and row[x + n] != row[x + n - 1]:
                    n += 1
                data += bytes((n - 1,)) + b"".join(map(one, row[x:x + n]))
            x += n
    table = b"".join(bytes(c[::-1]) for c in palette)
    return struct.pack("<BBBHHBHHHHBB", len(identifier), bool(palette), kind + 8 * rle, 0,
                       len(palette), 24 if palette else 0, 0, 0, width, height, bits,
                       descriptor) + identifier + table + data


def pnm(magic, pixels, maximum=255, comment=b""):
    width, height = len(pixels[0]), len(pixels)
    head = magic + b"\n" + comment + b"%d %d\n" % (width, height)
    flat = [s for row in pixels for p in row for s in p]
    if magic == b"P1":
        return head + b"".join(b"%d" % s + b"\n" * (i % 60 == 59) for i, s in enumerate(flat))
    if magic == b"P4":
        return head + b"".join(pack_row([p[0] for p in row], 1) for row in pixels)
    head += b"%d\n" % maximum
    if magic in (b"P2", b"P3"):
        return head + b"".join(b"%d " % s + b"\n" * (i % 16 == 15) for i, s in enumerate(flat))
    return head + (bytes(flat) if maximum < 256 else struct.pack(f">{len(flat)}H", *flat))


def make_other_kinds():
    grey, _ = test_pixels(GREY, 8, 1)
    color, _ = test_pixels(RGB, 8, 1)
    alpha, _ = test_pixels(RGBA, 8, 1)
    grey_alpha, _ = test_pixels(GREY_ALPHA, 8, 1)

    def put(name, data, pixels, pillow=True):
        (IMAGES / name).write_bytes(data)
        if pillow:
            check_with_pillow(name, data, pixels)
        Expected.add(name, pixels)

    # Of five bits, scaled and cut off.
    five = [[tuple((s >> 3) * 255 // 31 for s in p) for p in row] for row in color]
    for bits in (1, 4, 8):
        pixels, palette = test_pixels(PALETTE, bits, 1)
        shown = expand(pixels, PALETTE, bits, palette)
        put(f"palette{bits}.bmp", bmp(pixels, bits, palette), shown)
        put(f"palette{bits}-os2.bmp", bmp(pixels, bits, palette, core=True), shown)
        put(f"palette{bits}-top-down.bmp", bmp(pixels, bits, palette, top_down=True), shown)
    put("rgb16.bmp", bmp(color, 16), five)
    put("rgb24.bmp", bmp(color, 24), color)
    put("rgb24-top-down.bmp", bmp(color, 24, top_down=True), color)
    put("rgb24-wrong-file-size.bmp", bmp(color, 24, lie_size=7), color)
    masks = struct.pack("<4I", 0xff0000, 0xff00, 0xff, 0xff000000) + bytes(52)
    put("rgba32.bmp", bmp(alpha, 32, header_nbytes=108, masks=masks, compression=3), alpha)
    put("rgb32.bmp", bmp(color, 32), color)

    put("grey8.tga", tga(grey, 3, 8), grey)
    put("grey8-rle.tga", tga(grey, 3, 8, rle=True), grey)
    put("grey8-bottom-up.tga", tga(grey, 3, 8, descriptor=0), grey)
    put("grey8-right-to-left.tga", tga(grey, 3, 8, descriptor=0x30), grey, False)
    put("grey-alpha8.tga", tga(grey_alpha, 3, 16, descriptor=0x28), grey_alpha, False)
    put("rgb16.tga", tga(color, 2, 16), five, False)
    put("rgb24.tga", tga(color, 2, 24, identifier=b"drawn"), color)
    put("rgb24-rle.tga", tga(color, 2, 24, rle=True), color)
    put("rgba32.tga", tga(alpha, 2, 32, descriptor=0x28), alpha)
    indices, palette = test_pixels(PALETTE, 8, 1)
    put("palette8.tga", tga(indices, 1, 8, palette=palette), expand(indices, PALETTE, 8, palette),
        False)

    bits, _ = test_pixels(GREY, 1, 1)
    black = [[(1 - p[0],) for p in row] for row in bits]
    white = [[(255 * p[0],) for p in row] for row in bits]
    deep, _ = test_pixels(GREY, 16, 1)
    seven = [[(p[0] * 7 // 255,) for p in row] for row in grey]
    put("bits.pbm", pnm(b"P4", black), white)
    put("bits-plain.pbm", pnm(b"P1", black, comment=b"# 1 is black\n"), white)
    put("grey8.pgm", pnm(b"P5", grey, comment=b"# a comment\n#another\r"), grey)
    put("grey8-plain.pgm", pnm(b"P2", grey), grey)
    put("grey16.pgm", pnm(b"P5", deep, 65535),
        [[(to8(p[0], 16),) for p in row] for row in deep], False)
    put("grey3.pgm", pnm(b"P5", seven, 7), [[(to8(p[0], 3),) for p in row] for row in seven], False)
    put("rgb8.ppm", pnm(b"P6", color), color)
    put("rgb8-plain.ppm", pnm(b"P3", color), color)


def make_lossy_and_gif():
    base = ink_on((235, 240, 250), (40, 30, 90), draw("B", 60, 44, (12, 5, 40, 39), pen=.16))
    turns = {1: None, 2: Image.FLIP_LEFT_RIGHT, 3: Image.ROTATE_180, 4: Image.FLIP_TOP_BOTTOM,
             5: Image.TRANSPOSE, 6: Image.ROTATE_90, 7: Image.TRANSVERSE, 8: Image.ROTATE_270}

    def put(name, image, near, **options):
        image.save(IMAGES / name, "JPEG", **options)
        Expected.add(name, rows_of(near), "near-grey.pgm" if near.mode == "L" else "near-rgb.ppm")

    (IMAGES / "near-rgb.ppm").write_bytes(pnm(b"P6", rows_of(base)))
    (IMAGES / "near-grey.pgm").write_bytes(pnm(b"P5", rows_of(base.convert("L"))))
    put("baseline.jpg", base, base, quality=95, subsampling=0)
    put("subsampled.jpg", base, base, quality=95, subsampling=2)
    put("progressive.jpg", base, base, quality=95, subsampling=0, progressive=True)
    put("grey.jpg", base.convert("L"), base.convert("L"), quality=95)
    put("restart-markers.jpg", base, base, quality=95, subsampling=0, restart_marker_blocks=2)
    # What Adobe's programs write is how much light four inks let through; without their segment it is
    # how much of each ink there is.
    put("cmyk.jpg", base.convert("CMYK"), base, quality=95)
    put("cmyk-plain.jpg", ImageChops.invert(base.convert("CMYK")), base, quality=95)
    inks = (IMAGES / "cmyk-plain.jpg").read_bytes()
    adobe = inks.index(b"\xff\xee\0\x0eAdobe")
    (IMAGES / "cmyk-plain.jpg").write_bytes(inks[:adobe] + inks[adobe + 16:])
    for orientation, turn in turns.items():
        exif = Image.Exif()
        exif[0x010e] = "drawn by a program"
        exif[0x0112] = orientation
        put(f"exif-{orientation}.jpg", base.transpose(turn) if turn is not None else base, base,
            quality=95, subsampling=0, exif=exif)

    # As bright as each other in grey.
    even = ink_on((60, 150, 60), (200, 60, 70), draw("B", 100, 100, (25, 15, 75, 85), pen=.16))
    (IMAGES / "red-on-green.ppm").write_bytes(pnm(b"P6", rows_of(even)))
    even.save(IMAGES / "red-on-green.jpg", "JPEG", quality=95, subsampling=0)
    Expected.add("red-on-green.jpg", rows_of(even), "red-on-green.ppm")
    colors = even.quantize(64)
    colors.save(IMAGES / "red-on-green.png")
    Expected.add("red-on-green.png", rows_of(colors.convert("RGB")))

    # Only the first frame of an animation is read.
    palette = base.quantize(16)
    first = rows_of(palette.convert("RGBA"))
    other = Image.new("P", base.size, 3)
    other.putpalette(palette.getpalette())
    palette.save(IMAGES / "still.gif")
    palette.save(IMAGES / "interlaced.gif", interlace=1)
    palette.save(IMAGES / "animated.gif", save_all=True, append_images=[other], duration=100)
    palette.save(IMAGES / "transparent.gif", transparency=palette.getpixel((0, 0)))
    clear = palette.getpixel((0, 0))
    seen = [[(0, 0, 0, 0) if palette.getpixel((x, y)) == clear else p for x, p in enumerate(row)]
            for y, row in enumerate(first)]
    for name in ("still.gif", "interlaced.gif", "animated.gif"):
        shown = Image.open(IMAGES / name).convert("RGBA")
        assert rows_of(shown) == first, name
        Expected.add(name, first)
    Expected.add("transparent.gif", seen)


def make_images():
    IMAGES.mkdir(exist_ok=True)
    make_png_kinds()
    make_other_kinds()
    make_lossy_and_gif()
    (IMAGES / "expected.tsv").write_text("".join(Expected.lines))


# ------------------------------------------------------------------------------------ malformed

def with_crc_error(data, kind):
    """The PNG with one bit of the checksum of its first chunk of that kind turned."""
    at = data.index(kind)
    end = at + 4 + struct.unpack(">I", data[at - 4:at])[0]
    return data[:end] + bytes((data[end] ^ 1,)) + data[end + 1:]


def malformed_png():
    plain = (IMAGES / "grey8.png").read_bytes()
    pixels, _ = test_pixels(GREY, 8, 1)
    rows = raw_rows(pixels, WIDTH, HEIGHT, 8, GREY, 0)
    ihdr, iend = header(WIDTH, HEIGHT, 8, GREY), chunk(b"IEND")

    def built(*chunks):
        return SIGNATURE + b"".join(chunks)

    def idat(data, level=9):
        return chunk(b"IDAT", zlib.compress(data, level))

    stored = zlib.compress(rows, 0)
    palette = header(WIDTH, HEIGHT, 8, PALETTE) + chunk(b"PLTE", bytes(9))
    indexed = b"".join(b"\0" + bytes(x % 5 for x in range(WIDTH)) for _ in range(HEIGHT))
    zeros = zlib.compress(bytes(1 << 22), 9)
    return (
        ("png-signature-only.png", SIGNATURE, "CORRUPT", "the file is cut short"),
        ("png-signature-cut.png", SIGNATURE[:5], "CORRUPT", "the file is cut short"),
        ("png-as-text.png", plain.replace(b"\r\n", b"\n"), "CORRUPT",
         "damaged signature (was it transferred as text?)"),
        ("png-cgbi.png", built(chunk(b"CgBI", b"\x50\0\x20\2"), ihdr, idat(rows), iend),
         "UNSUPPORTED", "PNG in Apple's private CgBI form is not supported (to convert it: "
         "pngcrush -revert-iphone-optimizations)"),
        ("png-cut-in-ihdr.png", plain[:20], "CORRUPT", "the file is cut short"),
        ("png-cut-in-idat.png", plain[:len(plain) // 2], "CORRUPT", "the file is cut short"),
        ("png-no-iend.png", plain[:-12], "CORRUPT", "the file is cut short"),
        ("png-cut-in-iend.png", plain[:-2], "CORRUPT", "the file is cut short"),
        ("png-no-idat.png", built(ihdr, iend), "CORRUPT", "IEND is out of place"),
        ("png-no-ihdr.png", built(idat(rows), iend), "CORRUPT", "IHDR is not the first chunk"),
        ("png-two-ihdr.png", built(ihdr, ihdr, idat(rows), iend), "CORRUPT",
         "IHDR is out of place"),
        ("png-bad-crc-ihdr.png", with_crc_error(plain, b"IHDR"), "CORRUPT", "CRC error in IHDR"),
        ("png-bad-crc-idat.png", with_crc_error(plain, b"IDAT"), "CORRUPT", "CRC error in IDAT"),
        ("png-bad-crc-iend.png", with_crc_error(plain, b"IEND"), "CORRUPT", "CRC error in IEND"),
        ("png-bad-crc-plte.png",
         with_crc_error((IMAGES / "palette8.png").read_bytes(), b"PLTE"), "CORRUPT",
         "CRC error in PLTE"),
        ("png-bad-crc-trns.png",
         with_crc_error((IMAGES / "palette8-trns.png").read_bytes(), b"tRNS"), "CORRUPT",
         "CRC error in tRNS"),
        ("png-bad-crc-text.png",
         with_crc_error((IMAGES / "grey8-text.png").read_bytes(), b"tEXt"), "CORRUPT",
         "CRC error in tEXt"),
        ("png-zero-width.png", built(header(0, 31, 8, GREY), idat(rows), iend), "CORRUPT",
         "width is 0"),
        ("png-zero-height.png", built(header(23, 0, 8, GREY), idat(rows), iend), "CORRUPT",
         "height is 0"),
        ("png-depth-3.png", built(header(23, 31, 3, GREY), idat(rows), iend), "CORRUPT",
         "invalid bit depth in IHDR"),
        ("png-depth-1-rgb.png", built(header(23, 31, 1, RGB), idat(rows), iend), "CORRUPT",
         "invalid color type/bit depth combination in IHDR"),
        ("png-color-type-5.png", built(header(23, 31, 8, 5), idat(rows), iend), "CORRUPT",
         "invalid color type in IHDR"),
        ("png-compression-1.png", built(header(23, 31, 8, GREY, compression=1), idat(rows), iend),
         "CORRUPT", "unknown compression method in IHDR"),
        ("png-filter-method-1.png", built(header(23, 31, 8, GREY, filtering=1), idat(rows), iend),
         "CORRUPT", "invalid filter method in IHDR"),
        ("png-interlace-2.png", built(header(23, 31, 8, GREY, 2), idat(rows), iend), "CORRUPT",
         "unknown interlace method in IHDR"),
        ("png-filter-5.png", built(ihdr, idat(b"\5" + rows[1:]), iend), "CORRUPT",
         "bad adaptive filter value"),
        ("png-zlib-header.png", built(ihdr, chunk(b"IDAT", b"\0" + stored[1:]), iend), "CORRUPT",
         "incorrect header check in IDAT"),
        ("png-zlib-block.png", built(ihdr, chunk(b"IDAT", stored[:2] + b"\7" + stored[3:]), iend),
         "CORRUPT", "invalid block type in IDAT"),
        ("png-zlib-distance.png",
         built(ihdr, chunk(b"IDAT", b"\x78\xda\x03\x02\x00\x00" + bytes(40)), iend), "CORRUPT",
         "invalid distance too far back in IDAT"),
        ("png-too-few-rows.png", built(ihdr, idat(rows[:len(rows) // 2]), iend), "CORRUPT",
         "not enough image data"),
        ("png-no-palette.png", built(header(23, 31, 8, PALETTE), idat(indexed), iend), "CORRUPT",
         "no PLTE before IDAT"),
        ("png-palette-of-10-bytes.png",
         built(header(23, 31, 8, PALETTE), chunk(b"PLTE", bytes(10)), idat(indexed), iend),
         "CORRUPT", "invalid PLTE"),
        ("png-index-beyond-palette.png", built(palette, idat(indexed), iend), "CORRUPT",
         "a pixel has color 4 of a palette of 3"),
        ("png-unknown-critical-chunk.png", built(ihdr, chunk(b"CRIT", b"x"), idat(rows), iend),
         "CORRUPT", "unknown critical chunk CRIT"),
        ("png-chunk-length-beyond-2-31.png",
         built(ihdr, b"\xff\xff\xff\xf0tEXtshort", idat(rows), iend), "CORRUPT",
         "the length of a chunk is out of range"),
        ("png-chunk-name-with-digits.png", built(ihdr, chunk(b"a1b2"), idat(rows), iend),
         "CORRUPT", "a chunk type is not four letters"),
        ("png-60000x60000.png", built(header(60000, 60000, 8, GREY), idat(rows), iend), "LIMIT",
         "image is 60000 pixels wide, the limit is 32768"),
        ("png-1x60000.png", built(header(1, 60000, 8, GREY), idat(rows), iend), "LIMIT",
         "image is 60000 pixels high, the limit is 32768"),
        ("png-20000x20000.png", built(header(20000, 20000, 8, RGBA), idat(rows), iend), "LIMIT",
         "image has 400000000 pixels, the limit is 67108864"),
        ("png-2-31-pixels-wide.png", built(header(0x80000000, 1, 8, GREY), idat(rows), iend),
         "LIMIT", "image is 2147483648 pixels wide, the limit is 32768"),
        ("png-8000x8000-in-900-bytes.png", built(header(8000, 8000, 8, RGBA), idat(rows), iend),
         "CORRUPT", "the file is cut short"),
        ("png-bomb-in-idat.png", built(header(2000, 2000, 8, GREY), chunk(b"IDAT", zeros[:4000]),
                                       iend), "CORRUPT", "not enough image data"),
    )


def gif_cut(gif, frame):
    """Half of the codes, and then an end as it should be."""
    half = gif[frame + 11] // 2
    return gif[:frame + 11] + bytes((half,)) + gif[frame + 12:frame + 12 + half] + b"\0;"


def malformed_others():
    color, _ = test_pixels(RGB, 8, 1)
    indices, colors = test_pixels(PALETTE, 4, 1)
    grey, _ = test_pixels(GREY, 8, 1)
    jpeg = (IMAGES / "baseline.jpg").read_bytes()
    gif = (IMAGES / "still.gif").read_bytes()
    plain_bmp, plain_tga = bmp(color, 24), tga(color, 2, 24)
    sof = jpeg.index(b"\xff\xc0")
    sos = jpeg.index(b"\xff\xda")
    dht = jpeg.index(b"\xff\xc4")
    frame = gif.index(b",", 13 + 3 * 16)  # behind the color table of 16

    def patched(data, at, new):
        return data[:at] + new + data[at + len(new):]

    return (
        ("jpeg-cut-in-scan.jpg", jpeg[:(sos + len(jpeg)) // 2], "CORRUPT", "the file is cut short"),
        ("jpeg-scan-too-short.jpg", jpeg[:(sos + len(jpeg)) // 2] + jpeg[-2:], "CORRUPT",
         "a scan ends too soon"),
        ("jpeg-no-such-code.jpg", patched(jpeg, sos + 14, bytes(8) + b"\xff\0" * 8), "CORRUPT",
         "bad Huffman code"),
        ("jpeg-2-components.jpg", patched(jpeg, sof + 9, b"\2"), "CORRUPT",
         "bad number of components"),
        ("jpeg-cut-in-header.jpg", jpeg[:sof + 6], "CORRUPT", "the file is cut short"),
        ("jpeg-no-end.jpg", jpeg[:-2], "CORRUPT", "the file is cut short"),
        ("jpeg-no-image.jpg", jpeg[:2] + jpeg[-2:], "CORRUPT", "it holds no image"),
        ("jpeg-no-scan.jpg", jpeg[:sos] + jpeg[-2:], "CORRUPT", "it holds no image"),
        ("jpeg-zero-width.jpg", patched(jpeg, sof + 7, b"\0\0"), "CORRUPT", "width is 0"),
        ("jpeg-zero-height.jpg", patched(jpeg, sof + 5, b"\0\0"), "UNSUPPORTED",
         "JPEG with its height after the image is not supported"),
        ("jpeg-12-bits.jpg", patched(jpeg, sof + 4, b"\x0c"), "UNSUPPORTED",
         "JPEG with 12 bits per sample is not supported"),
        ("jpeg-arithmetic.jpg", patched(jpeg, sof + 1, b"\xc9"), "UNSUPPORTED",
         "lossless, hierarchical and arithmetic JPEG are not supported"),
        ("jpeg-lossless.jpg", patched(jpeg, sof + 1, b"\xc3"), "UNSUPPORTED",
         "lossless, hierarchical and arithmetic JPEG are not supported"),
        ("jpeg-5-components.jpg", patched(jpeg, sof + 9, b"\5"), "CORRUPT",
         "bad number of components"),
        ("jpeg-huffman-table-7.jpg", patched(jpeg, dht + 4, b"\7"), "CORRUPT", "bad Huffman table"),
        ("jpeg-huffman-table-of-4080-codes.jpg", jpeg[:dht] + b"\xff\xc4\x10\x03\0" +
         b"\xff" * 16 + bytes(4080) + jpeg[dht:], "CORRUPT", "a Huffman table of 4080 codes"),
        ("jpeg-segment-length-1.jpg", patched(jpeg, dht + 2, b"\0\1"), "CORRUPT",
         "a segment has the length 1"),
        ("jpeg-two-frames.jpg", jpeg[:sos] + jpeg[sof:sos] + jpeg[sos:], "CORRUPT",
         "more than one frame"),
        ("jpeg-60000x60000.jpg", patched(jpeg, sof + 5, b"\xea\x60\xea\x60"), "CORRUPT",
         "the file is cut short"),
        ("jpeg-500-scans.jpg", jpeg[:sos] + jpeg[sos:sos + 14] * 500 + jpeg[sos:], "LIMIT",
         "JPEG has more than 100 scans"),
        ("gif-cut-in-frame.gif", gif[:(frame + len(gif)) // 2], "CORRUPT", "the file is cut short"),
        ("gif-cut-in-color-table.gif", gif[:20], "CORRUPT", "the file is cut short"),
        ("gif-no-frame.gif", gif[:frame] + b";", "CORRUPT", "it holds no image"),
        ("gif-data-cut.gif", gif_cut(gif, frame), "CORRUPT", "the data are cut short"),
        ("gif-end-code-first.gif", patched(gif, frame + 12, b"\0\3\2"), "CORRUPT",
         "the data are cut short"),
        ("gif-89b.gif", patched(gif, 5, b"b"), "CORRUPT", "bad signature"),
        ("gif-bad-lzw.gif", patched(gif, frame + 12, b"\xff" * 8), "CORRUPT", "bad LZW code"),
        ("gif-lzw-of-2-bits.gif", patched(gif, frame + 10, b"\1"), "CORRUPT", "codes of 2 bits"),
        ("gif-lzw-of-20-bits.gif", patched(gif, frame + 10, b"\x13"), "CORRUPT",
         "codes of 20 bits"),
        ("gif-index-beyond-table.gif", gif[:10] + b"\x90" + gif[11:19] + gif[frame:], "CORRUPT",
         "a pixel has color 11 of a table of 2"),
        ("gif-empty-frame.gif", patched(gif, frame + 5, b"\0\0"), "CORRUPT", "the frame is empty"),
        ("gif-unknown-block.gif", patched(gif, frame, b"?"), "CORRUPT", "unknown block 0x3f"),
        ("gif-60000x60000.gif", patched(gif, 6, b"\x60\xea\x60\xea"), "LIMIT",
         "image is 60000 pixels wide, the limit is 32768"),
        ("bmp-cut-in-pixels.bmp", plain_bmp[:-100], "CORRUPT", "the file is cut short"),
        ("bmp-cut-in-header.bmp", plain_bmp[:25], "CORRUPT", "the file is cut short"),
        ("bmp-lying-height.bmp", patched(plain_bmp, 22, struct.pack("<i", 20000)), "CORRUPT",
         "the file is cut short"),
        ("bmp-zero-width.bmp", patched(plain_bmp, 18, bytes(4)), "CORRUPT", "its size is 0 x 31"),
        ("bmp-height-of-minus-2-31.bmp", patched(plain_bmp, 22, b"\0\0\0\x80"), "CORRUPT",
         "its size is 23 x -2147483648"),
        ("bmp-5-bits.bmp", patched(plain_bmp, 28, b"\5"), "CORRUPT", "5 bits per pixel"),
        ("bmp-7-planes.bmp", patched(plain_bmp, 26, b"\7"), "CORRUPT", "7 planes"),
        ("bmp-rle8-of-24-bits.bmp", patched(plain_bmp, 30, b"\1"), "UNSUPPORTED",
         "BMP with compression 1 and a depth of 24 is not supported"),
        ("bmp-jpeg-inside.bmp", patched(plain_bmp, 30, b"\4"), "UNSUPPORTED",
         "BMP with compression 4 and a depth of 24 is not supported"),
        ("bmp-os2-huffman.bmp", patched(patched(plain_bmp, 14, b"\x40"), 28, b"\1\0\3"),
         "UNSUPPORTED", "BMP with compression 3 and a depth of 1 is not supported"),
        ("bmp-header-of-13-bytes.bmp", patched(plain_bmp, 14, b"\x0d"), "UNSUPPORTED",
         "BMP with a header of 13 bytes is not supported"),
        ("bmp-header-of-125-bytes.bmp", patched(plain_bmp, 14, b"\x7d"), "UNSUPPORTED",
         "BMP with a header of 125 bytes is not supported"),
        ("bmp-pixels-in-header.bmp", patched(plain_bmp, 10, b"\x14"), "CORRUPT",
         "the pixels begin inside the header"),
        ("bmp-pixels-behind-end.bmp", patched(plain_bmp, 10, b"\xff\xff\xff\x7f"), "CORRUPT",
         "the file is cut short"),
        ("bmp-index-beyond-palette.bmp", bmp(indices, 4, colors, n_colors=3), "CORRUPT",
         "a pixel has color 15 of a palette of 3"),
        ("tga-cut-in-pixels.tga", plain_tga[:-50], "CORRUPT", "the file is cut short"),
        ("tga-cut-in-runs.tga", tga(color, 2, 24, rle=True)[:-50], "CORRUPT",
         "the file is cut short"),
        ("tga-lying-width.tga", patched(plain_tga, 12, struct.pack("<H", 30000)), "CORRUPT",
         "the file is cut short"),
        ("tga-map-from-5.tga", patched(tga(indices, 1, 8, palette=colors), 3, b"\5"), "CORRUPT",
         "a pixel has a color beyond the map of 16"),
        ("tga-map-cut.tga", tga(indices, 1, 8, palette=colors)[:50], "CORRUPT",
         "the file is cut short"),
        ("tga-interleaved.tga", patched(plain_tga, 17, b"\x60"), "FORMAT", STRANGERS),
        ("tga-12-attribute-bits.tga", patched(plain_tga, 17, b"\x2c"), "FORMAT", STRANGERS),
        ("tga-depth-13.tga", patched(plain_tga, 16, b"\x0d"), "FORMAT", STRANGERS),
        ("pnm-cut-in-pixels.ppm", pnm(b"P6", color)[:-9], "CORRUPT", "the file is cut short"),
        ("pnm-cut-in-header.ppm", b"P6\n23 ", "CORRUPT", "the file is cut short"),
        ("pnm-lying-height.pgm", b"P5\n23 30000\n255\n" + bytes(500), "CORRUPT",
         "the file is cut short"),
        ("pnm-zero-width.pgm", b"P5\n0 31\n255\n" + bytes(500), "CORRUPT", "width is 0"),
        ("pnm-no-maximum.pgm", b"P5\n23 21\nmuch\n" + bytes(500), "CORRUPT",
         "the header holds no proper number"),
        ("pnm-maximum-of-0.pgm", b"P5\n23 21\n0\n" + bytes(500), "CORRUPT", "the maximum is 0"),
        ("pnm-maximum-of-70000.pgm", b"P5\n23 21\n70000\n" + bytes(1000), "CORRUPT",
         "the header holds no proper number"),
        ("pnm-width-of-30-digits.pgm", b"P5\n" + b"9" * 30 + b" 21\n255\n" + bytes(500), "CORRUPT",
         "the header holds no proper number"),
        ("pnm-letters-for-pixels.pgm", b"P2\n2 2\n255\n1 2 x 4 5 6 7", "CORRUPT",
         "a pixel is no proper number"),
        ("pnm-2-for-a-bit.pbm", b"P1\n4 2\n0101 0120\n", "CORRUPT", "a pixel is no proper number"),
        ("pnm-plain-cut.pgm", pnm(b"P2", grey)[:-40], "CORRUPT", "the file is cut short"),
    )


SUPPORTED = "(supported: PNG, JPEG, TIFF, WebP, BMP, PNM, GIF, TGA)"
STRANGERS = f"unknown format {SUPPORTED}"


def strangers():
    rng = random.Random(5)
    return (
        ("empty.png", b"", "FORMAT", "file is empty"),
        ("one-byte.png", b"\x89", "FORMAT", STRANGERS),
        ("text.png", b"This is a text, whatever its name says.\n", "FORMAT", STRANGERS),
        ("starts-with-bm.txt", b"BMW is a maker of cars and motorcycles.\n", "FORMAT", STRANGERS),
        ("starts-with-p5.txt", b"P5xyz is no image\n", "FORMAT", STRANGERS),
        ("zeros.png", bytes(1000), "FORMAT", STRANGERS),
        ("random.png", bytes(rng.randrange(256) for _ in range(1000)), "FORMAT", STRANGERS),
        ("page.html", b"<!DOCTYPE html><title>404 Not Found</title>\n", "FORMAT",
         f"HTML is not supported {SUPPORTED}"),
        ("letter.xml", b'<?xml version="1.0"?><letter/>\n', "FORMAT", f"XML is not supported {SUPPORTED}"),
        ("film.mp4", b"\0\0\0\x18ftypisom\0\0\2\0isommp42", "FORMAT",
         f"video is not supported {SUPPORTED}"),
        ("labels-p7.txt", b"P7\nP8\n", "FORMAT", STRANGERS),
        ("compressed.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\3", "FORMAT", f"gzip data is not supported {SUPPORTED}"),
    )


def unsupported():
    """Formats of images and scanned pages by the first bytes that their specifications give."""
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"/>\n'
    pam = b"P7\nWIDTH 2\nHEIGHT 2\nDEPTH 1\nMAXVAL 255\nTUPLTYPE GRAYSCALE\nENDHDR\n\0\1\2\3"
    files = (
        ("drawing.svg", b'<?xml version="1.0"?>\n<!-- drawn by hand -->\n' + svg, "SVG"),
        ("drawing-bare.svg", svg, "SVG"),
        ("document.pdf", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", "PDF"),
        ("document.ps", b"%!PS-Adobe-3.0\n%%EOF\n", "PostScript"),
        ("document.eps", b"\xc5\xd0\xd3\xc6\x20" + bytes(27), "PostScript"),
        ("document.djvu", b"AT&TFORM\0\0\0\x10DJVUINFO", "DjVu"),
        ("picture.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
        ("picture-mif1.heic", b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "HEIC"),
        ("picture.avif", b"\0\0\0\x1cftypavif\0\0\0\0avifmif1", "AVIF"),
        ("picture.cr3", b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", "CR3"),
        ("picture.jp2", b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
        ("picture.j2k", b"\xff\x4f\xff\x51\0\x29", "JPEG 2000"),
        ("picture.jxl", b"\xff\x0a" + bytes(20), "JPEG XL"),
        ("picture-box.jxl", b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
        ("picture.psd", b"8BPS\0\1" + bytes(6), "PSD"),
        ("picture.xcf", b"gimp xcf v011\0", "XCF"),
        ("picture.qoi", b"qoif\0\0\0\2\0\0\0\2\3\0", "QOI"),
        ("picture.exr", b"\x76\x2f\x31\x01\2\0\0\0", "OpenEXR"),
        ("picture.pam", pam, "PAM"),
        ("picture-comment.pam", b"P7\n# made by hand\n" + pam[3:], "PAM"),
    )
    return tuple((name, data, "UNSUPPORTED", f"{kind} is not supported {SUPPORTED}")
                 for name, data, kind in files)


def make_malformed():
    MALFORMED.mkdir(exist_ok=True)
    lines = ["# name\tstatus\tmessage\n"]
    formats = {"png": "PNG", "jpeg": "JPEG", "gif": "GIF", "bmp": "BMP", "tga": "TGA", "pnm": "PNM"}
    for name, data, code, message in malformed_png() + malformed_others() + strangers() + unsupported():
        if code == "CORRUPT":
            message = f"not a valid {formats[name.split('-')[0]]}: {message}"
        (MALFORMED / name).write_bytes(data)
        lines.append(f"{name}\tEMNIST_ERR_{code}\t{message}\n")
    (MALFORMED / "expected.tsv").write_text("".join(lines))


if __name__ == "__main__":
    make_samples()
    make_images()
    make_malformed()
