"""What asks the servers: `emnist load`, or wrk. Both make their requests before they measure.

A client's measure() returns Figures of requests that went one after the other over each of some
connections, for some seconds.
"""
import collections
import json
import os
import shutil
import subprocess

import serve_bodies

HERE = os.path.dirname(os.path.abspath(__file__))
N_IMAGES = 1024  # different ones, in turn

Figures = collections.namedtuple("Figures", "requests seconds errors p50_us p99_us")


class ClientError(Exception):
    pass


def run(command, allowed=(0,)):
    shown = subprocess.run(command, capture_output=True, text=True)
    if shown.returncode not in allowed:
        said = shown.stderr.strip() or shown.stdout.strip()
        raise ClientError(f"{' '.join(command[:2])} ended with status {shown.returncode}: {said}")
    return shown.stdout


class Load:
    name = "emnist load"

    def __init__(self, emnist, dataset):
        self.emnist, self.dataset = emnist, dataset

    def is_there(self):
        return subprocess.run([self.emnist, "load", "--help"], capture_output=True).returncode == 0

    def run(self, url, protocol, *options):
        """What its JSON says of the run."""
        if protocol == "instances":
            protocol = "tfs" if url.endswith(":predict") else "flask"
        command = [self.emnist, "load", "-q", "-f", "json", "--protocol", protocol, *map(str, options), url, self.dataset]
        # 1: there were errors, which are counted.
        return json.loads(run(command, (0, 1)))["runs"][0]

    def measure(self, url, protocol, batch, connections, seconds, rate=None):
        """rate: this many requests a second, however long they take; latency then counts from when a
        request was due."""
        options = ["--range", f"..{N_IMAGES - 1}", "--batch", batch, "-c", connections, "--duration", seconds]
        found = self.run(url, protocol, *options, *(["--rate", rate] if rate else []))
        return Figures(
            found["requests"], found["seconds"], found["failed"], 1000 * found["p50_ms"], 1000 * found["p99_ms"]
        )


class Wrk:
    """folder: for its requests."""

    name = "wrk"

    def __init__(self, vectors, folder):
        self.vectors, self.folder, self.files = vectors, folder, {}

    def is_there(self):
        return shutil.which("wrk") is not None

    def requests(self, protocol, batch):
        if (protocol, batch) not in self.files:
            # As many files as fit on a command line.
            n = min(64, N_IMAGES // batch)
            self.files[protocol, batch] = [self.request(protocol, batch, i) for i in range(n)]
        return self.files[protocol, batch]

    def request(self, protocol, batch, i):
        headers, body = serve_bodies.PROTOCOLS[protocol][0](self.vectors[i * batch : (i + 1) * batch])
        path = os.path.join(self.folder, f"{protocol}-{batch}-{i}")
        with open(path, "wb") as file:
            file.write("".join(f"{name}: {value}\n" for name, value in headers.items()).encode())
            file.write(b"\n" + body)
        return path

    def measure(self, url, protocol, batch, connections, seconds):
        """Takes whole seconds."""
        script = os.path.join(HERE, "wrk_post.lua")
        command = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "30", "-s", script]
        return Figures(**json.loads(run([*command, url, "--", *self.requests(protocol, batch)]).splitlines()[-1]))
