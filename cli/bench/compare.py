"""Runs emnist and its rivals in turn, goal by goal, and prints a table in the end.

    compare.py BUILD DATA LIST RUNS PART...

DATA is the folder with EMNIST's files, LIST a CSV file of PNG files and their true labels. Parts: network
files pictures python one eval scale train. Every figure but the network's and python's is of a whole process,
start to end; the medians of RUNS runs count, the runs alternating between the programs.
"""
import csv
import glob
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile

import measure

HERE = os.path.dirname(__file__)
MODEL = "lib/builtin/default.onnx"
DECODERS = {
    # module, what is wanted: how many times as fast as with it
    "skimage": ("skimage", 8),
    "pillow": ("PIL", 3),
    "opencv": ("cv2", 1.5),
}


class Bench:
    def __init__(self, build, data, listing, runs, folder):
        self.emnist = os.path.join(build, "emnist")
        self.tools = os.path.join(build, "bench")
        self.test = os.path.join(data, "emnist-byclass-test-images-idx3-ubyte.gz")
        self.train = sorted(glob.glob(os.path.join(data, "train", "*-images-idx3-ubyte.gz")))
        self.runs = runs
        self.folder = folder
        self.threads = str(len(os.sched_getaffinity(0)))
        self.goals = []
        with open(listing, newline="") as file:
            self.truth = {row["path"]: row["label"] for row in csv.DictReader(file)}
        self.names = self.write("names", "\n", self.truth)

    def write(self, name, end, lines):
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            file.writelines(line + end for line in lines)
        return path

    def rival(self, *arguments):
        return [sys.executable, os.path.join(HERE, arguments[0]), *arguments[1:]]

    def goal(self, what, measured, wanted, reached):
        self.goals.append((what, measured, wanted, "yes" if reached else "no"))

    def accuracy(self, output, truth=None):
        truth = truth or self.truth
        with open(output, newline="") as file:
            rows = list(csv.DictReader(file))
        if len(rows) != len(truth):
            sys.exit(f"bench: {len(rows)} records for {len(truth)} files")
        return sum(truth[row["path"]] == row["label"] for row in rows)


def has(*modules):
    return all(importlib.util.find_spec(module) for module in modules)


def left_out(what, why):
    print(f"left out: {what}: {why}")


# ------------------------------------------------------------------------------------------ parts


def network(bench):
    """The images of the test split as vectors already; build/bench/network prints its own table."""
    tool = os.path.join(bench.tools, "network")
    if not os.path.exists(tool):
        return left_out("the network alone", f"{tool} is not built")
    libraries = []
    if has("onnxruntime"):
        found = importlib.util.find_spec("onnxruntime").submodule_search_locations[0]
        libraries = glob.glob(os.path.join(found, "capi", "libonnxruntime.so*"))[:1]
    if not libraries:
        left_out("ONNX Runtime", "not installed")
    subprocess.run([tool, MODEL, bench.test, *libraries], check=True)


def floor(bench, zeroes, threads):
    """The least time for it, as build/bench/floor_files says: seconds by stage, the last of which
    has all the others in it. One thread has one processor."""
    tool = os.path.join(bench.tools, "floor_files")
    if not os.path.exists(tool):
        return left_out("the floor", f"{tool} is not built")
    prepare = measure.on_one_processor if threads == "1" else None
    with open(zeroes) as file:
        shown = subprocess.run([tool, threads], stdin=file, capture_output=True, text=True, check=True, preexec_fn=prepare)
    return {stage["stage"]: stage["seconds"] for stage in map(json.loads, shown.stdout.splitlines())}


def fill_cache(bench):
    """Reads all files, so that nobody waits for the disk."""
    for name in bench.truth:
        with open(name, "rb", buffering=0) as file:
            file.read()


def files(bench):
    zeroes = bench.write("names0", "\0", bench.truth)
    output = os.path.join(bench.folder, "output")
    programs = {"emnist": [bench.emnist, "classify", "-f", "csv", "--files-from", bench.names]}
    for decoder, (module, _) in DECODERS.items():
        if has(module, "onnxruntime"):
            programs[decoder] = bench.rival("rival_files.py", decoder, bench.threads, MODEL, bench.names)
        else:
            left_out(f"{decoder} + ONNX Runtime", "not installed")
    times = {name: [] for name in programs}
    floors, notes = [], {}
    fill_cache(bench)
    for _ in range(bench.runs):
        for name, command in programs.items():
            seconds, peak = measure.run(command, output)
            times[name].append(seconds)
            notes[name] = f"{bench.accuracy(output)} right"
            if name == "emnist":
                notes[name] += f", peak {peak:.1f} MiB"
        floors.append(floor(bench, zeroes, bench.threads))
    first = statistics.median(times["emnist"])
    for name, values in times.items():
        median = statistics.median(values)
        ratio = median / first
        print(f"{name:10} {median:8.2f} s {len(bench.truth) / median:10.0f} images/s {ratio:6.2f}x   {notes[name]}")
        if name != "emnist":
            wanted = DECODERS[name][1]
            bench.goal(f"files: {name} + ONNX Runtime, {bench.threads} processes", f"{ratio:.2f}x", f">= {wanted}x", ratio >= wanted)
    if all(floors):
        median = statistics.median(list(stages.values())[-1] for stages in floors)
        print(f"{'floor':10} {median:8.2f} s {len(bench.truth) / median:10.0f} images/s {median / first:6.2f}x")
        bench.goal("files: emnist by the floor", f"{first / median:.2f}x", "<= 1.35x", first / median <= 1.35)


# Microseconds a picture, start of the program left out, that emnist is to take at most on one core;
# None: what decoding takes is not told apart here, see build/bench/time_photographs.
PICTURE_GOALS = {"28x28 dark on light": 40, "64x64 bilevel": 40, "128x128 grey": 120}


def drawings():
    """The drawings of testdata and what they show, by kind."""
    sets = {}
    with open("testdata/drawings/expected.tsv") as file:
        for line in file:
            if not line.startswith("#"):
                name, label = line.rstrip("\n").split("\t")
                sets.setdefault("drawings, " + name.split("/")[0], []).append(("testdata/drawings/" + name, label))
    return sets


def pictures(bench):
    """People's pictures to CSV on one core, the start of the program left out: what a list of no files
    takes."""
    if not has("cv2", "onnxruntime"):
        return left_out("people's pictures", "OpenCV or ONNX Runtime is not installed")
    import pictures as made

    output = os.path.join(bench.folder, "output")
    programs = {
        "emnist": lambda names: [bench.emnist, "classify", "-j", "1", "-f", "csv", "--files-from", names],
        "opencv": lambda names: bench.rival("rival_pictures.py", MODEL, names),
    }
    empty = bench.write("none", "\n", [])
    begin = {name: measure.in_turn({"": command(empty)}, 2 * bench.runs + 1, alone=[""])[""] for name, command in programs.items()}
    sets = {**drawings(), **made.make(list(bench.truth.items()), os.path.join(bench.tools, "pictures"))}
    for title, images in sets.items():
        truth = dict(images)
        repeats = max(1, 4000 // len(truth) // (10 if title.endswith("photographs") else 1))
        names = bench.write("pictures", "\n", list(truth) * repeats)
        once = bench.write("pictures once", "\n", truth)
        times = {name: [] for name in programs}
        for _ in range(bench.runs):
            for name, command in programs.items():
                times[name].append(measure.in_turn({"": command(names)}, 1, alone=[""])[""] - begin[name])
        cost = {name: 1e6 * statistics.median(found) / len(truth) / repeats for name, found in times.items()}
        right = {}
        for name, command in programs.items():
            measure.run(command(once), output)
            right[name] = f"{100 * bench.accuracy(output, truth) / len(truth):.1f} %"
        print(f"{title:22} emnist {cost['emnist']:6.0f} us {right['emnist']:>7} right   opencv {cost['opencv']:6.0f} us {right['opencv']:>7} right", flush=True)
        ratio = statistics.median(b / a for a, b in zip(times["emnist"], times["opencv"]))
        bench.goal(f"pictures: {title}: opencv", f"{ratio:.2f}x", "> 1x", ratio > 1)
        if title in PICTURE_GOALS:
            bench.goal(f"pictures: {title}", f"{cost['emnist']:.0f} us", f"<= {PICTURE_GOALS[title]} us", cost["emnist"] <= PICTURE_GOALS[title])


def python(bench):
    """The Python package: what it adds to the C call, and OpenCV with ONNX Runtime beside it."""
    if not has("cv2", "onnxruntime"):
        return left_out("the Python package", "OpenCV or ONNX Runtime is not installed")
    import pictures as made
    import python_calls

    def contents(images):
        return [open(path, "rb").read() for path, _ in images]

    images = list(bench.truth.items())
    python_calls.open_package(os.path.dirname(bench.tools))
    ours, library = python_calls.batch(contents(images[:128]))
    print(f"{'batches of 128 PNG files':26} emnist {1e6 * ours / 128:6.1f} us an image, {ours / library:.2f}x the C call")
    bench.goal("python: batches of 128: the C call", f"{ours / library:.2f}x", "<= 1.1x", ours / library <= 1.1)
    sets = {"EMNIST's PNG files": images, **made.make(images, os.path.join(bench.tools, "pictures"))}
    for title, images in sets.items():
        ours, opencv = python_calls.single(contents(images[:100]), MODEL)
        print(f"one: {title:21} emnist {1e6 * ours:6.1f} us, opencv {1e6 * opencv:6.1f} us, {opencv / ours:.2f}x", flush=True)
        wanted = 1 if title.endswith("photographs") else 2  # which are mostly the normalizer's work
        bench.goal(f"python: one: {title}: opencv", f"{opencv / ours:.2f}x", f">= {wanted}x", opencv / ours >= wanted)


def one(bench):
    """From exec to exit, of which the first runs, that fill the caches, are not counted; and what
    programs take that do nothing, linked to the same libraries, and to none."""
    image = next(iter(bench.truth))
    names = bench.write("one", "\n", [image])
    programs = {"emnist": [bench.emnist, "classify", image]}
    for decoder in ("skimage", "opencv"):
        if has(DECODERS[decoder][0], "onnxruntime"):
            programs[decoder] = bench.rival("rival_files.py", decoder, "1", MODEL, names)
    measure.in_turn(programs, 1)
    times = measure.in_turn(programs, 5)
    nothings = {
        "nothing, the same libraries": [os.path.join(bench.tools, "nothing")],
        "nothing, static": [os.path.join(bench.tools, "nothing_static")],
    }
    nothings = {name: command for name, command in nothings.items() if os.path.exists(command[0])}
    times.update(measure.in_turn({"emnist": programs["emnist"], **nothings}, 51))
    for name, seconds in times.items():
        print(f"{name:28} {1000 * seconds:8.2f} ms {seconds / times['emnist']:8.2f}x")
    bench.goal("one image, exec to exit", f"{1000 * times['emnist']:.1f} ms", "<= 8 ms", times["emnist"] <= 0.008)
    if "skimage" in times:
        ratio = times["skimage"] / times["emnist"]
        bench.goal("one image: skimage + ONNX Runtime", f"{ratio:.0f}x", ">= 50x", ratio >= 50)


def eval_(bench):
    command = [bench.emnist, "eval", "-f", "json", bench.test]
    found = []
    for _ in range(bench.runs):
        seconds, peak = measure.run(command, os.path.join(bench.folder, "eval"))
        found.append((seconds, peak))
    seconds = statistics.median(item[0] for item in found)
    print(f"the test split, gzip included: {seconds:.2f} s, peak {found[-1][1]:.1f} MiB")
    bench.goal("eval: 116,323 images", f"{seconds:.2f} s", "<= 1.0 s", seconds <= 1)


def scale(bench):
    """The same files over and over, and more workers than processors."""
    names = list(bench.truth)
    rates, peaks = [], []
    fill_cache(bench)
    # Measured without what a process takes to begin, which counts at 1,000 files.
    empty = bench.write("empty", "\0", [])
    command = [bench.emnist, "classify", "-f", "csv", "--files0-from"]
    begin = measure.in_turn({"nothing": [*command, empty]}, 11)["nothing"]
    print(f"{0:8} files {1000 * begin:10.2f} ms, which are left out of what follows", flush=True)
    for n in (1000, 100000, 1000000):
        many = bench.write("many", "\0", (names[i % len(names)] for i in range(n)))
        found = [measure.run([*command, many]) for _ in range(11 if n == 1000 else bench.runs if n < 1000000 else 1)]
        seconds = statistics.median(item[0] for item in found) - begin
        rates.append(n / seconds)
        peaks.append(max(item[1] for item in found))
        print(f"{n:8} files {rates[-1]:10.0f} images/s   peak {peaks[-1]:.1f} MiB", flush=True)
    spread = max(rates) / min(rates)
    bench.goal("scale: images/s at 10^3, 10^5, 10^6", f"{100 * (spread - 1):.1f} % apart", "<= 5 %", spread <= 1.05)
    # A process that is gone in a few hundredths of a second shows no peak worth comparing.
    bench.goal("scale: peak memory", f"{max(peaks):.1f} MiB", "< 64 MiB", max(peaks) < 64)
    growth = peaks[2] - peaks[1]
    bench.goal("scale: peak at 10^6 over 10^5", f"{growth:+.1f} MiB", "+-2 MiB", abs(growth) <= 2)
    workers(bench, bench.write("many", "\0", (names[i % len(names)] for i in range(100000))))


def workers(bench, zeroes):
    """One worker on one processor, one a processor, and 16; and what the floor makes of the same
    processors, by stage: reading and decoding alone gain no more."""
    command = [bench.emnist, "classify", "-f", "csv", "--files0-from", zeroes, "-j"]
    fill_cache(bench)
    times = {n: [] for n in dict.fromkeys(("1", bench.threads, "16"))}
    floors = {n: [] for n in dict.fromkeys(("1", bench.threads))}
    for _ in range(bench.runs):
        for n, seconds in measure.in_turn({n: [*command, n] for n in times}, 1, alone=["1"]).items():
            times[n].append(seconds)
        for n, found in floors.items():
            found.append(floor(bench, zeroes, n))
    medians = {n: statistics.median(values) for n, values in times.items()}
    for n, seconds in medians.items():
        print(f"{100000:8} files, -j {n:3} {100000 / seconds:10.0f} images/s {medians['1'] / seconds:6.2f}x")
    limit = ""
    if all(floors["1"]):
        gains = {
            stage: statistics.median(one[stage] / several[stage] for one, several in zip(floors["1"], floors[bench.threads]))
            for stage in floors["1"][0]
        }
        print("   floor, " + ", ".join(f"{stage} {gain:.2f}x" for stage, gain in gains.items()))
        limit = f" (floor: {list(gains.values())[-1]:.2f}x)"
    if bench.threads == "2":
        gain = statistics.median(one / two for one, two in zip(times["1"], times["2"]))
        bench.goal("scale: files, two cores over one" + limit, f"{gain:.2f}x", ">= 1.8x", gain >= 1.8)
    loss = statistics.median(many / few for many, few in zip(times["16"], times[bench.threads])) - 1
    bench.goal(f"scale: 16 workers on {bench.threads} cores", f"{100 * loss:.1f} % lost", "<= 5 %", loss <= 0.05)


def train(bench):
    """An epoch; the first of a run, which begins with reading the data, is left out."""
    ours = [bench.emnist, "train", "-j", bench.threads, "-o", os.devnull, "--no-checkpoint", "--epochs", "3"]
    programs = {"emnist": ours + bench.train}
    if has("torch"):
        programs["PyTorch"] = bench.rival("rival_torch.py", "2", bench.threads, *bench.train)
    else:
        left_out("PyTorch", "not installed")
    times = {name: [] for name in programs}
    for _ in range(bench.runs):
        for name, command in programs.items():
            times[name] += measure.epoch_seconds(command)
    ours = statistics.median(times["emnist"])
    for name, values in times.items():
        median = statistics.median(values)
        print(f"{name:10} {median:7.2f} s an epoch {median / ours:6.2f}x   median of {len(values)} epochs")
    bench.goal("train: an epoch of 175,476 images", f"{ours:.2f} s", "< 4 s", ours < 4)
    if "PyTorch" in times:
        ratio = statistics.median(times["PyTorch"]) / ours
        bench.goal("train: PyTorch by emnist", f"{ratio:.2f}x", ">= 4x", ratio >= 4)


PARTS = {"network": network, "files": files, "pictures": pictures, "python": python, "one": one, "eval": eval_, "scale": scale, "train": train}


def main():
    build, data, listing, runs, *parts = sys.argv[1:]
    for part in parts:
        if part not in PARTS:
            sys.exit(f"bench: BENCH: '{part}' is not one of {' '.join(PARTS)}")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(build, data, listing, int(runs), folder)
        print(measure.machine(bench.emnist))
        print(f"{len(bench.truth)} PNG files, medians of {runs} runs in turn, {bench.threads} threads")
        for part in parts:
            print(f"\n== {part}", flush=True)
            PARTS[part](bench)
    print(f"\n{'goal':52} {'measured':>16} {'wanted':>10}  reached")
    for what, measured, wanted, reached in bench.goals:
        print(f"{what:52} {measured:>16} {wanted:>10}  {reached}")


main()
