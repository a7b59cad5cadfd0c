"""What asks the servers: `emnist load`, or wrk. Both write their requests before they measure.

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
N_BODIES = {1: 64, 128: 8}

Figures = collections.namedtuple("Figures", "requests seconds errors p50_us p99_us")


class ClientError(Exception):
    pass


def run(command):
    shown = subprocess.run(command, capture_output=True, text=True)
    if shown.returncode != 0:
        raise ClientError(f"{command[0]} ended with status {shown.returncode}: {shown.stderr.strip() or shown.stdout.strip()}")
    return shown.stdout


class Wrk:
    """Has the protocols of serve_bodies; folder: for its requests, the same few of each in turn."""

    name = "wrk"

    def __init__(self, vectors, folder):
        self.vectors, self.folder, self.files = vectors, folder, {}

    @staticmethod
    def is_there():
        return shutil.which("wrk") is not None

    def has(self, protocol):
        return protocol in serve_bodies.PROTOCOLS

    def requests(self, protocol, batch):
        if (protocol, batch) not in self.files:
            self.files[protocol, batch] = [self.request(protocol, batch, i) for i in range(N_BODIES[batch])]
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
        command = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "30", "-s", script, url, "--"]
        figures = json.loads(run(command + self.requests(protocol, batch)).splitlines()[-1])
        return Figures(**figures)
