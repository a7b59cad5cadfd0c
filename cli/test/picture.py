#!/usr/bin/env python3
"""picture.py - 28x28 grey PNGs side by side as text, a character for two pixels one above the other.

    python3 cli/test/picture.py [--roff] PNG...

Black is a blank, white an @. With --roff the text is ready for a manual page.
"""
import struct
import sys
import zlib

RAMP = " .:-=+*#%@"
SIDE = 28


def paeth(a, b, c):
    p = a + b - c
    return min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]


def pixels(path):
    """(28)(28) values of an 8-bit grey PNG that is not interlaced."""
    data = open(path, "rb").read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n" and data[16:29] == struct.pack(
        ">IIBBBBB", SIDE, SIDE, 8, 0, 0, 0, 0), f"{path}: not 28x28, 8-bit grey"
    packed, at = b"", 8
    while at < len(data):
        n, kind = struct.unpack(">I4s", data[at:at + 8])
        packed += data[at + 8:at + 8 + n] if kind == b"IDAT" else b""
        at += 12 + n
    raw, above, rows = zlib.decompress(packed), [0] * SIDE, []
    for y in range(SIDE):
        kind, *row = raw[y * (SIDE + 1):(y + 1) * (SIDE + 1)]
        for x in range(SIDE):
            a, b, c = (row[x - 1], above[x], above[x - 1]) if x else (0, above[0], 0)
            row[x] = (row[x] + (0, a, b, (a + b) // 2, paeth(a, b, c))[kind]) & 255
        rows.append(row)
        above = row
    return rows


def lines(path):
    """(14) lines of 28 characters."""
    rows = pixels(path)
    return ["".join(RAMP[(a + b) * len(RAMP) // 511] for a, b in zip(*rows[y:y + 2]))
            for y in range(0, SIDE, 2)]


def main(arguments):
    roff = arguments[:1] == ["--roff"]
    for parts in zip(*map(lines, arguments[roff:])):
        line = "    ".join(parts).rstrip()
        if roff:
            line = line.replace("-", "\\-")
            line = "\\&" + line if line[:1] in ("", ".", "'") else line
        print(line)


if __name__ == "__main__":
    main(sys.argv[1:])
