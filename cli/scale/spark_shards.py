"""Classifies shards on a cluster of Spark: one task a shard, to Parquet.

    spark-submit --py-files shard.py spark_shards.py LIST OUT

LIST names a shard a line. Spark tries a task four times, and writes the files of a task when it ends.
"""
import sys

from pyspark.sql import SparkSession

import shard

COLUMNS = "path string, label string, probability float, error string, path_base64 string"


def classify(batches):
    """What mapPartitions would do with rows, with Arrow's batches: no record becomes a Python object."""
    for batch in batches:
        for name in batch.column(0).to_pylist():
            yield from shard.records(name).to_batches()


def main(listing, out):
    spark = SparkSession.builder.appName("emnist").getOrCreate()
    names = shard.names(listing)
    (spark.sparkContext.parallelize([(name,) for name in names], len(names)).toDF("shard string")
     .mapInArrow(classify, COLUMNS).write.parquet(out))
    spark.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
