#!/bin/sh
# export_test_images.sh - EMNIST's test split as PNG files for benchmarks, once.
#
#	export_test_images.sh BUILD N
#
# Prints the name of a CSV file: the first N images, with names as seen from here, and their labels.
set -eu

images=$1/bench/images-$2

if [ ! -e "$images.csv" ]; then
	"$1/emnist" dataset export -q --force -f flat --range "..$(($2 - 1))" \
		"$EMNIST_DATA/emnist/emnist-byclass-test-images-idx3-ubyte.gz" "$images"
	# Not among the images.
	sed "1!s|^|$images/|" "$images/labels.csv" >"$images.csv.new"
	rm "$images/labels.csv"
	mv "$images.csv.new" "$images.csv"
fi
echo "$images.csv"
