#!/usr/bin/env python3
"""Makes testdata/montage.png for README.md: drawings, and below each what the network sees of it.

    python3 testdata/generate_montage.py     (needs Pillow and build/emnist)
"""
import pathlib
import subprocess
import tempfile

from PIL import Image

FOLDER = pathlib.Path(__file__).parent
NAMES = ("ballpoint/capital-r.jpg", "ballpoint/digit-5.jpg", "marker/small-a.png", "marker/digit-4.png",
         "pencil/digit-8.jpg", "pencil/capital-s.jpg", "chalk/small-e.png", "chalk/capital-h.png",
         "form/small-y.png", "form/digit-7.png")
SIDE, GAP = 84, 6  # 84 is 3 x 28: a pixel of the network's is 3 x 3 here


def tile(image):
    """The image's middle, square."""
    side = min(image.size)
    left, top = ((n - side) // 2 for n in image.size)
    return image.crop((left, top, left + side, top + side))


def main():
    step = SIDE + GAP
    sheet = Image.new("RGB", (step * len(NAMES) - GAP, 2 * step - GAP), "white")
    with tempfile.TemporaryDirectory() as seen:
        subprocess.run([FOLDER.parent / "build/emnist", "classify", "--dump-preprocessed", seen] +
                       [FOLDER / "drawings" / name for name in NAMES], check=True)
        for k, (name, dump) in enumerate(zip(NAMES, sorted(pathlib.Path(seen).iterdir()))):
            drawing = tile(Image.open(FOLDER / "drawings" / name).convert("RGB"))
            sheet.paste(drawing.resize((SIDE, SIDE), Image.LANCZOS), (k * step, 0))
            sheet.paste(Image.open(dump).resize((SIDE, SIDE), Image.NEAREST), (k * step, step))
    sheet.quantize(128, method=Image.MEDIANCUT, dither=Image.NONE).save(
        FOLDER / "montage.png", optimize=True)


if __name__ == "__main__":
    main()
