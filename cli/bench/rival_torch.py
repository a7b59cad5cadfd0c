"""What `emnist train` does by default, in PyTorch on a CPU, written for speed.

    rival_torch.py EPOCHS THREADS DATASET...

DATASET is a file of images in idx format as EMNIST has them, gzip, with its labels beside it and,
where a label means more than one character, its mapping. Prints a line on stderr at the end of each
epoch, as `emnist train` does.

The same network, optimizer, averaging and distortions, nothing of an epoch in Python but the loop over
its batches: the images of a batch are distorted at once, by one grid_sample().
"""
import gzip
import math
import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

BATCH = 256
RATE, WARMUP_EPOCHS, DECAY, EMA, DROPOUT = 0.002, 1, 0.01, 0.999, 0.1
ROTATE, SCALE, SHEAR, SHIFT = 12, 0.12, 0.12, 0.08
CLASSES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def read(path):
    """Images (n, 1, 28, 28) of bytes, upright, and the set of classes of each: (n, 62) of 0 and 1."""
    with gzip.open(path) as file:
        pixels = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 28, 28)
    base = path.replace("-images-idx3-ubyte.gz", "")
    with gzip.open(base + "-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8)
    sets = np.zeros((256, len(CLASSES)), np.float32)
    with open(base + "-mapping.txt") as file:
        for line in file:
            index, *points = map(int, line.split())
            sets[index, [CLASSES.index(chr(point)) for point in points]] = 1
    images = np.ascontiguousarray(pixels.transpose(0, 2, 1))[:, None]
    return torch.from_numpy(images), torch.from_numpy(sets[labels])


def uniform(n, limit):
    return torch.empty(n).uniform_(-limit, limit)


def distort(images):
    n = len(images)
    angle = uniform(n, math.radians(ROTATE))
    shear = uniform(n, SHEAR)
    width, height = 1 + uniform(n, SCALE), 1 + uniform(n, SCALE)
    cos, sin = angle.cos(), angle.sin()
    # From the pixel of the result to the place that it comes from; coordinates run from -1 to 1.
    theta = torch.stack(
        [
            torch.stack([cos / width, (shear * cos - sin) / width, uniform(n, 2 * SHIFT)], 1),
            torch.stack([sin / height, (shear * sin + cos) / height, uniform(n, 2 * SHIFT)], 1),
        ],
        1,
    )
    grid = F.affine_grid(theta, images.shape, align_corners=False)
    return F.grid_sample(images, grid, align_corners=False).flatten(1)


def network():
    layers, before = [], 784
    for width in (512, 256):
        layers += [nn.Linear(before, width, bias=False), nn.BatchNorm1d(width), nn.ReLU()]
        layers += [nn.Dropout(DROPOUT)]
        before = width
    return nn.Sequential(*layers, nn.Linear(before, len(CLASSES)))


def main():
    epochs, threads = int(sys.argv[1]), int(sys.argv[2])
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    parts = [read(path) for path in sys.argv[3:]]
    images = torch.cat([part[0] for part in parts])
    sets = torch.cat([part[1] for part in parts])
    model = network()
    weights = list(model.parameters())
    averages = [weight.detach().clone() for weight in weights]
    optimizer = torch.optim.AdamW(weights, lr=RATE, weight_decay=DECAY, fused=True)
    n_batches = len(images) // BATCH
    n_steps = epochs * n_batches
    n_warmup = WARMUP_EPOCHS * n_batches
    step = 0
    for epoch in range(1, epochs + 1):
        total = 0.0
        order = torch.randperm(len(images))
        for start in range(0, n_batches * BATCH, BATCH):
            chosen = order[start : start + BATCH]
            vectors = distort(images[chosen].float().mul_(1 / 255))
            scores = F.log_softmax(model(vectors), 1)
            # The classes of a set are all as good: the loss is -log of their sum.
            loss = -torch.logsumexp(scores + sets[chosen].log(), 1).mean()
            rate = RATE * 0.5 * (1 + math.cos(math.pi * step / n_steps))
            optimizer.param_groups[0]["lr"] = rate * min(1, (step + 1) / n_warmup)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                torch._foreach_lerp_(averages, weights, 1 - EMA)
            total += loss.item()
            step += 1
        print(f"epoch {epoch}/{epochs}  loss {total / n_batches:.4f}", file=sys.stderr, flush=True)


main()
