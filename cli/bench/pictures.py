"""Pictures as people have them, made of EMNIST's images: sets of files for the benchmark of them.

    make(images, folder) -> {set: [(path, label)...]}

images: a list of (path, label) of 28x28 PNG files, light on dark. Needs OpenCV. What is there already
is not made again.
"""
import csv
import os

import cv2
import numpy as np

N_PICTURES = 2000
N_PHOTOGRAPHS = 200
PHOTOGRAPH_SIDE = 500


def inverted(image, _):
    return 255 - image


def bilevel(image, _):
    return np.where(cv2.resize(image, (64, 64), interpolation=cv2.INTER_CUBIC) > 127, 0, 255).astype(np.uint8)


def grey(image, _):
    return 255 - sharp(image, 128, 1.5)


def sharp(image, side, sigma):
    """Enlarged, the outline where the ink is at 60 % of its level."""
    large = cv2.GaussianBlur(cv2.resize(image, (side, side), interpolation=cv2.INTER_CUBIC), (0, 0), sigma)
    return np.clip((large.astype(np.int32) - 100) * 5, 0, 255).astype(np.uint8)


def photograph(image, number):
    """In a color ink on a sheet, askew in it; of four, one in even light, one in light that falls, one
    behind the edge of a shadow, and one on ruled paper; the noise of a camera."""
    rng = np.random.default_rng(number)
    n = PHOTOGRAPH_SIDE
    side = int(rng.uniform(0.35, 0.8) * n)
    left, top = rng.integers(0, n - side, 2)
    ink = np.zeros((n, n, 1))
    ink[top : top + side, left : left + side, 0] = sharp(image, side, 3) / 255
    y, x = np.mgrid[0:n, 0:n] / n - 0.5
    light = np.ones((n, n))
    if number % 4 == 1:
        light += 0.4 * (x * rng.uniform(-1, 1) + y * rng.uniform(-1, 1))
    if number % 4 == 2:
        angle = rng.uniform(0, 2 * np.pi)
        across = x * np.cos(angle) + y * np.sin(angle) + rng.uniform(-0.3, 0.3)
        light -= 0.4 / (1 + np.exp(-60 * across))
    paper = np.array([225, 232, 235]) * rng.uniform(0.85, 1.05)
    color = np.array([[60, 50, 45], [120, 40, 30], [90, 90, 95]])[number % 3]
    picture = (paper * (1 - ink) + color * ink) * light[:, :, None]
    if number % 4 == 3:
        for row in range(int(rng.integers(20, 80)), n, 90):
            picture[row : row + 3] *= 0.75
    picture += cv2.GaussianBlur(rng.normal(0, 12, (n, n)), (0, 0), 0.7)[:, :, None]
    return np.clip(picture, 0, 255).astype(np.uint8)


# The name of a set, what makes a picture of it, how many, and how they are written.
SETS = {
    "28x28 dark on light": (inverted, N_PICTURES, ".png", []),
    "64x64 bilevel": (bilevel, N_PICTURES, ".png", [cv2.IMWRITE_PNG_BILEVEL, 1]),
    "128x128 grey": (grey, N_PICTURES, ".png", []),
    "500x500 photographs": (photograph, N_PHOTOGRAPHS, ".jpg", [cv2.IMWRITE_JPEG_QUALITY, 85]),
}


def make(images, folder):
    sets = {}
    for name, (draw, n, ending, options) in SETS.items():
        place = os.path.join(folder, name.replace(" ", "-"))
        listing = place + ".csv"
        if not os.path.exists(listing):
            os.makedirs(place, exist_ok=True)
            rows = []
            for number in range(n):
                source, label = images[number * len(images) // n]
                path = os.path.join(place, f"{number:05}{ending}")
                cv2.imwrite(path, draw(cv2.imread(source, cv2.IMREAD_GRAYSCALE), number), options)
                rows.append((path, label))
            with open(listing, "w", newline="") as file:
                csv.writer(file).writerows(rows)
        with open(listing, newline="") as file:
            sets[name] = [tuple(row) for row in csv.reader(file)]
    return sets
