"""Requests a second, latency and processor time of every server, and the goals for them."""
import collections
import statistics
import sys

import serve_bodies
import serve_clients
import serve_processes

N_CHECKED = 20
WARMUP_SECONDS = 0.5

Cell = collections.namedtuple("Cell", "title batch connections protocols")
JSON, RAW = ("instances", "v2"), ("v2-binary", "graphpipe")
CELLS = {
    "single": Cell("one image a request, JSON, one connection", 1, 1, JSON),
    "sixteen": Cell("one image a request, JSON, 16 connections", 1, 16, JSON),
    "batch": Cell("128 images a request, JSON, one connection", 128, 1, JSON),
    "raw-single": Cell("one image a request, float32, one connection", 1, 1, RAW),
    "raw": Cell("128 images a request, float32, one connection", 128, 1, RAW),
    "image": Cell("one PNG file a request, one connection", 1, 1, ("image",)),
}


def left_out(what, why):
    print(f"left out: {what}: {why}", flush=True)


class Measurement(collections.namedtuple("Measurement", "figures cpu_seconds")):
    def requests_per_second(self):
        return self.figures.requests / self.figures.seconds

    def cpu_us(self):
        return 1e6 * self.cpu_seconds / self.figures.requests


def fault(bench, contender, server, protocol):
    """What is wrong with the server's answers to images one by one and, where that can be, at once;
    None: they have the labels that `emnist classify` gives."""
    make, labels = serve_bodies.PROTOCOLS[protocol]
    vectors = bench.vectors[:N_CHECKED]
    for batches in [[[vector] for vector in vectors]] + ([[vectors]] if protocol not in serve_bodies.ONE_IMAGE else []):
        found = []
        for batch in batches:
            headers, body = make(batch)
            status, headers, body = server.ask("POST", contender.protocols[protocol], headers, body)
            if status != 200:
                return f"HTTP status {status}: {body[:200].decode(errors='replace')}"
            found += labels(headers, body)
        if found != bench.expected:
            return f"labels {' '.join(found)} instead of {' '.join(bench.expected)}"
    return None


def answers_right(bench, contender, server, protocol):
    """Asked only once; says what it leaves out."""
    key = contender.name, protocol
    if key not in bench.answers:
        try:
            why = fault(bench, contender, server, protocol)
        except (OSError, ValueError, KeyError, TypeError, LookupError) as error:
            why = f"not understood: {error!r}"
        if why:
            left_out(f"{contender.name}, {protocol}", why)
        bench.answers[key] = not why
    return bench.answers[key]


def measure(bench, contender, server, protocol, batch, connections, client=None):
    client = client or bench.client
    arguments = server.url(contender.protocols[protocol]), protocol, batch, connections
    try:
        client.measure(*arguments, WARMUP_SECONDS)
        before = server.cpu_seconds()
        figures = client.measure(*arguments, bench.seconds)
        cpu = server.cpu_seconds() - before
    except serve_clients.ClientError as error:
        return left_out(f"{contender.name}, {protocol}", error)
    if figures.errors or not figures.requests:
        return left_out(f"{contender.name}, {protocol}", f"{figures.errors} errors, {figures.requests} answers")
    return Measurement(figures, cpu)


def measure_cells(bench, contender, server, parts, found):
    for part in parts:
        cell = CELLS[part]
        for protocol in cell.protocols:
            if protocol in contender.protocols and answers_right(bench, contender, server, protocol):
                measured = measure(bench, contender, server, protocol, cell.batch, cell.connections)
                if measured:
                    found[part].setdefault((contender.name, protocol), []).append(measured)


def speed(bench, parts):
    """{part: {(contender, protocol): [Measurement of each run]}}, and the tables of it."""
    found = {part: {} for part in parts}
    for run in range(bench.runs):
        for contender in bench.contenders:
            if not any(set(contender.protocols) & set(CELLS[part].protocols) for part in parts):
                continue
            print(f"run {run + 1} of {bench.runs}: {contender.name}", file=sys.stderr)
            try:
                with bench.server(contender) as server:
                    measure_cells(bench, contender, server, parts, found)
            except serve_processes.ServerError as error:
                left_out(contender.name, error)
    for part in parts:
        show_cell(CELLS[part], found[part])
        if part in GOALS_OF_CELLS:
            GOALS_OF_CELLS[part](bench, CELLS[part], found[part])


def median(measurements, value):
    return statistics.median(map(value, measurements))


def rate(measurements):
    return median(measurements, Measurement.requests_per_second)


def show_cell(cell, found):
    print(f"\n== {cell.title}")
    print(f"{'server':15} {'protocol':10} {'requests/s':>10} {'images/s':>9} {'p50 us':>8} {'p99 us':>8} {'CPU us/request':>15}  emnist is")
    for (name, protocol), runs in found.items():
        ratio = ""
        ours = found.get(("emnist", protocol))
        if ours and name != "emnist":
            ratio = f"{rate(ours) / rate(runs):.1f}x"
        p50, p99 = (median(runs, lambda run: getattr(run.figures, field)) for field in ("p50_us", "p99_us"))
        print(
            f"{name:15} {protocol:10} {rate(runs):10.0f} {cell.batch * rate(runs):9.0f} {p50:8.0f} {p99:8.0f}"
            f" {median(runs, Measurement.cpu_us):15.1f}  {ratio}",
            flush=True,
        )


def ratio_goal(bench, title, ours, theirs, wanted):
    """How many times as fast as the rival, by the medians of the two."""
    ratio = rate(ours) / rate(theirs)
    bench.goal(title, f"{ratio:.1f}x", f">= {wanted}x", ratio >= wanted)


def single_goals(bench, cell, found):
    for (name, protocol), runs in found.items():
        ours = found.get(("emnist", protocol))
        if ours and name != "emnist":
            ratio_goal(bench, f"{cell.title}: {name}", ours, runs, 40 if name == "flask" else 25)


def batch_goals(bench, cell, found):
    """Beside the best rival, whichever protocol is its own."""
    rivals = {key: runs for key, runs in found.items() if key[0] != "emnist"}
    ours = found.get(("emnist", "instances"))
    if ours and ("flask", "instances") in rivals:
        ratio_goal(bench, f"{cell.title}: flask", ours, rivals["flask", "instances"], 12)
    if rivals:
        best = max(rivals, key=lambda key: rate(rivals[key]))
        if ("emnist", best[1]) in found:
            ratio_goal(bench, f"{cell.title}: the best, {best[0]}", found["emnist", best[1]], rivals[best], 4)


def raw_goals(bench, cell, found):
    for protocol in cell.protocols:
        if ("emnist", protocol) in found and ("triton", "v2-binary") in found:
            title = f"{cell.title}, {protocol}: triton"
            ratio_goal(bench, title, found["emnist", protocol], found["triton", "v2-binary"], 3)


GOALS_OF_CELLS = {"single": single_goals, "batch": batch_goals, "raw": raw_goals, "raw-single": raw_goals}
