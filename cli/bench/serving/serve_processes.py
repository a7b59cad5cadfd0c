"""Servers as processes: started on free ports, asked for CPU time and memory, stopped for certain."""
import contextlib
import http.client
import os
import signal
import socket
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")
START_SECONDS = 90
STOP_SECONDS = 15


def free_ports(n):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(n)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def stat_of(pid):
    """The fields of /proc/PID/stat behind the name: [0] is the state, [1] the parent."""
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()


def tree(root):
    """The process and all that descend from it: {pid: fields of stat}."""
    every = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError):
                every[int(name)] = stat_of(name)
    found, wanted = {}, {root}
    while wanted:
        found.update((pid, every[pid]) for pid in wanted if pid in every)
        wanted = {pid for pid, fields in every.items() if int(fields[1]) in wanted} - found.keys()
    return found


class ServerError(Exception):
    pass


class Server:
    """A context manager; the process is gone when it is left, whatever happened inside."""

    def __init__(self, command, port, ready, log, environment):
        """ready: a path that answers 200 from when the server is ready; None: any answer will do."""
        self.command, self.port, self.ready = command, port, ready
        self.log, self.environment = log, environment

    def __enter__(self):
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.environment},
            )
        try:
            self.wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def wait_until_ready(self):
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise ServerError(f"ended with status {self.process.returncode}, see {self.log}")
            with contextlib.suppress(OSError, http.client.HTTPException):
                status, _, _ = self.ask("GET", self.ready or "/")
                if self.ready is None or status == 200:
                    return
            time.sleep(0.05)
        raise ServerError(f"not ready in {START_SECONDS} s, see {self.log}")

    def ask(self, method, path, headers={}, body=None):
        """One request over a connection of its own: status, headers and body of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.closing(connection):
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response.status, response.headers, response.read()

    def cpu_seconds(self):
        """User and system time of the process and its descendants, those that ended included."""
        fields = tree(self.process.pid).values()
        return sum(sum(map(int, stat[11:15])) for stat in fields) / TICKS

    def rss_kib(self):
        total = 0
        for pid in tree(self.process.pid):
            with open(f"/proc/{pid}/status") as file:
                total += sum(int(line.split()[1]) for line in file if line.startswith("VmRSS:"))
        return total

    def stop(self):
        started = {pid: stat[19] for pid, stat in tree(self.process.pid).items()}
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_SECONDS)
        for pid, start in started.items():
            # The same process still, not another one of this number.
            with contextlib.suppress(OSError):
                if stat_of(pid)[19] == start:
                    os.kill(pid, signal.SIGKILL)
        self.process.wait()
