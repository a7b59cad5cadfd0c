"""Times emnist on image files, beside the rivals that are there, in turn, and prints the ratios.

    compare.py EMNIST MODEL.onnx LIST [RUNS]

LIST is a CSV file of paths and true labels. Every figure is of a whole process, start to end; the
medians of RUNS runs count, the runs alternating between the programs.
"""
import csv
import importlib.util
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time


def peak_of(pid, peak):
    """The process's high-water mark of memory in MiB, or peak where it is gone."""
    try:
        with open(f"/proc/{pid}/status") as file:
            for line in file:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) / 1024
    except OSError:
        pass
    return peak


def run(command, output):
    """Runs command with its standard output in the file output; returns seconds and peak MiB.

    The peak is asked for while the command runs: what wait4() tells has this program's in it.
    """
    peak = 0
    with open(output, "wb") as file:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=file)
        while process.poll() is None:
            peak = peak_of(process.pid, peak)
            time.sleep(0.005)
        seconds = time.perf_counter() - start
    if process.returncode != 0:
        sys.exit(f"{command[0]} ended with status {process.returncode}")
    return seconds, peak


def accuracy(output, truth):
    with open(output, newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(truth), f"{len(rows)} records for {len(truth)} files"
    right = sum(truth[row["path"]] == row["label"] for row in rows)
    return f"{right} of {len(rows)} right"


def cpu_model():
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor()


def main():
    emnist, model, listing = sys.argv[1:4]
    runs = int(sys.argv[4]) if len(sys.argv) > 4 else 3
    with open(listing, newline="") as file:
        truth = {row["path"]: row["label"] for row in csv.DictReader(file)}
    with tempfile.TemporaryDirectory() as folder:
        paths, output = os.path.join(folder, "paths"), os.path.join(folder, "output")
        with open(paths, "w") as file:
            file.writelines(path + "\n" for path in truth)
        programs = {"emnist": [emnist, "classify", "-f", "csv", "--files-from", paths]}
        if all(importlib.util.find_spec(m) for m in ("skimage", "onnxruntime")):
            rival = os.path.join(os.path.dirname(__file__), "rival_skimage.py")
            programs["scikit-image + ONNX Runtime"] = [sys.executable, rival, model, paths]
        else:
            print("left out: scikit-image + ONNX Runtime, which are not installed")
        cores = len(os.sched_getaffinity(0))
        print(f"{cpu_model()}, {cores} cores, {platform.platform()}")
        kernels = os.environ.get("OPENBLAS_CORETYPE")
        if kernels:
            print(f"OPENBLAS_CORETYPE={kernels} is set: emnist's matrix products may be slow")
        print(f"{len(truth)} PNG files, median of {runs} runs in turn")
        times = {name: [] for name in programs}
        notes = {}
        for _ in range(runs):
            for name, command in programs.items():
                seconds, peak = run(command, output)
                times[name].append(seconds)
                notes[name] = f"peak {peak:.0f} MiB, {accuracy(output, truth)}"
        first = statistics.median(times["emnist"])
        for name, values in times.items():
            median = statistics.median(values)
            print(
                f"{name:28} {median:8.2f} s {len(truth) / median:10.0f} images/s"
                f" {median / first:6.1f}x   {notes[name]}"
            )


main()
