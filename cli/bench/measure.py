"""How the benchmarks measure: whole processes, in turn, medians."""
import os
import platform
import statistics
import subprocess
import sys
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


def run(command, output=os.devnull):
    """Runs command with its standard output in the file output; returns seconds and peak MiB.

    The peak is asked for while the command runs: what wait4() tells has this program's in it. Of a
    command that starts others it is that of the first alone.
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
        sys.exit(f"bench: {command[0]} ended with status {process.returncode}")
    return seconds, peak


def on_one_processor():
    """For a process that is about to begin: it and its threads share one."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def in_turn(commands, runs, alone=()):
    """The median seconds of each of the commands, a dict by name, run one after the other; those
    named in alone on one processor."""
    times = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            prepare = on_one_processor if name in alone else None
            start = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True, preexec_fn=prepare)
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in times.items()}


def epoch_seconds(command):
    """The seconds between the lines "epoch N/M ..." that command prints on stderr: of each epoch but
    the first, which is not told from the start of the program."""
    ends = []
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        for line in process.stderr:
            if line.startswith("epoch "):
                ends.append(time.perf_counter())
            else:
                sys.stderr.write(line)
    if process.returncode != 0:
        sys.exit(f"bench: {command[0]} ended with status {process.returncode}")
    return [later - earlier for earlier, later in zip(ends, ends[1:])]


def machine(emnist):
    """What `emnist --version -v` says, and the versions of Python and of the rivals that are there."""
    from importlib.metadata import PackageNotFoundError, version

    shown = subprocess.run([emnist, "--version", "-v"], capture_output=True, text=True, check=True)
    rivals = [f"Python {platform.python_version()}"]
    for package in ("numpy", "onnxruntime", "scikit-image", "pillow", "opencv-python-headless", "torch"):
        try:
            rivals.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            pass
    return shown.stdout + f"{'rivals':13}" + ", ".join(rivals)
