#!/usr/bin/env python3
"""Writes conversion.tsv: bilevel pictures, and what EMNIST's own conversion makes of them.

The conversion is the one with which originals of NIST's Special Database 19 give the pixels of EMNIST's
files: MATLAB's fspecial('gaussian', 6, 1), a crop to the ink with margins of 5 and 6 pixels, padding of
the shorter side, and imresize(..., 'nearest'). The pictures are strokes and noise of our own."""

import numpy as np

SIDE = 28
TAPS = np.exp(-((np.arange(6) - 2.5) ** 2) / 2)
TAPS /= TAPS.sum()


def nearest(n):
    """MATLAB's indices, from 0."""
    scale = SIDE / n
    return np.floor(np.arange(1, SIDE + 1) / scale + 0.5 * (1 - 1 / scale) + 0.5).astype(int) - 1


def convert(mask):
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if len(rows) == 0:
        return np.zeros((SIDE, SIDE), np.uint8)
    ink = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] * 255.0
    height, width = ink.shape
    side = max(height, width)
    n_rows, n_columns = side + (10 if height < width else 11), side + (10 if width < height else 11)
    top, left = (n_rows - height) // 2 + 1, (n_columns - width) // 2 + 1
    padded = np.zeros((n_rows + 8, n_columns + 8))
    padded[top + 3 : top + 3 + height, left + 3 : left + 3 + width] = ink
    half = sum(tap * padded[nearest(n_rows) + 1 + k] for k, tap in enumerate(TAPS))
    pixels = sum(tap * half[:, nearest(n_columns) + 1 + k] for k, tap in enumerate(TAPS))
    return np.floor(pixels + 0.4).clip(0, 255).astype(np.uint8)


def line(mask, x0, y0, x1, y1, radius):
    y, x = np.mgrid[: mask.shape[0], : mask.shape[1]]
    dx, dy = x1 - x0, y1 - y0
    along = np.clip(((x - x0) * dx + (y - y0) * dy) / max(dx * dx + dy * dy, 1e-9), 0, 1)
    mask |= np.hypot(x - x0 - along * dx, y - y0 - along * dy) <= radius


def pictures():
    tall, wide, square = np.zeros((60, 40), bool), np.zeros((32, 70), bool), np.zeros((128, 128), bool)
    line(tall, 20, 8, 17, 52, 2.8)
    line(tall, 20, 8, 30, 20, 2.3)
    line(wide, 8, 20, 60, 12, 3.1)
    line(wide, 12, 8, 55, 25, 2.0)
    line(square, 5, 5, 122, 122, 4.5)
    line(square, 5, 122, 122, 5, 4.5)
    noise = np.random.default_rng(1).random((37, 29)) < 0.3
    dot = np.zeros((9, 9), bool)
    dot[4, 5] = True
    return {"tall": tall, "wide": wide, "square": square, "noise": noise, "dot": dot,
            "empty": np.zeros((5, 5), bool), "full": np.ones((128, 128), bool)}


with open("testdata/conversion.tsv", "w") as file:
    print("name\twidth\theight\tbits\tpixels", file=file)
    for name, mask in pictures().items():
        bits = np.packbits(mask.ravel()).tobytes().hex()
        print(name, mask.shape[1], mask.shape[0], bits, convert(mask).tobytes().hex(), sep="\t", file=file)
