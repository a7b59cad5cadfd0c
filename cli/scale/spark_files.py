"""Reads single image files by Spark's own reader, and does nothing with them: for bench_scale.py, which shows
why there are shards.

    spark-submit spark_files.py FOLDER
"""
import sys

from pyspark.sql import SparkSession

spark = SparkSession.builder.appName("files").getOrCreate()
files = spark.read.format("binaryFile").load(sys.argv[1])
print(files.selectExpr("sum(length(content))").first()[0])
