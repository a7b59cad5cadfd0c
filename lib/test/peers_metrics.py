#!/usr/bin/env python3
"""Holds what a server says at /metrics against prometheus_client, Prometheus' own client library.

    python3 lib/test/peers_metrics.py [--program build/emnist]

Prints TAP; without prometheus_client, all is skipped.
"""
import argparse
import re
import signal
import subprocess
import sys
import urllib.request

try:
    from prometheus_client.parser import text_string_to_metric_families
except ImportError:
    print("1..0 # SKIP no prometheus_client")
    sys.exit(0)

failures = 0
n_tests = 0


def is_true(name, condition):
    global failures, n_tests
    n_tests += 1
    failures += not condition
    print(f"{'ok' if condition else 'not ok'} {n_tests} - {name}")


def get(url, data=None):
    with urllib.request.urlopen(urllib.request.Request(url, data=data)) as response:
        return response.read().decode()


def metrics(url):
    """Samples by name and labels, and families by name."""
    families = {f.name: f for f in text_string_to_metric_families(get(url))}
    samples = {(s.name, frozenset(s.labels.items())): s.value
               for f in families.values() for s in f.samples}
    return samples, families


def test(url):
    with open("testdata/samples/capital-a-chalk.jpg", "rb") as file:
        image = file.read()
    for _ in range(3):
        get(url + "/classify", image)
    samples, families = metrics(url + "/metrics")
    labels = {"protocol": "plain", "api": "classify", "model": 'q"\\u00e9\\', "status": "200"}
    is_true("requests, and the name of the model",
            samples.get(("emnist_requests_total", frozenset(labels.items()))) == 3)
    is_true("families have types and help",
            all(f.type != "unknown" and f.documentation for f in families.values()))
    is_true("the histogram's count", samples.get(
        ("emnist_request_seconds_count", frozenset({("protocol", "plain")}))) == 3)
    wanted = {"process_cpu_seconds", "process_resident_memory_bytes", "process_open_fds",
              "process_virtual_memory_bytes", "process_max_fds", "process_start_time_seconds"}
    is_true("the process", wanted <= set(families))
    _, families = metrics(url + "/monitoring/prometheus/metrics")
    is_true("TensorFlow Serving's names",
            ":tensorflow:serving:request_latency" in families)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default="build/emnist")
    server = subprocess.Popen(
        [parser.parse_args().program, "serve", "--listen", "127.0.0.1:0", "--name", 'q"\\u00e9\\'],
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    try:
        test(re.search(r"http://\S+", server.stderr.readline()).group())
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()
    print(f"1..{n_tests}")
    return failures > 0


sys.exit(main())
