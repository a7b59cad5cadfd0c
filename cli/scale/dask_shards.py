"""Classifies shards on a cluster of Dask: one task a shard, to Parquet.

    python3 dask_shards.py LIST OUT [SCHEDULER]

LIST names a shard a line. Without the address of a scheduler, all processors of this machine do it. Dask
starts a task again whose worker is lost, up to four times, and tries others four times.
"""
import sys

import dask.dataframe
import pandas
from distributed import Client

import shard


def classify(name):
    return shard.records(name).to_pandas(types_mapper=pandas.ArrowDtype)


def main(listing, out, scheduler=None):
    with Client(scheduler, threads_per_worker=1) if scheduler is None else Client(scheduler) as client:
        client.upload_file(shard.__file__)
        frame = dask.dataframe.from_map(classify, shard.names(listing),
                                        meta=shard.SCHEMA.empty_table().to_pandas(
                                            types_mapper=pandas.ArrowDtype))
        writing = frame.to_parquet(out, write_index=False, compute=False)
        client.compute(writing, retries=3, sync=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
