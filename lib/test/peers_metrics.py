#!/usr/bin/env python3
"""Holds what a server says at /metrics against prometheus_client, Prometheus' own client library.

    python3 lib/test/peers_metrics.py [--program build/emnist]

Prints TAP; without prometheus_client, all is skipped.
"""
import argparse
import sys
import urllib.request

from serving import Tap, serve

try:
    from prometheus_client.parser import text_string_to_metric_families
except ImportError:
    print("1..0 # SKIP no prometheus_client")
    sys.exit(0)

tap = Tap()


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
    tap.ok("requests, and the name of the model",
           samples.get(("emnist_requests_total", frozenset(labels.items()))) == 3)
    tap.ok("families have types and help",
           all(f.type != "unknown" and f.documentation for f in families.values()))
    tap.ok("the histogram's count", samples.get(
        ("emnist_request_seconds_count", frozenset({("protocol", "plain")}))) == 3)
    wanted = {"process_cpu_seconds", "process_resident_memory_bytes", "process_open_fds",
              "process_virtual_memory_bytes", "process_max_fds", "process_start_time_seconds"}
    tap.ok("the process", wanted <= set(families))
    _, families = metrics(url + "/monitoring/prometheus/metrics")
    tap.ok("TensorFlow Serving's names",
           ":tensorflow:serving:request_latency" in families)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default="build/emnist")
    program = parser.parse_args().program
    with serve(program, "--name", 'q"\\u00e9\\') as url:
        test(url)
    return tap.finish()


sys.exit(main())
