#!/usr/bin/env python3
"""Runs the recipes in cli/scale under Spark (local-cluster), Ray and Dask, as many of them as are installed:
one worker is killed in the middle of a shard and one fetch fails halfway, and the records are those of a
single process, each once.

    python3 lib/test/peers_scale.py [--program build/emnist] [spark|ray|dask]...

Prints TAP; an engine that is not installed is skipped.
"""
import argparse
import contextlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time

from serving import Tap

RECIPES = os.path.abspath("cli/scale")
N_SHARDS = 6
KILLED, BROKEN = "s3://test/2.tar", "s3://test/4.tar"
PATIENCE = 900  # seconds until the worker must have begun, and for the rest

# What fetches shards: the first time, one stops in the middle until its worker is killed, and one fails
# there.
AWS = """#!/bin/sh
shard={folder}/${{4##*/}}
echo "$4" >>{folder}/fetched
case $4 in
{killed}) if mkdir {folder}/killed; then head -c 5000 "$shard"; echo $$ >{folder}/fetching; exec sleep 600; fi ;;
{broken}) if mkdir {folder}/broken; then head -c 5120 "$shard"; exit 1; fi ;;
esac
exec cat "$shard"
"""


def make_shards(program, folder):
    """Shards with an image that cannot be read and a name that is not UTF-8 among them, and one without
    images."""
    images = os.path.join(folder, "images")
    subprocess.run([program, "dataset", "export", "-q", "-f", "flat",
                    "testdata/idx/strokes-byclass-test-images-idx3-ubyte", images], check=True)
    os.remove(os.path.join(images, "labels.csv"))
    with open(os.path.join(images, "bad.png"), "wb") as file:
        file.write(b"rubbish")
    shutil.copy(os.path.join(images, min(os.listdir(images))),
                os.path.join(os.fsencode(images), b"gr\xfc\xdfe.png"))
    names = sorted(os.listdir(images))
    for i in range(N_SHARDS):
        with tarfile.open(os.path.join(folder, f"{i}.tar"), "w", format=tarfile.GNU_FORMAT) as tar:
            tar.add(folder, ".", recursive=False)
            for name in names[i::N_SHARDS - 1] if i < N_SHARDS - 1 else ():
                tar.add(os.path.join(images, name), f"{i}-{name}")


def of_one_process(program, folder):
    """The records that a single process prints, under the names that the shards have elsewhere."""
    shards = [f"{i}.tar" for i in range(N_SHARDS)]
    text = subprocess.run([program, "classify", "-q", "-f", "jsonl", *shards], cwd=folder,
                          stdout=subprocess.PIPE, check=False).stdout.decode()
    return sorted((f"s3://test/{r['path']}", r["label"], r["probability"], r["error"])
                  for r in map(json.loads, text.splitlines()))


def of_parquet(folder):
    from pyarrow import parquet
    rows = [r for file in os.listdir(folder) if file.endswith(".parquet")
            for r in parquet.read_table(os.path.join(folder, file)).to_pylist()]
    return sorted((r["path"], r["label"], r["probability"] and round(r["probability"], 6), r["error"])
                  for r in rows)


def parent_of(pid):
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("PPid:"))


def kill_tree(pid):
    """The process and all below it: what Ray starts has sessions of its own."""
    parents = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            parents.setdefault(parent_of(name), []).append(int(name))
    doomed = [pid]
    for one in doomed:
        doomed += parents.get(one, [])
    for one in doomed:
        with contextlib.suppress(OSError):
            os.kill(one, signal.SIGKILL)


def worker_of(pid, word):
    """The process that word tells, pid's parent or one above."""
    while pid > 1:
        pid = parent_of(pid)
        with open(f"/proc/{pid}/cmdline") as file:
            if word in file.read():
                return pid
    raise RuntimeError(f"no process {word}")


def wait_for(path, process):
    end = time.monotonic() + PATIENCE
    while not os.path.exists(path) or not os.path.getsize(path):
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError("no worker began")
        time.sleep(0.1)
    with open(path) as file:
        return int(file.read())


def run(tap, engine, command, worker, program):
    with tempfile.TemporaryDirectory() as folder:
        make_shards(program, folder)
        with open(os.path.join(folder, "aws"), "w") as file:
            file.write(AWS.format(folder=folder, killed=KILLED, broken=BROKEN))
        os.chmod(os.path.join(folder, "aws"), 0o755)
        listing, out = os.path.join(folder, "list"), os.path.join(folder, "out")
        with open(listing, "w") as file:
            file.writelines(f"s3://test/{i}.tar\n" for i in range(N_SHARDS))
        environment = dict(os.environ, PATH=os.pathsep.join(
            [folder, os.path.dirname(program), os.path.dirname(sys.executable), os.environ["PATH"]]),
            PYSPARK_PYTHON=sys.executable, RAY_AUTH_MODE="disabled", RAY_worker_niceness="0")
        with open(os.path.join(folder, "log"), "w+") as log:
            process = subprocess.Popen(command + [listing, out], env=environment, stdout=log, stderr=log)
            status = None
            try:
                fetching = wait_for(os.path.join(folder, "fetching"), process)
                os.kill(worker_of(fetching, worker), signal.SIGKILL)
                os.kill(fetching, signal.SIGKILL)
                status = process.wait(PATIENCE)
            except (RuntimeError, subprocess.TimeoutExpired) as error:
                print("#", error)
            finally:
                if process.poll() is None:
                    kill_tree(process.pid)
            log.seek(0)
            tap.ok(f"{engine}: a worker is killed, and the job ends well", status == 0, log.read()[-3000:])
        if status != 0:
            return
        tap.equal(f"{engine}: the records of one process, each once", of_parquet(out),
                  of_one_process(program, folder))
        with open(os.path.join(folder, "fetched")) as file:
            fetched = file.read().split()
        tap.ok(f"{engine}: both shards were fetched again",
               fetched.count(KILLED) == 2 and fetched.count(BROKEN) == 2, fetched)


ENGINES = {
    "spark": ("pyspark", ["spark-submit", "--master", "local-cluster[2,1,1024]", "--py-files",
                          f"{RECIPES}/shard.py", f"{RECIPES}/spark_shards.py"],
              "CoarseGrainedExecutorBackend"),
    "ray": ("ray", [sys.executable, f"{RECIPES}/ray_shards.py"], "ray::"),
    "dask": ("distributed", [sys.executable, f"{RECIPES}/dask_shards.py"], "multiprocessing"),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default="build/emnist")
    parser.add_argument("engines", nargs="*", metavar="spark|ray|dask")
    arguments = parser.parse_args()
    tap = Tap()
    for engine, (package, command, worker) in ENGINES.items():
        if arguments.engines and engine not in arguments.engines:
            continue
        if not all(map(importlib.util.find_spec, (package, "pyarrow"))):
            tap.skip(engine, f"{package} and pyarrow are not installed")
        elif engine == "spark" and not shutil.which("java"):
            tap.skip(engine, "there is no Java")
        else:
            run(tap, engine, command, worker, os.path.abspath(arguments.program))
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
