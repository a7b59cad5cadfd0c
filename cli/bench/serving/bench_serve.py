"""Asks `emnist serve` and other servers the same, in turn, and prints tables and goals.

    bench_serve.py BUILD DATA LIST GROUP=PYTHON... -- RUNS SECONDS RIVALS PART...

DATA is the folder with EMNIST's files, LIST a CSV file of its test split as PNG files and their true
labels. GROUP=PYTHON: the Python of each group of rivals. RIVALS: names, separated by commas, or "all".
Each server runs alone, on the processors that its client has as well. Medians of RUNS runs count; in
each, every server is started anew and measured for SECONDS a cell.
"""
import csv
import os
import platform
import signal
import subprocess
import sys
import tempfile

import serve_bodies
import serve_cells
import serve_clients
import serve_contenders
import serve_parts
import serve_processes
from serve_cells import left_out

MODEL = "lib/builtin/default.onnx"


class Bench:
    def __init__(self, build, data, listing, pythons, runs, seconds, rivals, folder):
        self.emnist, self.listing = os.path.join(build, "emnist"), listing
        self.floor_request = os.path.join(build, "bench", "floor_request")
        self.test = os.path.join(data, "emnist-byclass-test-images-idx3-ubyte.gz")
        self.runs, self.seconds, self.folder = runs, seconds, folder
        self.pythons = {None: self.emnist, **pythons}
        self.logs = os.path.join(build, "bench", "serve-logs")
        os.makedirs(self.logs, exist_ok=True)
        self.vectors = serve_bodies.read_vectors(self.test, serve_clients.N_IMAGES)
        self.expected = self.labels_of_classify()
        self.clients = [serve_clients.Load(self.emnist, self.test), serve_clients.Wrk(self.vectors, folder)]
        self.client = next((one for one in self.clients if one.is_there()), None)
        self.contenders = [one for one in self.wanted(rivals) if self.is_there(one)]
        self.goals, self.answers = [], {}

    def labels_of_classify(self):
        images = os.path.join(self.folder, "images")
        export = [self.emnist, "dataset", "export", "-q", "-f", "flat", "--range", f"..{serve_cells.N_CHECKED - 1}"]
        subprocess.run([*export, self.test, images], check=True)
        os.remove(os.path.join(images, "labels.csv"))
        command = [self.emnist, "classify", "-f", "csv", images]
        shown = subprocess.run(command, capture_output=True, text=True, check=True)
        return [row["label"] for row in csv.DictReader(shown.stdout.splitlines())]

    def wanted(self, rivals):
        known = [one.name for one in serve_contenders.RIVALS]
        names = known if rivals == "all" else [name for name in rivals.split(",") if name]
        for name in names:
            if name not in known:
                sys.exit(f"bench: BENCH_RIVALS: '{name}' is not one of {' '.join(known)}")
        return [serve_contenders.EMNIST] + [one for one in serve_contenders.RIVALS if one.name in names]

    def is_there(self, contender):
        if contender is serve_contenders.EMNIST:
            return True
        versions = contender.versions(self.pythons[contender.group])
        print(f"{contender.name:15} {versions or 'not installed'}", flush=True)
        return versions is not None

    def server(self, contender):
        log = os.path.join(self.logs, contender.name + ".log")
        return contender.server(self.pythons[contender.group], MODEL, log)

    def goal(self, what, measured, wanted, reached):
        self.goals.append((what, measured, wanted, "yes" if reached else "no"))


def run_parts(bench, parts):
    serve_cells.speed(bench, [part for part in parts if part in serve_cells.CELLS])
    for part in parts:
        if part in serve_parts.PARTS:
            print(f"\n== {part}", flush=True)
            try:
                serve_parts.PARTS[part](bench)
            except (serve_processes.ServerError, serve_clients.ClientError) as error:
                left_out(part, error)


def main():
    split = sys.argv.index("--")
    build, data, listing, *pythons = sys.argv[1:split]
    runs, seconds, rivals, *parts = sys.argv[split + 1 :]
    known = [*serve_cells.CELLS, *serve_parts.PARTS]
    for part in parts:
        if part not in known:
            sys.exit(f"bench: BENCH: '{part}' is not one of {' '.join(known)}")
    # Servers are stopped on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    pythons = dict(one.split("=", 1) for one in pythons)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([os.path.join(build, "emnist"), "--version", "-v"], check=True)
        print(f"{'load':13}{os.getloadavg()[0]:.2f} before the first run: of other programs, which share the processors")
        print(f"{'rivals':13}Python {platform.python_version()}")
        bench = Bench(build, data, listing, pythons, int(runs), float(seconds), rivals, folder)
        if not bench.client:
            sys.exit("bench: there is no client: neither emnist load nor wrk")
        print(f"{'client':13}{bench.client.name}; medians of {runs} runs")
        run_parts(bench, parts)
    print(f"\n{'goal':75} {'measured':>10} {'wanted':>10}  reached")
    for what, measured, wanted, reached in bench.goals:
        print(f"{what:75} {measured:>10} {wanted:>10}  {reached}")


main()
