#!/usr/bin/env python3
"""Trains convolutional teachers in PyTorch, and writes down what they say: soft labels for
`emnist train --soft-labels`.

    emnist train --write-variants VARIANTS --variants 24 ... DATASET...
    conv_teacher.py train VARIANTS teacher.pt [--stem stride|pool] [--width N] [--seed N]
                    [--fold I/N] [--sources N,N...]
    conv_teacher.py label VARIANTS soft-idx3-float TEACHER... [--sources N,N...]
    conv_teacher.py mix VARIANTS soft-idx3-float SOFT... --specialists FILE... --known N,N... [--sources N,N...]
    emnist train --soft-labels soft-idx3-float ... DATASET...

VARIANTS holds what `emnist train --write-variants` wrote: the very images that the student will be shown,
the classes that each may be of, and its weight. Images of no weight are held out: their accuracy
and mean loss are printed after each epoch. An epoch shows an image once, in one of the variants, early
epochs in early variants; one whose weight is less than 1 only with that probability. Training that was
interrupted goes on from the last whole epoch (teacher.pt.part), and ends as if it had not been; the
same seed, number of threads and machine give the same teacher. `label` writes the mean of what the teachers say of each image in each variant, an
idx file of 32-bit floats with the dimensions (variants, images, classes); it, too, goes on after the
last whole variant (soft-idx3-float.part).

What a teacher says of images that it learned is partly what it remembers of their labels. With --fold
I/N it does not learn part I, from 0, of N parts of each dataset, and `label` asks it only about those
images, and about those held out: N such teachers together answer for all without having seen what
they speak of. --sources says, for each dataset, the number (from 1) of the one whose images it shows
again, spread evenly over those learned as lib/bench/export_photographs does, or its own number: an
image and what shows it again fall into the same part. `label` with --sources asks about no picture
that shows an image again, but writes for it what is said of that image: what it should be taken for,
however much of it is lost; without, what a teacher makes of what is left.

`mix` writes the mean of several files of labels. About the images of the datasets that --known lists,
specialists are asked besides: teachers, or perceptrons, as `emnist model convert` writes them to
.safetensors; and as these images have other frequencies than all together, say of the two cases of a
letter, the logarithms of these answers are moved by a number for each class, which is fitted to the
images held out.

Needs torch and numpy. Convolutions run in bfloat16 where the processor has it, at some three times
the speed."""

import argparse
import glob
import json
import math
import os
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.nn.functional import log_softmax

CHUNK = 256  # images asked about at once: more are slower, as they leave the caches
EMA_DECAY = 0.999
WEIGHT_DECAY = 0.02
DROPOUT = 0.3
SHIFT_DECAY = 0.002  # of what answers are moved by, squared, beside the mean loss
WARMUP_SHARE = 0.05  # of all steps, in which the learning rate rises from zero
HAS_BFLOAT16 = torch.cpu.get_capabilities().get("avx512_bf16", False)


def read_idx(path, dtype, n_dims):
    """The array of an uncompressed idx file, mapped, not read."""
    header = np.fromfile(path, ">u4", 1 + n_dims)
    return np.memmap(path, dtype, "r", offset=4 * (1 + n_dims), shape=tuple(header[1:]))


class Variants:
    def __init__(self, folder):
        n = len(glob.glob(f"{folder}/variant*-images-idx3-ubyte"))
        self.images = [read_idx(f"{folder}/variant{v}-images-idx3-ubyte", np.uint8, 3) for v in range(n)]
        self.classes = torch.from_numpy(np.array(read_idx(f"{folder}/classes-idx2-ubyte", np.uint8, 2)))
        weights = read_idx(f"{folder}/weights-idx1-float", ">f4", 1).astype(np.float32)
        self.weights = torch.from_numpy(weights)
        self.sizes = read_idx(f"{folder}/sizes-idx1-int", ">i4", 1)
        self.learned = np.flatnonzero(weights > 0)
        self.held_out = np.flatnonzero(weights == 0)

    def originals(self, sources):
        """For each image the one that it shows again, or itself. sources: as --sources says."""
        starts = np.cumsum(self.sizes) - self.sizes
        originals = np.arange(sum(self.sizes))
        for start, size, source in zip(starts, self.sizes, np.array(sources, int) - 1):
            shown = starts[source] + np.arange(self.sizes[source])
            if starts[source] != start:
                shown = shown[self.weights.numpy()[shown] > 0]
                originals[start : start + size] = shown[np.arange(size) * len(shown) // size]
        return originals

    def parts(self, n_parts, sources):
        """Which of n_parts each image falls into."""
        parts = np.concatenate([np.arange(size) * n_parts // size for size in self.sizes])
        return parts[self.originals(sources)]

    def batch(self, variant, rows):
        """(n, 1, 28, 28) in [0,1], with the channels last."""
        pixels = torch.from_numpy(self.images[variant][rows]).unsqueeze(1)
        return (pixels.float() / 255).contiguous(memory_format=torch.channels_last)


def block(n_in, n_out, kernel=3, stride=1):
    return [nn.Conv2d(n_in, n_out, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(n_out), nn.ReLU()]


def make_net(stem, width, n_classes):
    """Two convolutions at 14x14, two at 7x7 of twice the width, one hidden layer. The stem is one
    convolution of stride 2, or two of stride 1 and a maximum."""
    if stem == "stride":
        layers = block(1, width, 5, 2)
    else:
        layers = block(1, width // 2) + block(width // 2, width) + [nn.MaxPool2d(2)]
    layers += block(width, width) + block(width, width) + [nn.MaxPool2d(2)]
    layers += block(width, 2 * width) + block(2 * width, 2 * width) + [nn.MaxPool2d(2), nn.Flatten()]
    layers += [nn.Linear(2 * width * 9, 256, bias=False), nn.BatchNorm1d(256), nn.ReLU(), nn.Dropout(DROPOUT)]
    layers += [nn.Linear(256, n_classes)]
    return nn.Sequential(*layers).to(memory_format=torch.channels_last)


def logits_of(net, images):
    with torch.autocast("cpu", torch.bfloat16, enabled=HAS_BFLOAT16):
        return net(images).float()


def loss_of(logits, classes):
    """-log of the summed probability of the classes that each image may be of."""
    return -log_softmax(logits, 1).masked_fill(classes == 0, -math.inf).logsumexp(1)


def validate(net, variants):
    """Accuracy and mean loss on the images held out, which all variants show undistorted."""
    n_right, loss = 0, 0.0
    for at in range(0, len(variants.held_out), CHUNK):
        rows = variants.held_out[at : at + CHUNK]
        with torch.no_grad():
            logits = logits_of(net, variants.batch(0, rows))
        classes = variants.classes[rows]
        n_right += classes.gather(1, logits.argmax(1, keepdim=True)).sum().item()
        loss += loss_of(logits, classes).sum().item()
    n = max(1, len(variants.held_out))
    return n_right / n, loss / n


def learning_rate(step, n_steps, peak):
    n_warmup = WARMUP_SHARE * n_steps
    if step < n_warmup:
        return peak * (step + 1) / n_warmup
    return peak * 0.5 * (1 + math.cos(math.pi * (step - n_warmup) / (n_steps - n_warmup)))


class Training:
    def __init__(self, options, variants):
        torch.manual_seed(options.seed)
        self.options, self.variants = options, variants
        shape = {"stem": options.stem, "width": options.width, "n_classes": variants.classes.shape[1]}
        self.shape = shape
        self.net, self.average = make_net(**shape), make_net(**shape)
        self.average.load_state_dict(self.net.state_dict())
        matrices = [p for p in self.net.parameters() if p.dim() > 1]
        vectors = [p for p in self.net.parameters() if p.dim() == 1]
        groups = [{"params": matrices, "weight_decay": WEIGHT_DECAY}, {"params": vectors, "weight_decay": 0}]
        self.optimizer = torch.optim.AdamW(groups, lr=options.learning_rate)
        self.epoch = 0
        self.learned = variants.learned
        if options.fold:
            fold, n_folds = options.fold
            parts = variants.parts(n_folds, options.sources)
            self.learned = self.learned[parts[self.learned] != fold]

    def step(self, variant, rows, step, n_steps):
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(step, n_steps, self.options.learning_rate)
        losses = loss_of(logits_of(self.net, self.variants.batch(variant, rows)), self.variants.classes[rows])
        loss = (losses * self.variants.weights[rows].clamp(min=1)).mean()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        decay = min(EMA_DECAY, (step + 1) / (step + 10))
        with torch.no_grad():
            for average, now in zip(self.average.state_dict().values(), self.net.state_dict().values()):
                if average.is_floating_point():
                    average.lerp_(now, 1 - decay)
        return loss.item()

    def run_epoch(self):
        options, variants = self.options, self.variants
        torch.manual_seed(options.seed * 100_003 + self.epoch)
        order = self.learned[torch.randperm(len(self.learned)).numpy()]
        order = order[(torch.rand(len(order)) < variants.weights[order]).numpy()]
        variant = self.epoch * len(variants.images) // options.epochs
        batch = options.batch
        n = len(order) // batch
        self.net.train()
        return sum(
            self.step(variant, order[i * batch : (i + 1) * batch], self.epoch * n + i, options.epochs * n)
            for i in range(n)
        ) / n

    def run(self):
        part = self.options.teacher + ".part"
        if os.path.exists(part):
            state = torch.load(part)
            self.net.load_state_dict(state["net"])
            self.average.load_state_dict(state["average"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.epoch = state["epoch"]
        while self.epoch < self.options.epochs:
            began = time.monotonic()
            loss = self.run_epoch()
            self.epoch += 1
            self.average.eval()
            accuracy, held_out = validate(self.average, self.variants)
            print(f"epoch {self.epoch}/{self.options.epochs}  loss {loss:.4f}  validation {100 * accuracy:.2f} % "
                  f"(loss {held_out:.4f})  {time.monotonic() - began:.0f} s", flush=True)
            state = {"net": self.net.state_dict(), "average": self.average.state_dict(),
                     "optimizer": self.optimizer.state_dict(), "epoch": self.epoch}
            torch.save(state, part + ".new")
            os.replace(part + ".new", part)
        teacher = {"shape": self.shape, "net": self.average.state_dict(), "fold": self.options.fold}
        torch.save(teacher, self.options.teacher + ".new")
        os.replace(self.options.teacher + ".new", self.options.teacher)
        os.remove(part)


class Convolutional:
    def __init__(self, path):
        state = torch.load(path)
        self.fold = state["fold"]
        self.net = make_net(**state["shape"])
        self.net.load_state_dict(state["net"])

    def knows(self, variants, options):
        """Whether it may be asked about each image."""
        if not self.fold:
            return np.full(len(variants.classes), True)
        fold, n_folds = self.fold
        return (variants.parts(n_folds, options.sources) == fold) | (variants.weights.numpy() == 0)

    def ask(self, images):
        with torch.no_grad():
            return logits_of(self.net.eval(), images).softmax(1).numpy()


class Perceptron:
    def __init__(self, path):
        with open(path, "rb") as file:
            header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
            data = file.read()
        if set(header.pop("__metadata__")["emnist.activations"].split(",")) - {"relu", "identity"}:
            sys.exit(f"conv_teacher.py: {path}: only ReLU is supported")
        tensors = {name: np.frombuffer(data, "<f4", math.prod(entry["shape"]), entry["data_offsets"][0])
                   .reshape(entry["shape"]) for name, entry in header.items()}
        layers = [nn.Flatten()]
        for name in sorted((n for n in tensors if n.endswith(".weight")), key=lambda n: int(n.split(".")[0])):
            weight, bias = tensors[name], tensors[name.replace("weight", "bias")]
            if len(layers) == 1:  # variants are transposed
                weight = weight.reshape(-1, 28, 28).transpose(0, 2, 1).reshape(-1, 784)
            layers += [nn.Linear(*weight.shape[::-1]), nn.ReLU()]
            layers[-2].load_state_dict({"weight": torch.tensor(weight), "bias": torch.tensor(bias)})
        self.net = nn.Sequential(*layers[:-1])

    def ask(self, images):
        with torch.no_grad():
            return self.net(images).softmax(1).numpy()


def open_labels(options, variants):
    """The file to write labels to, behind those of the variants that an earlier run wrote down after the
    teachers were there; and their number."""
    path = options.output + ".part"
    header = np.array([0x0D03, len(variants.images), *variants.classes.shape], ">u4").tobytes()
    n_bytes = 4 * variants.classes.numel()
    newest = max(os.path.getmtime(teacher) for teacher in options.teachers)
    out = open(path, "r+b" if os.path.exists(path) and os.path.getmtime(path) > newest else "w+b")
    if out.read(len(header)) != header:
        out.seek(0)
        out.write(header)
        out.truncate()
        out.flush()
    n_done = (os.path.getsize(path) - len(header)) // n_bytes
    out.seek(len(header) + n_done * n_bytes)
    out.truncate()
    return out, n_done


def label(options, variants):
    originals = variants.originals(options.sources)
    own = originals == np.arange(len(originals))
    teachers = [Convolutional(path) for path in options.teachers]
    asked = [(teacher, np.flatnonzero(own & teacher.knows(variants, options))) for teacher in teachers]
    n_answers = np.zeros((len(originals), 1), np.float32)
    for _, rows in asked:
        n_answers[rows] += 1
    if n_answers[own].min() == 0:
        sys.exit("conv_teacher.py: some images were learned by all teachers; those of the other folds are missing")
    out, n_done = open_labels(options, variants)
    with out:
        for variant in range(n_done, len(variants.images)):
            began = time.monotonic()
            answers = np.zeros(variants.classes.shape, np.float32)
            for teacher, rows in asked:
                for at in range(0, len(rows), CHUNK):
                    chunk = rows[at : at + CHUNK]
                    answers[chunk] += teacher.ask(variants.batch(variant, chunk))
            out.write((answers[originals] / n_answers[originals]).astype(">f4").tobytes())
            out.flush()
            print(f"variant {variant + 1}/{len(variants.images)}  {time.monotonic() - began:.0f} s", flush=True)
    os.replace(options.output + ".part", options.output)


def logarithms_of(answers):
    return torch.from_numpy(answers).clamp(min=1e-9).log()


def fit_shift(answers, classes):
    """What to add to the logarithms of answers (n, classes) so that they say the truth on average, and not
    far from nothing."""
    logarithms = logarithms_of(answers)
    shift = torch.zeros(answers.shape[1], requires_grad=True)
    optimizer = torch.optim.LBFGS([shift], max_iter=100)

    def loss():
        optimizer.zero_grad()
        total = loss_of(logarithms + shift, classes).mean() + SHIFT_DECAY * shift.square().sum()
        total.backward()
        return total

    optimizer.step(loss)
    return shift.detach()


def mix(options, variants):
    soft = [read_idx(path, ">f4", 3) for path in options.soft]
    specialists = [Perceptron(path) if path.endswith(".safetensors") else Convolutional(path)
                   for path in options.specialists]
    originals = variants.originals(options.sources)
    known = np.repeat(np.isin(np.arange(len(variants.sizes)) + 1, options.known), variants.sizes)
    known = np.flatnonzero(known & (originals == np.arange(len(originals))))
    is_held_out = variants.weights.numpy()[known] == 0
    shift = None
    with open(options.output + ".part", "wb") as out:
        out.write(np.array([0x0D03, *soft[0].shape], ">u4").tobytes())
        for variant in range(len(variants.images)):
            answers = sum(labels[variant].astype(np.float32) for labels in soft) / len(soft)
            own = answers[known] * len(soft)
            for at in range(0, len(known), CHUNK):
                images = variants.batch(variant, known[at : at + CHUNK])
                own[at : at + CHUNK] += sum(specialist.ask(images) for specialist in specialists)
            own /= len(soft) + len(specialists)
            if shift is None:
                shift = fit_shift(own[is_held_out], variants.classes[known[is_held_out]])
            answers[known] = (logarithms_of(own) + shift).softmax(1).numpy()
            out.write(answers[originals].astype(">f4").tobytes())
    os.replace(options.output + ".part", options.output)


def parse_fold(text):
    fold, n_folds = (int(number) for number in text.split("/"))
    if not 0 <= fold < n_folds:
        raise ValueError
    return fold, n_folds


def parse_numbers(text):
    return [int(number) for number in text.split(",")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    trained = commands.add_parser("train", help="train one teacher")
    trained.add_argument("variants")
    trained.add_argument("teacher")
    trained.add_argument("--stem", choices=["stride", "pool"], default="stride")
    trained.add_argument("--width", type=int, default=64, help="channels at 14x14 (64)")
    trained.add_argument("--epochs", type=int, default=20)
    trained.add_argument("--batch", type=int, default=256)
    trained.add_argument("--learning-rate", type=float, default=0.002)
    trained.add_argument("--seed", type=int, default=1)
    trained.add_argument("--fold", type=parse_fold, metavar="I/N", help="learn all but part I, from 0, of N")
    labeled = commands.add_parser("label", help="write what teachers say")
    labeled.add_argument("variants")
    labeled.add_argument("output")
    labeled.add_argument("teachers", nargs="+")
    mixed = commands.add_parser("mix", help="write the mean of what teachers say, and a perceptron")
    mixed.add_argument("variants")
    mixed.add_argument("output")
    mixed.add_argument("soft", nargs="+")
    mixed.add_argument("--specialists", required=True, nargs="+", metavar="FILE")
    mixed.add_argument("--known", type=parse_numbers, required=True, metavar="N,N...",
                       help="which datasets the specialists are asked about, from 1")
    for command in (trained, labeled, mixed):
        command.add_argument("--threads", type=int, default=1)
        command.add_argument("--sources", type=parse_numbers, default=[], metavar="N,N...",
                             help="which dataset each one shows again, from 1")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    variants = Variants(options.variants)
    if options.command == "train":
        Training(options, variants).run()
    elif options.command == "label":
        label(options, variants)
    else:
        mix(options, variants)


if __name__ == "__main__":
    main()
