"""Classifies shards on a cluster of Ray: one task a shard, to Parquet.

    python3 ray_shards.py LIST OUT

LIST names a shard a line. Ray starts a task again whose worker is lost, and tries others four times.
"""
import sys

import pyarrow
import ray

import shard


def classify(batch):
    return pyarrow.concat_tables(map(shard.records, batch["shard"].to_pylist()))


def main(listing, out):
    ray.init(log_to_driver=False)
    ray.cloudpickle.register_pickle_by_value(shard)
    names = shard.names(listing)
    (ray.data.from_items([{"shard": name} for name in names], override_num_blocks=len(names))
     .map_batches(classify, batch_size=1, batch_format="pyarrow",
                  ray_remote_args_fn=lambda: {"max_retries": 3, "retry_exceptions": True})
     .write_parquet(out))


if __name__ == "__main__":
    main(*sys.argv[1:])
