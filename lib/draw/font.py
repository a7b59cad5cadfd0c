#!/usr/bin/env python3
"""Prints the table of lib/draw/font.c: glyphs of X.Org's fixed font 6x13, a row of pixels a byte.

    python3 lib/draw/font.py /usr/share/fonts/X11/misc/6x13.pcf.gz     (needs Pillow with FreeType)

The font is that of Debian's package xfonts-base, from font-misc-misc: "Public domain font. Share
and enjoy."
"""
import sys

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 6, 13
CHARACTERS = [*range(0x20, 0x7F), *range(0xA0, 0x100), 0x2026, 0x2192]


def main():
    font = ImageFont.truetype(sys.argv[1], HEIGHT)
    for code in CHARACTERS:
        image = Image.new("1", (WIDTH, HEIGHT))
        ImageDraw.Draw(image).text((0, 0), chr(code), fill=1, font=font)
        rows = ", ".join("0x%02x" % row for row in image.tobytes())
        print("\t{0x%04x, {%s}}," % (code, rows))


if __name__ == "__main__":
    main()
