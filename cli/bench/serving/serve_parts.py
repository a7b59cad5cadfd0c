"""What `emnist serve` is asked alone: where its time goes, how much memory it takes, how long the
slowest wait."""
import contextlib
import csv
import json
import os
import resource
import socket
import statistics
import subprocess
import time

import serve_bodies
import serve_cells
import serve_clients
from serve_cells import left_out
from serve_contenders import EMNIST

PREDICT = EMNIST.protocols["instances"]


def server_of(bench, protocol):
    """A context manager: emnist's server, or None where it has not got the protocol."""

    @contextlib.contextmanager
    def manager():
        with bench.server(EMNIST) as server:
            yield server if serve_cells.answers_right(bench, EMNIST, server, protocol) else None

    return manager()


# ----------------------------------------------------------------------------------------- client


def client(bench):
    """The same by another client: the slower of the two measures itself."""
    others = [one for one in bench.clients if one.is_there()]
    if len(others) < 2:
        return left_out("another client", "wrk is not installed")
    with server_of(bench, "instances") as server:
        for connections in (1, 16) if server else ():
            rates = {}
            for _ in range(bench.runs):
                for one in others:
                    found = serve_cells.measure(bench, EMNIST, server, "instances", 1, connections, one)
                    rates.setdefault(one.name, []).append(found.requests_per_second() if found else 0)
            shown = ", ".join(f"{name} {statistics.median(found):.0f} requests/s" for name, found in rates.items())
            print(f"one image a request, JSON, {connections} connections: {shown}", flush=True)


# ------------------------------------------------------------------------------------------ floor


def cpu_of(server, request, seconds, status):
    """The server's microseconds for a short answer with this status, over one connection."""
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.settimeout(5)
        n, before, end = 0, server.cpu_seconds(), time.monotonic() + seconds
        while time.monotonic() < end:
            connection.sendall(request)
            if not connection.recv(65536).startswith(b"HTTP/1.1 %d" % status):
                return None
            n += 1
        return 1e6 * (server.cpu_seconds() - before) / n


def stages(bench, bodies):
    """The microseconds of what is not HTTP, by build/bench/floor_request: {stage: us}."""
    paths = []
    for body in bodies:
        paths.append(os.path.join(bench.folder, f"body-{len(paths)}"))
        with open(paths[-1], "wb") as file:
            file.write(body)
    shown = subprocess.run([bench.floor_request, *paths], capture_output=True, text=True, check=True)
    return {one["stage"]: one["microseconds"] for one in map(json.loads, shown.stdout.splitlines())}


def floor(bench):
    """The server's time for a request of one image beside that of its parts, each alone: a body of that
    length that is received and refused unread, and what the library does on one thread."""
    bodies = [serve_bodies.instances([vector])[1] for vector in bench.vectors[:64]]
    body = sorted(bodies, key=len)[len(bodies) // 2]
    get = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    post = b"POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    found = {}
    with server_of(bench, "instances") as server:
        if not server:
            return
        for _ in range(bench.runs):
            whole = serve_cells.measure(bench, EMNIST, server, "instances", 1, 1)
            times = {
                "request": whole and whole.cpu_us(),
                "GET": cpu_of(server, get, bench.seconds, 200),
                "HTTP": cpu_of(server, post, bench.seconds, 404),
                **stages(bench, bodies),
            }
            for what, us in times.items():
                if us is not None:
                    found.setdefault(what, []).append(us)
    medians = {what: statistics.median(values) for what, values in found.items()}
    titles = {
        "GET": "HTTP alone, GET /healthz",
        "HTTP": f"HTTP alone, POST of {len(body)} bytes that nobody reads",
        "parse": "parse JSON",
        "network": "network",
        "print": "print probabilities",
        "request": "a request of one image, JSON, one connection",
    }
    for what, title in titles.items():
        if what in medians:
            print(f"{title:50} {medians[what]:8.1f} us of processor time", flush=True)
    parts = [medians[what] for what in ("HTTP", "parse", "network", "print") if what in medians]
    if len(parts) == 4 and "request" in medians:
        us, least = medians["request"], sum(parts)
        print(f"{'the floor: POST, parse, network, print':50} {least:8.1f} us; a request takes {us / least:.2f} times as long")
        bench.goal("CPU of a request of one image, beside its floor", f"{us:.1f} us", "<= 30 us", us <= 30)


# ----------------------------------------------------------------------------------------- memory

N_IDLE = 10_000
N_MANY = 1_000_000


def idle(bench):
    """Memory for each of many connections that wait, by what the process has more of."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < N_IDLE + 200:
        return left_out(f"{N_IDLE} idle connections", f"ulimit -n allows {hard} descriptors")
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, N_IDLE + 8192), hard))
    for title, request in (("after a request each", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"), ("without a request", b"")):
        with bench.server(EMNIST) as server:
            with connected(server, 100, request):
                pass
            time.sleep(1)
            before = server.rss_kib()
            with connected(server, N_IDLE, request) as sockets:
                time.sleep(1)
                each = (server.rss_kib() - before) / N_IDLE
                started = time.perf_counter()
                status = server.ask("GET", "/healthz")[0]
                ms = 1000 * (time.perf_counter() - started)
                n_open = sum(map(is_open, sockets))
            print(f"{n_open} connections {title}: {each:.2f} KiB each; another request {status} in {ms:.1f} ms", flush=True)
            bench.goal(f"{N_IDLE} idle connections, {title}", f"{each:.2f} KiB", "<= 10 KiB", each <= 10 and n_open == N_IDLE)


@contextlib.contextmanager
def connected(server, n, request):
    with contextlib.ExitStack() as stack:
        sockets = []
        for _ in range(n):
            sockets.append(stack.enter_context(socket.create_connection(("127.0.0.1", server.port), 10)))
            if request:
                sockets[-1].sendall(request)
                sockets[-1].recv(4096)
        yield sockets


def is_open(connection):
    """Whether the server has not closed it: there is nothing to read, not even an end."""
    connection.setblocking(False)
    try:
        return bool(connection.recv(1))
    except BlockingIOError:
        return True
    except OSError:
        return False


def memory(bench):
    """Memory after the first requests and after very many more."""
    with server_of(bench, "instances") as server:
        if not server:
            return
        n, sizes = 0, []
        while n < N_MANY:
            figures = bench.client.measure(server.url(PREDICT), "instances", 1, 16, 5)
            if figures.errors or not figures.requests:
                return left_out("memory", f"{figures.errors} errors")
            # The first round is what begins: threads, their memory.
            n += figures.requests if sizes else 0
            sizes.append(server.rss_kib())
    growth = (sizes[-1] - sizes[0]) / 1024
    print(f"{n} requests of one image: {sizes[0] / 1024:.1f} MiB before, {sizes[-1] / 1024:.1f} MiB after, {max(sizes) / 1024:.1f} MiB at most")
    bench.goal(f"memory after {N_MANY} requests", f"{growth:+.2f} MiB", "+-1 MiB", abs(growth) <= 1)


# ---------------------------------------------------------------------------------------- latency


def latency(bench):
    """At half of what 16 connections get when each always asks; several clients keep to no clock, so
    the requests are due at even times whatever the answers do."""
    if not isinstance(bench.client, serve_clients.Load):
        return left_out("latency at half load", "there is no emnist load")
    slowest, n_errors = [], 0
    with server_of(bench, "instances") as server:
        if not server:
            return
        for _ in range(bench.runs):
            arguments = server.url(PREDICT), "instances", 1, 16
            full = bench.client.measure(*arguments, bench.seconds)
            half = full.requests / full.seconds / 2
            found = bench.client.measure(*arguments, 3 * bench.seconds, half)
            print(f"{half:.0f} requests/s of one image: p50 {found.p50_us:.0f} us, p99 {found.p99_us:.0f} us, {found.errors} errors", flush=True)
            slowest.append(found.p99_us)
            n_errors += found.errors
    p99 = statistics.median(slowest)
    bench.goal("p99 of a request of one image at half load", f"{p99 / 1000:.2f} ms", "<= 2 ms", p99 <= 2000 and not n_errors)


# ------------------------------------------------------------------------------------------ files


def files(bench):
    """Every image of the test split as a PNG file: classify reads files, the server gets them by HTTP."""
    if not isinstance(bench.client, serve_clients.Load):
        return left_out("files", "there is no emnist load")
    with open(bench.listing, newline="") as file:
        truth = {row["path"]: row["label"] for row in csv.DictReader(file)}
    names, output = (os.path.join(bench.folder, name) for name in ("names", "output"))
    with open(names, "w") as file:
        file.writelines(path + "\n" for path in truth)
    # One file a request, and forms of 64.
    requests = {"serve": ("-c", 16), "serve, 64": ("-c", 4, "--batch", 64)}
    seconds, correct = {name: [] for name in ["classify", *requests]}, {}
    with server_of(bench, "image") as server:
        if not server:
            return
        for _ in range(bench.runs):
            start = time.perf_counter()
            subprocess.run([bench.emnist, "classify", "-f", "csv", "--files-from", names, "-o", output], check=True)
            seconds["classify"].append(time.perf_counter() - start)
            with open(output, newline="") as file:
                correct["classify"] = sum(truth[row["path"]] == row["label"] for row in csv.DictReader(file))
            for name, options in requests.items():
                found = bench.client.run(server.url(EMNIST.protocols["image"]), "image", *options)
                seconds[name].append(found["seconds"])
                correct[name] = found["correct"]
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    for name, median in medians.items():
        print(f"{name:10} {median:8.2f} s {len(truth) / median:10.0f} images/s   {correct[name]} of {len(truth)} right", flush=True)
    for name in requests:
        ratio = medians[name] / medians["classify"]
        bench.goal(f"{len(truth)} PNG files, {name}: classify on the files", f"{ratio:.2f}x", "<= 2x", ratio <= 2)
        more = correct[name] - correct["classify"]
        bench.goal(f"{len(truth)} PNG files, {name}: right, beside classify", f"{more:+}", "+0", more == 0)


PARTS = {"client": client, "floor": floor, "idle": idle, "memory": memory, "latency": latency, "files": files}
