"""shard - classifies the images of one shard, for Spark, Ray and Dask.

A shard is an archive of images: a file, or an address that is fetched through a pipe. `emnist` is looked
for in PATH. Needs pyarrow.
"""
import io
import subprocess

import pyarrow
import pyarrow.json

# What is the same in every shard, whatever is in it. A path that is not UTF-8 is known by path_base64.
SCHEMA = pyarrow.schema([("path", pyarrow.string()), ("label", pyarrow.string()),
                         ("probability", pyarrow.float32()), ("error", pyarrow.string()),
                         ("path_base64", pyarrow.string())])
CLASSIFY = ["emnist", "classify", "-q", "-j", "1", "-f", "jsonl", "-"]


def names(path):
    """The shards that a file names, one a line."""
    with open(path) as file:
        return file.read().splitlines()


def fetch(shard):
    if shard.startswith("s3://"):
        return ["aws", "s3", "cp", "--quiet", shard, "-"]
    return ["curl", "-fsS", shard] if "://" in shard else ["cat", "--", shard]


def records(shard):
    """The records of its images, an Arrow table, when all of them are there.

    Status 1 of emnist is of images that cannot be read: they have their records, and another try would
    give the same. An exception is for the engine, which tries again.
    """
    with subprocess.Popen(fetch(shard), stdout=subprocess.PIPE) as fetching:
        run = subprocess.run(CLASSIFY + ["--name", shard], stdin=fetching.stdout,
                             stdout=subprocess.PIPE)
        fetching.stdout.close()
    if fetching.returncode != 0 or run.returncode not in (0, 1):
        raise RuntimeError(f"{shard}: fetching ended with {fetching.returncode}, "
                           f"emnist with {run.returncode}")
    if not run.stdout:
        return SCHEMA.empty_table()
    return pyarrow.json.read_json(
        io.BytesIO(run.stdout),
        parse_options=pyarrow.json.ParseOptions(SCHEMA, unexpected_field_behavior="ignore"))
