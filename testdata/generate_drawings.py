#!/usr/bin/env python3
"""Makes testdata/drawings: all 62 characters in five styles, as people have them.

    python3 testdata/generate_drawings.py [FOLDER]     (needs NumPy and Pillow)

A character is strokes as a person writes them (GLYPHS), one of several ways where people differ. A
hand of our own writes them down: it misses its points a little, trembles, rounds its corners, and
presses now more, now less. Pen, ground and camera come after it (STYLES). No picture comes from EMNIST
or any other collection, and none was chosen by what a model makes of it: chance is seeded by a
picture's name alone.

The same pixels come out each time, but for what other versions of Pillow's encoders change.
"""
import pathlib
import sys
import zlib

import numpy as np
from PIL import Image

CLASSES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

# Ways to write each character, split by "|"; strokes by "/". A stroke is points x,y that it passes in
# turn, those with an exclamation mark being corners. Capitals stand between y = 0 and 100, small
# letters begin at 45, tails end at 140.
GLYPHS = {
    "0": "55,2 30,10 15,40 18,75 42,99 70,88 84,50 74,14 50,1 40,5"
         "|70,12 48,0 24,20 18,60 32,96 56,98 76,66 78,26 62,2 50,6",
    "1": "52,0 50,50 48,100 | 56,0 50,50 42,100 | 30,24 55,0! 53,50 52,100",
    "2": "16,24 28,6 52,0 74,12 72,34 48,66 14,97! 45,93 86,97"
         "|18,22 34,4 60,4 74,22 64,48 36,80 18,94 12,84 28,79 56,92 88,96",
    "3": "18,12 44,0 72,10 70,32 40,46! 68,54 78,76 56,98 14,90"
         "|18,5 46,3 76,3! 44,40! 74,52 76,82 48,100 14,90",
    "4": "30,2 14,56! 50,58 88,55 / 66,20 64,60 60,100 | 62,100 64,50 66,0! 10,66! 50,66 92,64",
    "5": "76,3 32,4! 24,44! 52,38 76,54 74,82 46,99 14,90"
         "|30,5 24,46! 50,38 78,56 70,86 42,99 12,92 / 29,5 55,6 82,2",
    "6": "70,2 40,22 20,58 24,88 50,100 74,84 68,60 44,54 24,72"
         "|48,0 26,34 18,74 34,98 60,96 72,76 56,60 32,66 22,80",
    "7": "14,6 48,6 84,4! 58,48 42,100 | 14,6 48,6 84,4! 60,48 46,100 / 34,50 78,47",
    "8": "76,14 52,0 26,16 36,40 68,58 76,84 48,100 20,84 34,56 66,36 76,10"
         "|50,46 28,26 48,1 72,20 52,45 22,72 46,100 78,76 54,46",
    "9": "76,20 54,0 24,14 24,40 46,50 68,38 78,8! 76,50 68,100"
         "|74,22 50,2 26,20 34,46 60,44 76,14 76,50 64,90 30,98",
    "A": "10,100 32,48 50,0! 70,50 92,98 / 22,64 50,61 80,63"
         "|48,2 28,52 8,100 / 48,2 68,50 90,100 / 20,60 80,60",
    "B": "20,2 18,50 18,100 / 16,4 50,0 70,16 60,38 22,48! 62,52 82,74 60,96 16,100"
         "|20,100 19,50 20,2! 60,4 68,26 54,44 24,50! 70,58 78,82 52,98 10,98",
    "C": "82,18 60,1 32,8 12,42 18,80 48,100 86,86 | 78,10 48,0 20,24 12,60 32,96 64,98 84,80",
    "D": "22,2 20,50 20,100 / 12,3 50,4 84,32 82,70 54,96 10,100"
         "|20,98 22,50 22,2! 62,8 86,40 74,84 44,100 14,98",
    "E": "82,4 50,5 22,4! 20,50 20,98! 50,97 84,97 / 20,50 68,48"
         "|22,2 20,98 / 20,4 80,2 / 20,50 70,49 / 20,98 84,96"
         "|78,12 50,0 26,14 32,40 56,46! 24,58 14,82 44,100 82,88",
    "F": "80,4 50,5 22,6! 20,50 18,100 / 20,50 66,48 | 24,3 22,100 / 10,5 84,2 / 22,50 64,48",
    "G": "80,18 56,0 26,14 12,52 28,92 58,98 82,80 82,56! 52,58"
         "|78,14 50,0 20,22 12,60 34,98 66,94 80,78 / 52,60 84,58! 84,100",
    "H": "18,2 18,100 / 80,0 80,100 / 18,52 80,49",
    "I": "50,3 50,98 / 24,3 76,2 / 22,98 78,98 | 52,0 49,100",
    "J": "68,2 68,60 60,92 38,100 16,82 / 40,3 96,2 | 70,0 68,60 58,94 34,100 14,80",
    "K": "20,0 20,100 / 82,2 24,56! 52,74 86,100",
    "L": "22,0 21,50 20,97! 50,97 84,95 | 26,0 20,60 18,90 30,98 60,95 88,94",
    "M": "12,100 14,50 16,2! 50,66! 84,0! 87,50 90,100 | 14,0 12,100 / 14,2 48,60! 84,0! 86,100",
    "N": "18,100 18,50 18,2! 50,52 80,98! 80,50 80,0 | 16,2 16,100 / 16,4 82,96! 82,0",
    "O": "50,1 22,14 8,50 22,88 52,100 82,84 92,48 76,12 46,2"
         "|64,6 34,2 12,30 12,72 40,100 74,88 90,54 76,16 56,4",
    "P": "20,2 20,100 / 14,6 56,0 82,20 70,46 20,54 | 22,100 20,50 20,4! 60,2 80,24 64,48 22,52",
    "Q": "50,1 22,14 8,50 22,88 52,100 82,84 92,48 76,12 46,2 / 58,72 76,90 96,108",
    "R": "20,2 20,100 / 14,6 54,0 78,18 66,42 20,52! 52,70 86,100"
         "|20,100 20,50 20,3! 60,4 76,24 58,46 22,50! 54,74 88,99",
    "S": "78,14 54,0 24,12 26,36 60,52 80,74 60,96 30,100 12,86"
         "|72,8 44,2 24,20 40,42 66,58 72,82 48,99 16,92",
    "T": "50,4 50,100 / 8,5 92,2",
    "U": "16,2 16,60 30,94 56,98 80,76 84,0 | 14,2 16,64 36,98 66,90 82,50 84,0! 83,60 92,99",
    "V": "12,2 48,100! 88,0 | 14,2 34,60 48,98 60,70 86,0",
    "W": "6,2 28,98! 50,30! 72,98! 96,0 | 6,4 12,70 28,98 46,80 50,30! 56,84 74,98 90,70 94,2",
    "X": "16,2 84,100 / 84,0 14,100",
    "Y": "14,2 50,50 / 88,0 50,50 42,100 | 12,2 50,52! 88,0 / 50,52 50,100",
    "Z": "14,4 50,5 84,3! 14,97! 50,95 88,96 | 14,4 84,3! 14,97! 88,96 / 30,52 72,48",
    "a": "74,56 54,45 28,54 20,80 38,99 62,88 74,54! 74,84 86,99"
         "|28,54 50,45 72,56 74,98 / 72,68 42,66 22,82 36,99 60,94 73,78",
    "b": "22,0 20,98 / 20,66 46,48 70,60 70,86 46,100 20,90"
         "|24,0 22,60 24,92 48,100 72,84 66,60 44,54 24,70",
    "c": "74,56 52,45 28,56 22,80 42,99 76,90",
    "d": "72,58 48,46 24,60 22,86 44,100 66,88 74,60 / 74,0 74,98"
         "|70,60 46,50 22,66 28,94 54,94 72,64 74,0! 74,84 88,98",
    "e": "22,74 50,72 74,66! 70,50 48,44 24,60 22,86 46,100 78,88"
         "|20,80 56,68 72,54 52,44 28,58 24,86 46,100 80,86",
    "f": "76,8 58,0 44,14 42,100 / 20,46 70,44 | 72,12 60,0 48,16 42,100 / 22,50 66,48",
    "g": "72,56 48,45 24,58 26,84 48,92 70,76 74,50! 74,110 62,138 36,140 20,124"
         "|70,52 44,46 24,64 34,90 60,84 72,56! 72,112 48,140 32,126 50,106 88,92",
    "h": "22,0 20,100 / 20,70 44,46 66,54 70,100 | 26,0 22,100! 24,72 48,50 66,64 68,92 80,99",
    "i": "50,46 50,98 / 50,22 51,25 | 46,46 45,84 56,99 70,92 / 47,24 50,26",
    "j": "58,46 58,110 46,138 22,134 / 58,22 59,25",
    "k": "22,0 20,100 / 68,48 24,74! 46,84 74,100",
    "l": "51,0 49,100 | 46,0 46,84 58,100 72,94 | 30,94 58,44 64,12 52,1 42,24 44,82 58,100 76,92",
    "m": "12,48 12,100 / 12,64 28,46 44,54 46,100 / 46,64 62,46 80,54 84,100"
         "|10,50 16,60 14,100! 20,66 36,48 46,64 46,98! 52,66 68,48 80,62 82,98",
    "n": "20,48 20,100 / 20,66 42,46 66,54 70,100 | 16,50 24,62 22,100! 28,68 50,48 66,62 68,92 80,99",
    "o": "50,45 28,54 20,74 34,96 56,99 76,84 78,62 62,46 46,46",
    "p": "22,48 20,142 / 20,66 44,46 70,56 74,80 52,99 22,92",
    "q": "74,54 52,45 28,54 22,78 40,98 64,86 74,52! 74,142"
         "|72,54 46,46 24,64 36,92 60,84 72,54! 72,136 90,124",
    "r": "24,48 22,100 / 22,68 40,48 66,50 | 22,50 28,62 26,100! 30,66 48,48 66,54",
    "s": "72,54 50,45 28,54 36,68 64,76 72,90 48,101 22,93",
    "t": "48,8 46,84 58,99 76,93 / 20,42 76,40 | 50,8 48,100 / 22,38 78,36",
    "u": "20,48 22,84 42,100 64,88 72,48! 72,84 84,100 | 20,48 24,88 46,100 68,84 72,48",
    "v": "18,48 46,100! 76,46",
    "w": "10,48 28,98! 48,60! 66,98! 90,46 | 10,48 16,86 30,99 46,84 48,60! 54,88 68,99 84,80 88,48",
    "x": "22,48 76,100 / 76,46 18,100",
    "y": "20,48 46,92 / 78,46 50,100 26,140 | 20,48 24,78 46,88 68,70 74,48! 72,112 54,140 26,130",
    "z": "22,49 48,50 74,48! 20,98! 48,96 78,97",
}


# ------------------------------------------------------------------------------------------ the hand

def curve(points):
    """A centripetal Catmull-Rom curve through points: (n, 2), no two neighbors alike."""
    if len(points) < 3:
        t = np.linspace(0, 1, 40)[:, None]
        return points[0] * (1 - t) + points[-1] * t
    p = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    knots = np.concatenate([[0], np.cumsum(np.sqrt(np.hypot(*np.diff(p, axis=0).T)))])
    parts = []
    for i in range(1, len(p) - 2):
        t = np.linspace(knots[i], knots[i + 1], 24, endpoint=i == len(p) - 3)[:, None]
        values = list(p[i - 1:i + 3])
        for step in (1, 2, 3):  # Barry and Goldman's pyramid
            spans = [(knots[i - 1 + j], knots[i - 1 + j + step]) for j in range(4 - step)]
            values = [((b - t) * values[j] + (t - a) * values[j + 1]) / (b - a)
                      for j, (a, b) in enumerate(spans)]
        parts.append(values[0])
    return np.vstack(parts)


def even(path, step=1.0):
    """The same path with points step apart."""
    at = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    n = max(2, round(at[-1] / step) + 1)
    where = np.linspace(0, at[-1], n)
    return np.stack([np.interp(where, at, path[:, k]) for k in (0, 1)], 1)


def rounded(path, sigma):
    """The path as a hand does it that is slower than the eye: a Gaussian along it, its ends kept."""
    reach = min(int(3 * sigma), len(path) - 1)
    if reach < 1:
        return path
    weights = np.exp(-.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    padded = np.vstack([2 * path[0] - path[reach:0:-1], path, 2 * path[-1] - path[-2:-reach - 2:-1]])
    return np.stack([np.convolve(padded[:, k], weights / weights.sum(), "valid") for k in (0, 1)], 1)


def drift(rng, n, length):
    """Normal noise of deviation 1 along a path, smooth over about length points."""
    coarse = rng.normal(size=int(n / length) + 3)
    x = np.arange(n) / length
    i = x.astype(int)
    t = (1 - np.cos(np.pi * (x - i))) / 2
    return coarse[i] * (1 - t) + coarse[i + 1] * t


def write(rng, character, slant, wild):
    """Strokes of a character: (n, 3) arrays of x, y in hundredths of a capital's height, and
    pressure around 1. wild: how far the hand goes astray, 1 being usual."""
    ways = GLYPHS[character].split("|")
    strokes = ways[rng.randint(len(ways))].split("/")
    slant, turn = slant + rng.normal(0, .06), np.radians(rng.normal(0, 2.5 * wild))
    stretch = rng.normal(1, .08)
    turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    written = []
    for stroke in strokes:
        points = [[float(v) for v in word.rstrip("!").split(",")] for word in stroke.split()]
        corners = [i for i, word in enumerate(stroke.split()) if word.endswith("!")]
        points = np.array(points)
        points += rng.normal(0, 1.6 * wild, points.shape) + rng.normal(0, 1.2 * wild, 2)
        ends = [0] + corners + [len(points) - 1]
        path = np.vstack([curve(points[a:b + 1]) for a, b in zip(ends, ends[1:])])
        path = rounded(even(path), rng.uniform(1, 3))
        n = len(path)
        path += np.stack([drift(rng, n, 14), drift(rng, n, 14)], 1) * .45 * wild
        pressure = 1 + .12 * drift(rng, n, 40) + .06 * drift(rng, n, 9)
        along = np.arange(n)
        pressure *= 1 - .3 * np.exp(-(n - 1 - along) / 8) * (n > 20)  # the pen lifts in its run
        path = (path - [50, 100]) * [stretch, 1]
        path[:, 0] -= slant * path[:, 1]
        written.append(np.column_stack([path @ turned.T, pressure]))
    return written


def place(rng, strokes, size, share, off, tilt=0.):
    """The strokes in pixels of a picture of this size: the character's longer side is this share of
    the picture's shorter one, and off the middle by up to off of what room there is. tilt: how
    far the camera leans."""
    lean = rng.uniform(-tilt, tilt, 2) / 100
    strokes = [np.column_stack([s[:, :2] / (1 + s[:, :2] @ lean)[:, None], s[:, 2]]) for s in strokes]
    points = np.vstack(strokes)[:, :2]
    low, high = points.min(0), points.max(0)
    scale = min(size) * rng.uniform(*share) / (high - low).max()
    room = (np.array(size) - (high - low) * scale) / 2
    middle = np.array(size) / 2 + room * rng.uniform(-off, off, 2)
    moved = [np.column_stack([(s[:, :2] - (low + high) / 2) * scale + middle, s[:, 2]]) for s in strokes]
    # Who writes small takes the pen nearer, but not as near as the letter is smaller.
    return moved, scale * (60 + .4 * (high - low).max())


def cover(size, strokes, pen, nib=1., angle=0.):
    """For each stroke (height, width): how much of each pixel a pen of this width covers, 0 to 1. A nib
    below 1 is narrower across the angle, as a chisel is."""
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    turn[1] /= nib
    covered = []
    for stroke in strokes:
        coverage = np.zeros((size[1], size[0]))
        path = np.column_stack([stroke[:, :2] @ turn.T, stroke[:, 2]])
        for a, b, near in zip(path, path[1:], stroke):
            r = max(.5, pen / 2 * near[2])
            x0, x1 = max(0, int(near[0] - r - 6)), int(near[0] + r + 7)
            y0, y1 = max(0, int(near[1] - r - 6)), int(near[1] + r + 7)
            part = coverage[y0:y1, x0:x1]
            y, x = np.mgrid[y0:y0 + part.shape[0], x0:x0 + part.shape[1]]
            at = np.stack([x, y], -1) @ turn.T - a[:2]
            way = b[:2] - a[:2]
            along = np.clip(at @ way / max(1e-9, way @ way), 0, 1)
            distance = np.hypot(*np.moveaxis(at - along[..., None] * way, -1, 0))
            np.maximum(part, np.clip((r - distance) * (1 + nib) / 2 + .5, 0, 1), out=part)
        covered.append(coverage)
    return covered


# ------------------------------------------------------------------------------------ ground and light

def grain(rng, size, coarse):
    """Noise of deviation 1, (height, width), in grains of about coarse pixels."""
    w, h = (max(2, int(np.ceil(v / coarse)) + 1) for v in size)
    noise = Image.fromarray(rng.normal(size=(h, w)).astype(np.float32))
    noise = np.asarray(noise.resize(size, Image.BICUBIC), float)
    return (noise - noise.mean()) / noise.std()


def blurred(values, sigma):
    """A Gaussian blur of (height, width) values; edges go on as they are."""
    reach = int(np.ceil(3 * sigma))
    weights = np.exp(-.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    weights /= weights.sum()
    for axis in (0, 1):
        pad = [(reach, reach) if k == axis else (0, 0) for k in (0, 1)]
        padded = np.pad(values, pad, mode="edge")
        values = np.apply_along_axis(np.convolve, axis, padded, weights, "valid")
    return values


def uneven_light(rng, size, darkest, shadow=0.):
    """Light from one side, and with this probability the soft shadow of a hand or a head: factors,
    (height, width)."""
    y, x = np.mgrid[0:size[1], 0:size[0]] / max(size)
    towards = rng.uniform(0, 2 * np.pi)
    ramp = (x - .5) * np.cos(towards) + (y - .5) * np.sin(towards)
    light = 1 - (1 - darkest) * (ramp - ramp.min()) / np.ptp(ramp)
    if rng.uniform() < shadow:
        across = rng.uniform(0, 2 * np.pi)
        edge = (x - .5) * np.cos(across) + (y - .5) * np.sin(across) - rng.uniform(.05, .35)
        light *= 1 - rng.uniform(.15, .35) / (1 + np.exp(-edge / rng.uniform(.02, .06)))
    return light


def mixed(ground, ink, alpha):
    """Ink over ground, colors on the last axis."""
    return ground * (1 - alpha[..., None]) + np.array(ink, float) * alpha[..., None]


def image(values):
    return Image.fromarray(np.clip(np.rint(values), 0, 255).astype(np.uint8))


def few_colors(picture, n):
    """A palette of n, or greys in n steps; nothing is dithered, since a scanner does not."""
    if picture.mode == "L":
        return picture.point(lambda v: round(round(v / 255 * (n - 1)) * 255 / (n - 1)))
    return picture.quantize(n, method=Image.MEDIANCUT, dither=Image.NONE)


# ------------------------------------------------------------------------------------------- the styles

def ballpoint(rng, character):
    """A thin ballpoint on white paper, photographed under a lamp that stands aside."""
    size = (rng.randint(340, 420), rng.randint(380, 480))
    strokes, unit = place(rng, write(rng, character, .12, 1.4), size, (.5, .75), .6, tilt=.08)
    alpha = 1 - np.prod([1 - .8 * c for c in cover(size, strokes, unit * rng.uniform(.028, .04))], 0)
    alpha *= np.clip(1.02 - .1 * np.abs(grain(rng, size, 3)), 0, 1)  # the ball does not ink evenly
    ink = ((32, 44, 120), (32, 44, 120), (36, 36, 42), (130, 36, 44))[rng.randint(4)]
    paper = np.array([240, 237, 228.]) + 1.2 * grain(rng, size, 2)[..., None]
    light = uneven_light(rng, size, rng.uniform(.5, .75), .6)
    picture = mixed(paper, ink, blurred(alpha, .8)) * light[..., None]
    picture += rng.normal(0, 1.6, (size[1], size[0], 1))
    return image(picture), "jpg", {"quality": 48}


def marker(rng, character):
    """A felt marker with a worn tip, on white paper, scanned."""
    size = (rng.randint(260, 340), rng.randint(280, 340))
    strokes, unit = place(rng, write(rng, character, .03, 1.4), size, (.6, .8), .5)
    nib, angle = rng.uniform(.6, 1), np.radians(rng.uniform(-60, -20))
    covered = cover(size, strokes, unit * rng.uniform(.13, .17), nib, angle)
    fibres = .22 * grain(rng, size, 2.5)  # ink creeps along them at the edge
    alpha = 1 - np.prod([1 - .93 * np.clip(blurred(c, 1.2) * 3 - 1 + fibres * (c > 0), 0, 1)
                         for c in covered], 0)
    ink = ((22, 22, 26), (22, 22, 26), (20, 48, 128), (176, 24, 32), (16, 96, 52))[rng.randint(5)]
    picture = mixed(np.full((size[1], size[0], 3), 252.), ink, alpha)
    return few_colors(image(picture), 16), "png", {"optimize": True}


def pencil(rng, character):
    """A pencil on greyish paper, near to the camera and out of its focus."""
    size = (rng.randint(380, 460), rng.randint(380, 460))
    strokes, unit = place(rng, write(rng, character, .18, 1.6), size, (.5, .8), .5, tilt=.05)
    covered = cover(size, strokes, unit * rng.uniform(.045, .06))
    tooth = np.clip(.75 + .35 * grain(rng, size, 2.2), 0, 1)  # graphite stays on the paper's hills
    alpha = 1 - np.prod([1 - .75 * c * tooth for c in covered], 0)
    paper = rng.uniform(168, 196) + 2.5 * grain(rng, size, 60)
    picture = paper * (1 - alpha) + rng.uniform(62, 84) * alpha
    picture = blurred(picture, rng.uniform(2.5, 5)) * uneven_light(rng, size, .85)
    return image(picture + rng.normal(0, 1.5, picture.shape)), "jpg", {"quality": 46}


def chalk(rng, character):
    """Chalk on a dark board that was wiped before."""
    size = (rng.randint(210, 250), rng.randint(210, 250))
    strokes, unit = place(rng, write(rng, character, .05, 1.6), size, (.6, .8), .5)
    covered = cover(size, strokes, unit * rng.uniform(.075, .1), .8, rng.uniform(-1, 1))
    rough = .5 + .42 * grain(rng, size, 2.4)
    alpha = 1 - np.prod([1 - np.clip(blurred(c, .8) * (1.5 - .9 * rough) - .1, 0, .95)
                         for c in covered], 0)
    dust = blurred(np.max(covered, 0), 7) * .1
    wiped = np.clip(.03 + .02 * grain(rng, size, 45), 0, 1)
    board = ((36, 58, 48), (40, 44, 50), (30, 50, 60))[rng.randint(3)]
    color = ((236, 236, 230), (236, 236, 230), (240, 226, 150), (238, 182, 190))[rng.randint(4)]
    ground = mixed(np.tile(np.array(board, float), (size[1], size[0], 1)), (200, 200, 196),
                   np.rint((dust + wiped) * 60) / 60)
    return few_colors(image(mixed(ground, color, alpha)), 12), "png", {"optimize": True}


def form(rng, character):
    """A field of a form, filled in with a gel pen, scanned in 16 greys and cut out roughly: one or two
    edges of its box are still there."""
    size = (rng.randint(200, 240), rng.randint(220, 270))
    strokes, unit = place(rng, write(rng, character, .06, 1.3), size, (.5, .66), .6, tilt=.02)
    alpha = np.max(cover(size, strokes, unit * rng.uniform(.055, .075)), 0)
    skew = rng.uniform(-.012, .012)
    edges = []
    for side in rng.permutation(4)[:rng.randint(1, 3)]:
        at = rng.uniform(3, 14)
        at = (at, size[side % 2] - 1 - at)[side // 2]
        ends = np.array([[at, -9.], [at, size[1] + 9.]]) if side % 2 == 0 else \
            np.array([[-9., at], [size[0] + 9., at]])
        ends += (ends - np.array(size) / 2)[:, ::-1] * [skew, -skew]
        edges.append(np.column_stack([even(ends, 3), np.ones(len(even(ends, 3)))]))
    box = np.max(cover(size, edges, rng.uniform(2, 3.4)), 0)
    picture = 250 - box * rng.uniform(90, 200)
    picture = picture * (1 - alpha) + 34 * alpha
    return few_colors(image(blurred(picture, .7)), 16), "png", {"optimize": True, "bits": 4}


STYLES = (ballpoint, marker, pencil, chalk, form)


def name_of(character):
    """Names that differ by more than case: some file systems do not tell it."""
    kind = "digit" if character.isdigit() else "capital" if character.isupper() else "small"
    return f"{kind}-{character.lower()}"


def main(folder):
    lines = ["# file\tcharacter\n"]
    for style in STYLES:
        (folder / style.__name__).mkdir(parents=True, exist_ok=True)
        for character in CLASSES:
            stem = f"{style.__name__}/{name_of(character)}"
            rng = np.random.RandomState(zlib.crc32(stem.encode()))
            picture, suffix, options = style(rng, character)
            picture.save(folder / f"{stem}.{suffix}", **options)
            lines.append(f"{stem}.{suffix}\t{character}\n")
    (folder / "expected.tsv").write_text("".join(lines))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "drawings")
