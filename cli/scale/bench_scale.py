#!/usr/bin/env python3
"""Measures what each way to classify many shards costs, in CPU time of all processes that it starts.

    python3 cli/scale/bench_scale.py [--rounds N] [--images N] BUILD IMAGES [WAY]...

BUILD is where emnist was built, IMAGES a folder of image files. What a way takes to start and what it takes
an image are told from a few shards and many. In each round all ways run in turn; the table has medians of
the rounds, and what a way takes above emnist alone in the same round. Needs to be root, for a control group;
ways that are not installed are left out.
"""
import argparse
import importlib.util
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

RECIPES = os.path.dirname(os.path.abspath(__file__))
FEW, MANY = 4, 40


class Group:
    """A control group, which counts the CPU time of every process that was started in it."""

    def __init__(self):
        with open("/proc/self/mounts") as mounts:
            root = next(line.split()[1] for line in mounts if line.split()[2] == "cgroup2")
        self.path = tempfile.mkdtemp(prefix="emnist-", dir=root)

    def enter(self):
        with open(os.path.join(self.path, "cgroup.procs"), "w") as file:
            file.write("0")

    def run(self, command):
        """The microseconds that command and all that it starts take, until the last of them ended."""
        before = self.usage()
        with tempfile.TemporaryFile("w+") as log:
            if subprocess.run(command, stdout=log, stderr=log, check=False,
                              preexec_fn=self.enter).returncode not in (0, 1):
                log.seek(0)
                sys.exit(f"bench: {' '.join(command)[:200]} failed:\n{log.read()[-2000:]}")
        while self.is_populated():
            time.sleep(0.1)
        return self.usage() - before

    def is_populated(self):
        with open(os.path.join(self.path, "cgroup.events")) as file:
            return "populated 1" in file.read()

    def usage(self):
        with open(os.path.join(self.path, "cpu.stat")) as file:
            return int(file.readline().split()[1])


def make_shards(images, folder, n):
    """The names of MANY archives of n images. Only FEW have pixels of their own, which does not matter here."""
    with os.scandir(images) as entries:
        files = sorted(e.name for e in entries if e.name.endswith(".png"))[:FEW * n]
    shards = [os.path.join(folder, f"{i}.tar") for i in range(MANY)]
    for i, shard in enumerate(shards):
        if i >= FEW:
            os.link(shards[i % FEW], shard)
            continue
        part = files[i * n:(i + 1) * n]
        subprocess.run(["tar", "cf", shard, "-C", images, "-T", "-"], input="\n".join(part), text=True,
                       check=True)
    return shards, [os.path.join(images, name) for name in files]


def spark(script, *arguments):
    return ["spark-submit", "--master", "local[*]", "--py-files", f"{RECIPES}/shard.py", f"{RECIPES}/{script}",
            *arguments]


# What runs, given a list of shards (or of image files) and a place for the results.
WAYS = {
    "files: emnist": lambda names, out: ["emnist", "classify", "-q", "-f", "csv", "-o", out,
                                         "--files-from", names],
    "files: xargs -n 1000": lambda names, out: ["sh", "-c", 'xargs -d "\\n" -n 1000 -P "$(nproc)" emnist '
                                                'classify -q -j 1 -f csv <"$0"', names],
    "files: Spark, binaryFile": lambda names, out: spark("spark_files.py", names + ".folder"),
    "emnist": lambda names, out: ["emnist", "classify", "-q", "-f", "csv", "-o", out, "--files-from", names],
    "xargs": lambda names, out: ["sh", f"{RECIPES}/xargs_shards.sh", names, out],
    "GNU parallel": lambda names, out: ["sh", f"{RECIPES}/parallel_shards.sh", names, out],
    "Slurm, one task": lambda names, out: ["sh", "-c", 'mkdir "$2" && SCALE=$0 SLURM_ARRAY_TASK_ID=1 '
                                           'SLURM_ARRAY_TASK_COUNT=1 bash "$0/slurm_shards.sh" "$1" "$2"',
                                           RECIPES, names, out],
    "Spark": lambda names, out: spark("spark_shards.py", names, out),
    "Ray Data": lambda names, out: [sys.executable, f"{RECIPES}/ray_shards.py", names, out],
    "Dask": lambda names, out: [sys.executable, f"{RECIPES}/dask_shards.py", names, out],
}
NEEDS = {"Spark": "pyspark", "Ray": "ray", "Dask": "distributed"}


def is_there(way):
    if way == "GNU parallel":
        return shutil.which("parallel")
    return all(importlib.util.find_spec(package) for word, package in NEEDS.items() if word in way)


def lists_of(way, shards, files, folder, n):
    """Two lists, and how many images each of them has."""
    if "binaryFile" in way:  # so slow that fewer do
        parts = [files[:n // 10], files[:n // 2]]
    elif way.startswith("files"):
        parts = [files[:n], files]
    else:
        parts = [shards[:FEW], shards]
    for i, part in enumerate(parts):
        path = os.path.join(folder, f"list{i}")
        with open(path, "w") as file:
            file.writelines(name + "\n" for name in part)
        if "binaryFile" in way:
            os.mkdir(path + ".folder")
            for name in part:
                shutil.copy(name, path + ".folder")
        yield path, len(part) if way.startswith("files") else len(part) * n


def measure(group, way, shards, files, n):
    """Seconds to start, and microseconds an image."""
    with tempfile.TemporaryDirectory() as folder:
        (few, n_few), (many, n_many) = lists_of(way, shards, files, folder, n)
        usage_few = group.run(WAYS[way](few, os.path.join(folder, "few")))
        usage_many = group.run(WAYS[way](many, os.path.join(folder, "many")))
    each = (usage_many - usage_few) / (n_many - n_few)
    return (usage_few - each * n_few) / 1e6, each


def print_table(rounds):
    """rounds: for each, what measure() gave for each way."""
    print(f"{'':26} {'start':>8} {'an image':>12} {'above emnist':>14}")
    for way in rounds[0]:
        alone = "files: emnist" if way.startswith("files") else "emnist"
        start, each = (statistics.median(r[way][i] for r in rounds) for i in (0, 1))
        above = [r[way][1] - r[alone][1] for r in rounds if way != alone and alone in r]
        print(f"{way:26} {start:6.1f} s {each:9.1f} us" +
              (f" {statistics.median(above):11.1f} us" if above else ""))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build")
    parser.add_argument("folder", metavar="images")
    parser.add_argument("ways", nargs="*", metavar="WAY", help=", ".join(WAYS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--images", type=int, default=5000, help="in a shard; default: 5000")
    arguments = parser.parse_args()
    os.environ["PATH"] = os.pathsep.join([os.path.abspath(arguments.build), os.path.dirname(sys.executable),
                                          os.environ["PATH"]])
    os.environ.update(PYSPARK_PYTHON=sys.executable, RAY_AUTH_MODE="disabled")
    with open("/proc/cpuinfo") as file:
        print(next(line.split(":")[1].strip() for line in file if line.startswith("model name")),
              platform.machine(), os.cpu_count(), "processors,", time.strftime("%Y-%m-%d"))
    group = Group()
    try:
        with tempfile.TemporaryDirectory() as folder:
            shards, files = make_shards(os.path.abspath(arguments.folder), folder, arguments.images)
            rounds = []
            for i in range(arguments.rounds):
                rounds.append({})
                for way in arguments.ways or filter(is_there, WAYS):
                    print(f"round {i + 1} of {arguments.rounds}: {way}", file=sys.stderr, flush=True)
                    rounds[-1][way] = measure(group, way, shards, files, arguments.images)
        print_table(rounds)
    finally:
        os.rmdir(group.path)


if __name__ == "__main__":
    main()
